"""What the API of calls and applications shows and takes, subject by subject."""
