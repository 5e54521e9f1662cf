"""The API of calls and applications, subject by subject."""

from innovation.calls.api import applying, following, messages, reviewing

routes = [*applying.routes, *following.routes, *messages.routes, *reviewing.routes]
