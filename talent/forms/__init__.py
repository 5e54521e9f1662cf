"""Forms of the talent part."""
