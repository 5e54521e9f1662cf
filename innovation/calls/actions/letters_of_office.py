"""Mails of check and review: short, in the reader's language, each once, with the address of the page for the rest."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from innovation.accounts import notices
from innovation.accounts.models import User
from innovation.calls.actions.applicant_mails import values_of, words_of
from innovation.calls.choices import MemberRole
from innovation.calls.models import Application, InfoRequest, Review


def refused(case: Application, reason: str) -> None:
    """The case is not eligible, for these reasons."""
    for person in _leads(case):
        with translation.override(person.language or settings.LANGUAGE_CODE):
            subject = _("Not eligible: %(number)s %(title)s") % {"number": case.number, "title": case.title}
            text = _("This call cannot consider your application:\n\n%(reason)s\n\nYou may appeal on its page.")
            text %= {"reason": reason}
            _send(person, subject, _with_address(text, case), f"case-{case.pk}-refused-{person.pk}")


def asked(case: Application, request: InfoRequest) -> None:
    """The office needs something, in the words of the published mail text."""
    for person in _leads(case):
        with translation.override(person.language or settings.LANGUAGE_CODE):
            values = values_of(case, person.name or person.email) | {"reason": request.text, "due": request.due_on}
            filled = words_of("application_returned", values)
            _send(person, filled.subject, filled.text, f"case-{case.pk}-asked-{request.pk}-{person.pk}")


def lapsed(case: Application) -> None:
    """Nothing came by the day named."""
    for person in _leads(case):
        with translation.override(person.language or settings.LANGUAGE_CODE):
            subject = _("Ended without answer: %(number)s %(title)s") % {"number": case.number, "title": case.title}
            text = _("The day for your answers has passed; the application counts as withdrawn.")
            _send(person, subject, _with_address(text, case), f"case-{case.pk}-lapsed-{person.pk}")


def review_mail(review: Review, *, reminder: bool = False) -> tuple[str, str]:
    """Subject and text of the invitation or reminder, in the present language; the same words as in the preview.

    Nothing but the call's title and the case's number stands in it, so that a blind review stays blind.
    """
    facts = {
        "call": review.application.call.title, "number": review.application.number, "due": review.due_on or "–",
        "address": f"{settings.SITE_URL}{reverse('reviews:review', args=[review.pk])}",
    }  # fmt: skip
    if reminder:
        subject = _("Reminder: review of %(number)s is due on %(due)s") % facts
        text = _("Your review of %(number)s (%(call)s) is due on %(due)s.\n\n%(address)s") % facts
    else:
        subject = _("Invitation to review: %(call)s") % facts
        text = _(
            "Please review case %(number)s of “%(call)s” by %(due)s. Say first whether you have a conflict of "
            "interest.\n\n%(address)s"
        ) % facts  # fmt: skip
    return subject, text


def invite(review: Review) -> None:
    """Ask the reviewer, once."""
    _to_reviewer(review, key=f"review-{review.pk}-asked")


def remind(review: Review, *, day: str) -> bool:
    """Remind the reviewer, at most once a day; whether a mail was written."""
    return _to_reviewer(review, key=f"review-{review.pk}-reminder-{day}", reminder=True)


def discussion_opened(review: Review) -> None:
    """A round of discussion begins."""
    person = review.reviewer
    with translation.override(person.language or settings.LANGUAGE_CODE):
        subject = _("Discussion: %(number)s") % {"number": review.application.number}
        text = _("The reviews of %(number)s are far apart. You may revise yours once and say why.\n\n%(address)s")
        text %= {
            "number": review.application.number,
            "address": f"{settings.SITE_URL}{reverse('reviews:review', args=[review.pk])}",
        }
        _send(person, subject, text, f"review-{review.pk}-discussion")


def _to_reviewer(review: Review, *, key: str, reminder: bool = False) -> bool:
    person = review.reviewer
    with translation.override(person.language or settings.LANGUAGE_CODE):
        subject, text = review_mail(review, reminder=reminder)
        return _send(person, subject, text, key, kind="calls_review")


def _send(person: User, subject: str, text: str, key: str, kind: str = "calls_status") -> bool:
    return notices.send(to=person, kind=kind, subject=subject, text=text, key=key)


def _leads(case: Application) -> list[User]:
    members = case.members.filter(role=MemberRole.LEAD, user__is_active=True).select_related("user")
    return [member.user for member in members]


def _with_address(text: str, case: Application) -> str:
    return f"{text}\n\n{settings.SITE_URL}{reverse('calls:application', args=[case.pk])}"
