"""Files that the talent part reads."""
