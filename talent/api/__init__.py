"""The API of the talent part."""

from typing import Any

from talent.api import people, privacy

routes: list[tuple[str, Any, str]] = [*people.routes, *privacy.routes]
