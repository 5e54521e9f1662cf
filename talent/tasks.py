"""What the talent part does in the background."""
