"""The daily proof of privacy: kept as a row, and told to the privacy officers when something is found."""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from innovation.accounts.choices import Role
from innovation.accounts.models import User
from innovation.core import outbox
from talent.models import ErasureCase, PrivacyProof
from talent.queries.privacy_proofs import identity_numbers, left_of_erased, listed_without_consent

MOST_FINDINGS = 1_000


@transaction.atomic
def prove_privacy() -> PrivacyProof:
    """Look for identity numbers (invariant 10), traces of erased people (11), directory entries without consent (7)."""
    columns, found = identity_numbers()
    found += left_of_erased()
    found += listed_without_consent()
    proof = PrivacyProof.objects.create(
        columns=columns, erased=ErasureCase.objects.count(), findings=found[:MOST_FINDINGS]
    )
    if found:
        _tell(proof, len(found))
    return proof


def _tell(proof: PrivacyProof, number: int) -> None:
    for officer in User.objects.filter(groups__name=Role.PRIVACY_OFFICER, is_active=True).distinct():
        with translation.override(officer.language or "zh-hans"):
            outbox.send_mail(
                to=officer.email, key=f"privacy-proof-{proof.pk}-{officer.pk}",
                subject=_("The daily proof of privacy found something"),
                text=_("%(number)s findings. Table, column and key stand with the proof in the administration.")
                % {"number": number},
            )  # fmt: skip
