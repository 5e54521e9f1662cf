"""What the talent part adds to the shared floor, subject by subject; ``TalentConfig.ready`` calls it."""

from types import ModuleType

from django.utils.translation import gettext_lazy as _

from talent.registration import assessment, calls, credentials, matching, people, privacy, ratio, rounds

SUBJECTS: tuple[ModuleType, ...] = (people, calls, privacy, ratio, assessment, credentials, matching, rounds)


def register() -> None:
    """Called once, when models can be imported."""
    for subject in SUBJECTS:
        subject.register(_("Talent"))
