"""Mails about a case after the review: short, in the reader's language, with the address of the page that tells all."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from innovation.accounts import notices
from innovation.calls.actions.applicant_mails import STATUS
from innovation.calls.choices import MemberRole
from innovation.calls.models import Application


def tell_applicant(case: Application, subject: str | Promise, *, key: str) -> None:
    """Tell the leads of a case that something is new on its page; ``key`` keeps a second mail from going out.

    Each gets it as chosen. A step of the case that has no letter is told by ``applicant_mails``.
    """
    members = case.members.filter(role=MemberRole.LEAD, user__is_active=True).select_related("user")
    for member in members:
        with translation.override(member.user.language or settings.LANGUAGE_CODE):
            text = _("Application: %(case)s\n\nRead what is new and what happens next: %(address)s") % {
                "case": case, "address": f"{settings.SITE_URL}{reverse('calls:application', args=[case.pk])}",
            }  # fmt: skip
            notices.send(to=member.user, kind=STATUS, subject=subject, text=text, key=f"case-{key}-{member.user_id}")
