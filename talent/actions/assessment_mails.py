"""Notices of assessments: short, in the reader's language, with a pseudonym and an address and nothing else."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from innovation.accounts import notices
from innovation.accounts.models import User
from talent.models import Assessment, BlindReview

REVIEW_NOTICE = "talent_blind_review"
SUBJECT_NOTICE = "talent_assessment"


def tell_reviewer(review: BlindReview, *, moderation: bool = False) -> None:
    """Ask for a declaration and scores, or for a look at marks that lie apart; once each."""
    facts = {
        "number": review.assessment.number, "due": review.assessment.round.scores_due_on.isoformat(),
        "address": f"{settings.SITE_URL}{review.get_absolute_url()}",
    }  # fmt: skip
    with translation.override(review.reviewer.language or settings.LANGUAGE_CODE):
        if moderation:
            subject = _("Discussion of case %(number)s") % facts
            text = _("Marks of case %(number)s lie apart. You may change yours, with a reason.\n\n%(address)s") % facts
        else:
            subject = _("Please score case %(number)s blind") % facts
            text = (
                _("Say first whether you have a conflict of interest. Scores are due on %(due)s.\n\n%(address)s")
                % facts
            )
        key = f"talent-review-{review.pk}-{'moderation' if moderation else 'asked'}"
        notices.send(to=review.reviewer, kind=REVIEW_NOTICE, subject=subject, text=text, key=key)


def tell_subject(assessment: Assessment) -> None:
    """Tell the person assessed that there is a decision or an answer to read; the words stand on the page alone."""
    user: User | None = assessment.person.user
    if user is None or not user.is_active:
        return
    address = f"{settings.SITE_URL}{reverse('talent:own_assessment', args=[assessment.pk])}"
    with translation.override(user.language or settings.LANGUAGE_CODE):
        subject = _("Your assessment %(number)s: there is news") % {"number": assessment.number}
        text = _("You can read the outcome and its reasons here:\n\n%(address)s") % {"address": address}
        notices.send(
            to=user, kind=SUBJECT_NOTICE, subject=subject, text=text,
            key=f"talent-assessment-{assessment.pk}-{assessment.state}",
        )  # fmt: skip
