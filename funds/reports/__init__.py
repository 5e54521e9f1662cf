"""What the funds part tells managers: the same facts for the page and for the files of a report."""
