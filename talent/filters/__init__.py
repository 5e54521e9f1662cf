"""How lists of the talent part are narrowed."""
