"""Renewals: opened and ended by the clock, filed by the holder, decided by an officer; and the reminders."""

from datetime import date, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from innovation.accounts import notices
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation
from talent.actions.credentials import (
    close_cycle,
    locked,
    missing,
    move,
    open_renewal_cycle,
    refuse_same_unit,
    refuse_unverified,
)
from talent.choices.credentials import CredentialState
from talent.models import Credential
from talent.queries.credentials import count_cycle, open_cycle, to_remind
from talent.rules.terms import file_by, reminder_due, renewal_opens, term_end

log = structlog.get_logger(__name__)
NOTICE = "talent_credentials"


@transaction.atomic
def file_renewal(*, credential_id: int, actor: User) -> Credential:
    """File the renewal; what is filed on the last day counts. Raises TOO_LATE, ``NOT_PERMITTED``, and no such step."""
    credential, today = locked(credential_id), timezone.localdate()
    ends = credential.expires_on
    if ends is not None and today > file_by(ends, credential.version.rules):
        raise RuleViolation(
            "TOO_LATE", _("The last day for filing the renewal was %(day)s.")
            % {"day": file_by(ends, credential.version.rules)},
            facts={"last_day": file_by(ends, credential.version.rules).isoformat()},
        )  # fmt: skip
    return move(credential, "file_renewal", actor=actor, changes={"renewal_filed_on": today})


@transaction.atomic
def renew(*, credential_id: int, note: str, actor: User) -> Credential:
    """Renew by the credits of the cycle: it is closed, the term goes on from its end, what is left over is carried.

    Raises RuleViolation RULES_UNVERIFIED, CREDITS_MISSING with what is missing, NO_CYCLE, SAME_UNIT,
    ``NOT_PERMITTED``.
    """
    credential = locked(credential_id)
    refuse_same_unit(credential, actor)
    cycle = open_cycle(credential)
    if cycle is None or credential.expires_on is None:
        raise RuleViolation("NO_CYCLE", _("This credential has no credits to be counted."))
    refuse_unverified(cycle.version)
    counted = count_cycle(cycle)
    if not counted.is_met:
        raise missing(counted, "CREDITS_MISSING")
    close_cycle(cycle, counted)
    ends = term_end(credential.expires_on, cycle.version.term_months)
    changes = {"expires_on": ends, "renewal_filed_on": None}
    starts = credential.expires_on + timedelta(days=1)
    renewed = move(credential, "renew", actor=actor, reason=note.strip(), changes=changes)
    if ends is not None:
        open_renewal_cycle(renewed, starts, ends, counted.carry_over)
    _tell(renewed, _("Your credential is renewed"), key=f"renewed-{cycle.pk}")
    return renewed


@transaction.atomic
def return_renewal(*, credential_id: int, reason: str, actor: User) -> Credential:
    """Give a renewal back for completion; after the end of the term it is refused instead. Raises OVER, ..."""
    credential, reason = locked(credential_id), reason.strip()
    if credential.expires_on is not None and credential.expires_on < timezone.localdate():
        raise RuleViolation("OVER", _("The term has ended: renew or refuse."))
    returned = move(
        credential, "return_renewal", actor=actor, reason=reason, facts={"reason_given": bool(reason)},
        changes={"renewal_filed_on": None},
    )  # fmt: skip
    _tell(returned, _("Your renewal came back to you"), reason, key=f"returned-{_moment()}")
    return returned


@transaction.atomic
def refuse_renewal(*, credential_id: int, reason: str, actor: User) -> Credential:
    """Refuse a renewal; the credential lapses. Raises ``REASON_MISSING``, SAME_UNIT, ``NOT_PERMITTED``."""
    credential, reason = locked(credential_id), reason.strip()
    refuse_same_unit(credential, actor)
    refused = move(
        credential, "refuse_renewal", actor=actor, reason=reason, facts={"reason_given": bool(reason)},
        changes={"ended_on": timezone.localdate(), "end_reason": reason[:500]},
    )  # fmt: skip
    _tell(refused, _("Your renewal was refused"), reason, key=f"refused-{_moment()}")
    return refused


def keep_terms(today: date) -> dict[str, int]:
    """The clock, each credential in a transaction of its own: open renewals, end terms, remind. Returns how many."""
    counts = {"opened": 0, "lapsed": 0, "reminded": 0}
    for pk in list(to_remind(today).values_list("pk", flat=True)):
        try:
            done = _keep_one(pk, today)
        except RuleViolation as refused:
            log.info("left alone", credential=pk, code=refused.code)
            continue
        counts = {name: counts[name] + (name in done) for name in counts}
    return counts


@transaction.atomic
def _keep_one(pk: int, today: date) -> set[str]:
    credential = locked(pk)
    done: set[str] = set()
    ends = credential.expires_on
    if ends is None or not credential.is_live:
        return done
    if ends < today:
        # What was filed in time waits for its decision, however long that takes.
        if credential.state != CredentialState.RENEWAL_SUBMITTED:
            reason = _t("The term ended without a renewal.")
            move(credential, "lapse", actor=None, reason=reason, changes={"ended_on": ends, "end_reason": reason})
            _tell(credential, _("Your credential has lapsed"), key=f"lapsed-{ends}")
            done.add("lapsed")
        return done
    if credential.state == CredentialState.GRANTED and renewal_opens(ends) <= today:
        credential = move(credential, "open_renewal", actor=None)
        done.add("opened")
    days = reminder_due(ends, today)
    if days is not None and credential.state == CredentialState.RENEWAL_OPEN:
        subject = _("%(days)s days until your credential ends") % {"days": (ends - today).days}
        if _tell(credential, subject, key=f"reminder-{ends}-{days}"):
            done.add("reminded")
    return done


def _moment() -> str:
    return f"{timezone.now():%Y%m%d%H%M%S%f}"


def _tell(credential: Credential, subject: object, reason: str = "", *, key: str) -> bool:
    """One notice to the holder, once per ``key``; False without an account or where it was sent before."""
    user = credential.person.user
    if user is None or not user.is_active:
        return False
    with translation.override(user.language or settings.LANGUAGE_CODE):
        lines = [str(credential)]
        if reason:
            lines.append(reason)
        if credential.is_live and credential.expires_on:
            lines.append(_t("In force until %(day)s.") % {"day": credential.expires_on})
            if credential.state == CredentialState.RENEWAL_OPEN:
                lines.append(_t("File the renewal by %(day)s.") % {"day": credential.file_renewal_by})
        lines.append(f"{settings.SITE_URL}{reverse('talent:credential', args=[credential.pk])}")
        return notices.send(
            to=user, kind=NOTICE, subject=subject, text="\n\n".join(lines), key=f"credential-{credential.pk}-{key}"
        )
