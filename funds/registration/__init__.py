"""What the funds part adds to the shared floor, subject by subject; ``FundsConfig.ready`` calls it."""

from django.utils.translation import gettext_lazy as _

from funds.registration import calls, cases, deals, performance, policy_work, portfolio, stress, work

SUBJECTS = (work, portfolio, deals, policy_work, cases, performance, stress, calls)


def register() -> None:
    """Called once, when models can be imported."""
    for subject in SUBJECTS:
        subject.register(_("Funds"))
