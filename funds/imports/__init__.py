"""The door for whole portfolios: read a file, check it, show it, write it whole or not at all."""
