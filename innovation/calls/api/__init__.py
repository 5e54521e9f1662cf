"""The API of calls and applications, subject by subject."""

from innovation.calls.api import appeals, applying, definition_cases, following, messages, reviewing

routes = [
    *appeals.routes,
    *applying.routes,
    *definition_cases.routes,
    *following.routes,
    *messages.routes,
    *reviewing.routes,
]
