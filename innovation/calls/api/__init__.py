"""The API of calls and applications, subject by subject."""

from innovation.calls.api import applying, following, reviewing

routes = [*applying.routes, *following.routes, *reviewing.routes]
