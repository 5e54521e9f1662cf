"""The addresses of valuation and policy work in the API."""

from funds.api import reinvestment, valuations

routes = [*valuations.routes, *reinvestment.routes]
