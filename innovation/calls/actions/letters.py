"""Mails about a case after the review: short, in the reader's language, with the address of the page that tells all."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from innovation.accounts.choices import MailChoice
from innovation.accounts.notifications import choice_of
from innovation.calls.actions.applicant_mails import STATUS
from innovation.calls.choices import MemberRole
from innovation.calls.models import Application
from innovation.core import outbox


def tell_applicant(case: Application, subject: str | Promise, *, key: str) -> None:
    """Tell the leads of a case that something is new on its page; ``key`` keeps a second mail from going out.

    Who turned such mails off gets none. A step of the case that has no letter is told by ``applicant_mails``.
    """
    members = case.members.filter(role=MemberRole.LEAD, user__is_active=True).select_related("user")
    for member in members:
        if choice_of(member.user, STATUS)[1] == MailChoice.OFF:
            continue
        with translation.override(member.user.language or settings.LANGUAGE_CODE):
            text = _("Application: %(case)s\n\nRead what is new and what happens next: %(address)s") % {
                "case": case, "address": f"{settings.SITE_URL}{reverse('calls:application', args=[case.pk])}",
            }  # fmt: skip
            outbox.send_mail(to=member.user.email, subject=str(subject), text=text, key=f"case-{key}-{member.user_id}")
