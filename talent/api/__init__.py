"""The API of the talent part."""

from typing import Any

from talent.api import assessment, people, privacy, ratio

routes: list[tuple[str, Any, str]] = [*assessment.routes, *people.routes, *privacy.routes, *ratio.routes]
