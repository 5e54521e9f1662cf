"""Pages of matching: demands, runs and proposals, mandates, and what a person offers."""
