"""The API of the talent part."""

from typing import Any

from talent.api import assessment, credentials, matching, people, privacy, ratio, rounds

SUBJECTS = (assessment, credentials, people, privacy, ratio, matching, rounds)
routes: list[tuple[str, Any, str]] = [route for subject in SUBJECTS for route in subject.routes]
