"""Reference cases: published examples with their expected answers, run against the product's own functions."""
