"""What calls and applications add to the shared floor, subject by subject; ``CallsConfig.ready`` calls it."""

from django.utils.translation import gettext_lazy as _

from innovation.calls.registration import (
    appeals,
    applying,
    deciding,
    desk,
    earlier,
    late,
    messages,
    needs,
    own_data,
    public,
    reviewing,
)

SUBJECTS = (public, desk, messages, applying, deciding, late, earlier, appeals, needs, reviewing, own_data)


def register() -> None:
    """Called once, when models can be imported."""
    for subject in SUBJECTS:
        subject.register(_("Calls for applications"))
