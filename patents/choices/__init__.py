"""Closed lists of words of the patents part, one module per subject."""
