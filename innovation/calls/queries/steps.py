"""Who took which step of a case, read from its own record."""

from innovation.calls.models import Application
from innovation.core import transitions


def checked_by(application: Application) -> set[int]:
    """Users who checked the case: whoever checks does not issue."""
    steps = transitions.steps_of(application).filter(event__startswith="check_").exclude(actor_id=None)
    return set(steps.values_list("actor_id", flat=True))
