"""Small records on which the tests try the floor's base classes. Not part of the product."""
