"""Pages of the talent part."""
