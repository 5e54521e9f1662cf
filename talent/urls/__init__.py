"""Addresses of the talent part, subject by subject."""

from types import ModuleType

from talent.urls import assessment, credentials, matching, people, privacy, ratio, rounds

app_name = "talent"
SUBJECTS: tuple[ModuleType, ...] = (people, privacy, ratio, assessment, credentials, matching, rounds)
urlpatterns = [pattern for subject in SUBJECTS for pattern in subject.urlpatterns]
