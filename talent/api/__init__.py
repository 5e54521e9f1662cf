"""The API of the talent part."""

from typing import Any

routes: list[tuple[str, Any, str]] = []
