"""The API of the talent part."""

from typing import Any

from talent.api import assessment, credentials, matching, people, privacy, ratio

SUBJECTS = (assessment, credentials, people, privacy, ratio, matching)
routes: list[tuple[str, Any, str]] = [route for subject in SUBJECTS for route in subject.routes]
