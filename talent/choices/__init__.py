"""Closed lists of words of the talent part, one module per subject."""
