"""Addresses of the talent part, subject by subject."""

from types import ModuleType

app_name = "talent"
SUBJECTS: tuple[ModuleType, ...] = ()
urlpatterns = [pattern for subject in SUBJECTS for pattern in subject.urlpatterns]
