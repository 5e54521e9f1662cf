"""The API of calls and applications, subject by subject."""

from innovation.calls.api import applying

routes = [*applying.routes]
