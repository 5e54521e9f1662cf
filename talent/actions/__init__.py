"""Use cases of the talent part."""
