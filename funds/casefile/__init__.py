"""The file of an exemption case: its dossier in words, its PDF, its sealed ZIP, and the script that verifies it."""
