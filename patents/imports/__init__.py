"""Files that the patents part reads."""
