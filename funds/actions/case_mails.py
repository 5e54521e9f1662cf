"""Mails about exemption cases: to case officers, to the manager's people, to the panel; each once a step."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from funds.choices.cases import CaseState
from funds.models import CaseStep, ExemptionCase
from innovation.accounts.choices import Role
from innovation.accounts.models import User
from innovation.accounts.notices import send as send_notice

NOTICE = "exemption-cases"
NEWS = timedelta(days=1)
"""Nobody is told of what was taken over from older books."""


def tell_opened(cases: Sequence[ExemptionCase], *, at: datetime) -> None:
    """One mail to each case officer about the cases that one transaction opened."""
    if not cases or timezone.now() - at > NEWS:
        return
    officers = User.objects.filter(groups__name=Role.FUND_OFFICER, is_active=True).order_by("pk")
    for user in officers:
        with translation.override(user.language or settings.LANGUAGE_CODE):
            lines = [f"{case.code} · {case.fund.name} · {case.get_ground_display()}" for case in cases[:20]]
            subject = _("%(count)s exemption cases were opened") % {"count": len(cases)}
            text = _("Freeze the evidence of each by its deadline. The work list shows them all:")
            _send(user, subject, [*lines, "", text], reverse("funds:cases"), f"opened-{cases[0].pk}-{cases[-1].pk}")


def tell_reversed(cases: Sequence[ExemptionCase], *, at: datetime) -> None:
    """One mail to each case officer about worked-on cases whose entry was reversed: somebody must decide."""
    if not cases or timezone.now() - at > NEWS:
        return
    officers = User.objects.filter(
        groups__name__in=(Role.FUND_OFFICER, Role.PROGRAMME_MANAGER), is_active=True
    ).distinct()  # fmt: skip
    for user in officers.order_by("pk"):
        with translation.override(user.language or settings.LANGUAGE_CODE):
            lines = [f"{case.code} · {case.fund.name} · {case.get_ground_display()}" for case in cases[:20]]
            subject = _("The entry of %(count)s exemption cases was reversed") % {"count": len(cases)}
            text = _("Work has begun on each of them: decide whether it is discontinued or goes on.")
            key = f"reversed-{cases[0].pk}-{cases[-1].pk}-{at.timestamp():.0f}"
            _send(user, subject, [*lines, "", text], reverse("funds:cases"), key)


def tell_manager(case: ExemptionCase) -> None:
    """Tell those who speak for the manager what the case waits for now, or what was decided."""
    seq, at = case.steps.order_by("-seq").values_list("seq", "at")[0]
    if timezone.now() - at > NEWS:
        return
    for user in people_of(case):
        with translation.override(user.language or settings.LANGUAGE_CODE):
            subject = _("Exemption case %(code)s: %(state)s") % {"code": case.code, "state": case.names.public}
            _send(user, subject, _lines(case), reverse("funds:my_case", args=[case.pk]), f"manager-{case.pk}-{seq}")


def tell_members(case: ExemptionCase, members: Iterable[User], step: CaseStep) -> None:
    """Tell members of the panel that they sit on a case."""
    if timezone.now() - step.at > NEWS:
        return
    for user in members:
        with translation.override(user.language or settings.LANGUAGE_CODE):
            subject = _("You sit on the panel of exemption case %(code)s") % {"code": case.code}
            text = _("Read the file, then vote with written reasons.")
            _send(user, subject, [text], reverse("funds:case", args=[case.pk]), f"panel-{case.pk}-{step.seq}")


def people_of(case: ExemptionCase) -> list[User]:
    """Who speaks for the side that is judged: who writes for the fund's manager, and persons named with an account."""
    writers = Q(
        organisation_memberships__organisation=case.fund.manager_id,
        organisation_memberships__role__in=("lead", "editor"),
    )
    return list(User.objects.filter(writers | Q(exemption_cases__case=case), is_active=True).distinct().order_by("pk"))


def _lines(case: ExemptionCase) -> list[str]:
    lines = [case.subject, f"{_('State')}: {case.names.public}"]
    if case.outcome and case.state in {CaseState.DECIDED, CaseState.ARCHIVED}:
        lines.append(f"{_('Decision')}: {case.get_outcome_display()}")
    lines.append(f"{_('What happens next')}: {case.names.next_step}")
    if case.state == CaseState.DECIDED and case.appeal_until and not hasattr(case, "appeal"):
        lines.append(f"{_('Appeal until')}: {case.appeal_until}")
    elif case.due_on:
        lines.append(f"{_('By')}: {case.due_on}")
    return lines


def _send(user: User, subject: str, lines: Sequence[str], path: str, key: str) -> None:
    text = "\n".join([*map(str, lines), "", urljoin(settings.SITE_URL, path)])
    send_notice(to=user, kind=NOTICE, subject=subject, text=text, key=f"case-{key}-{user.pk}")
