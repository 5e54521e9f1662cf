"""The demonstration city's funds: eight years of books in every state that the tolerance pages have to explain."""

from funds.demo.city import make_funds

__all__ = ["make_funds"]
