"""The API of the talent part."""

from typing import Any

from talent.api import privacy

routes: list[tuple[str, Any, str]] = [*privacy.routes]
