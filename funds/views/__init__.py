"""Pages of the funds part, one module per noun."""
