"""The addresses of valuation and policy work in the API."""

from funds.api import evaluation, landing, reinvestment, valuations

routes = [*valuations.routes, *reinvestment.routes, *landing.routes, *evaluation.routes]
