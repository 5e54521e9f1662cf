"""Files that are taken in as a whole: checked first, written on a second word."""
