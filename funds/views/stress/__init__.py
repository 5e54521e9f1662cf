"""Pages of stress: reverse stress and what may follow from it, what-if, saved scenarios, simulations."""
