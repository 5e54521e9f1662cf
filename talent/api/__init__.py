"""The API of the talent part."""

from typing import Any

from talent.api import people, privacy, ratio

routes: list[tuple[str, Any, str]] = [*people.routes, *privacy.routes, *ratio.routes]
