"""The API of calls and applications, subject by subject."""

from innovation.calls.api import (
    appeals,
    applying,
    definition_cases,
    definitions,
    earlier,
    following,
    late,
    messages,
    needs,
    public,
    reviewing,
)

routes = [
    *public.routes,
    *appeals.routes,
    *applying.routes,
    *definition_cases.routes,
    *following.routes,
    *earlier.routes,
    *late.routes,
    *messages.routes,
    *needs.routes,
    *reviewing.routes,
    *definitions.routes,
]
