"""The demonstration city's talent."""
