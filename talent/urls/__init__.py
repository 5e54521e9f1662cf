"""Addresses of the talent part, subject by subject."""

from types import ModuleType

from talent.urls import assessment, credentials, matching, people, privacy, ratio

app_name = "talent"
SUBJECTS: tuple[ModuleType, ...] = (people, privacy, ratio, assessment, credentials, matching)
urlpatterns = [pattern for subject in SUBJECTS for pattern in subject.urlpatterns]
