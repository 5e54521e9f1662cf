"""Report kinds of the talent part."""
