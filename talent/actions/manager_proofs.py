"""The nightly proof of invariant 4: a technology manager in force of a level holds a credential of it that has not
lapsed. It is kept as a row, and told to the talent office when somebody is found who was not found the night before.
"""

from dataclasses import asdict
from datetime import date

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from innovation.accounts import notices
from innovation.accounts.choices import Role
from innovation.accounts.models import User
from talent.models import ManagerProof
from talent.queries.managers import uncovered

NOTICE = "talent_manager_proof"


@transaction.atomic
def prove_managers(day: date) -> ManagerProof:
    """Look at every technology manager in force on ``day``."""
    before = ManagerProof.objects.first()
    known = {row["person_id"] for row in before.findings} if before else set()
    managers, found = uncovered(day)
    proof = ManagerProof.objects.create(managers=managers, findings=[asdict(each) for each in found])
    newly = [each for each in found if each.person_id not in known]
    if newly:
        _tell(proof, len(newly))
    return proof


def _tell(proof: ManagerProof, number: int) -> None:
    """How many are new, without a name: the list stands on its page."""
    address = f"{settings.SITE_URL}{reverse('talent:uncovered_managers')}"
    for officer in User.objects.filter(groups__name=Role.TALENT_OFFICER, is_active=True).distinct():
        with translation.override(officer.language or settings.LANGUAGE_CODE):
            subject = ngettext(
                "%(number)s technology manager without a credential of the level",
                "%(number)s technology managers without a credential of the level", number,
            ) % {"number": number}  # fmt: skip
            notices.send(
                to=officer, kind=NOTICE, subject=subject, text=address, key=f"talent-managers-{proof.pk}-{officer.pk}"
            )
