"""The talent officer's office, one module per noun."""
