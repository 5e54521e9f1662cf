"""Pages of matching rounds: the office's, and those of people and sides with places who rank."""
