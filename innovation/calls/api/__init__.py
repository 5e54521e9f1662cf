"""The API of calls and applications, subject by subject."""

from innovation.calls.api import applying, reviewing

routes = [*applying.routes, *reviewing.routes]
