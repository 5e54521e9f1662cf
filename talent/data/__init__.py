"""Facts that ship with the talent part, with source and status."""
