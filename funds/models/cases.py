"""The exemption case (尽职免责): its procedure, the case itself, and the chain of its steps."""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.choices.cases import CaseGround, CaseOutcome, CaseState
from funds.choices.tolerance import ScopeLevel, SourceStatus
from funds.models.case_states import STATE_NAMES, TRANSITIONS
from funds.models.case_triggers import CaseGuard, FixedOnceUsed, StepGuard
from funds.models.fund import Fund, FundGroup
from funds.models.investment import Investment
from funds.models.ledger import LedgerEvent
from funds.models.policy import PolicyDocument, ToleranceRule
from funds.models.visibility import OfficeQuerySet, sees_funds
from innovation.core.append_only import AppendOnly
from innovation.core.history import track
from innovation.core.transitions import StateName

LOSS_GROUNDS = (CaseGround.WRITE_OFF, CaseGround.EXIT_AT_LOSS, CaseGround.IMPAIRMENT)
BEFORE_PANEL = (
    CaseState.OPENED,
    CaseState.FROZEN,
    CaseState.CHECKLIST,
    CaseState.SCREENING,
    CaseState.STATEMENT,
    CaseState.EVALUATION,
)


@track()
class CaseProcedure(models.Model):
    """The terms under which cases run, versioned: a case keeps the version it began with.

    Loss events whose value date is on or after ``valid_from`` of some version open a case by themselves.
    """

    version = models.CharField(_("version"), max_length=20, unique=True)
    valid_from = models.DateField(_("in force from"), unique=True)
    impairment_threshold_fen = models.BigIntegerField(_("impairment that opens a case (fen)"))
    quorum = models.PositiveSmallIntegerField(_("votes of the quorum"))
    appeal_days = models.PositiveSmallIntegerField(_("term of appeal (working days)"))
    source = models.CharField(_("source"), max_length=300)
    status = models.CharField(_("status"), max_length=12, choices=SourceStatus, default=SourceStatus.UNVERIFIED)
    note = models.TextField(_("note"), blank=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("procedure of exemption cases")
        verbose_name_plural = _("procedures of exemption cases")
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                name="procedure_has_quorum",
                condition=Q(quorum__gte=2),
                violation_error_message=_("A panel decides with at least two votes."),
            ),
            models.CheckConstraint(
                name="procedure_threshold_positive",
                condition=Q(impairment_threshold_fen__gt=0, appeal_days__gt=0),
                violation_error_message=_("The threshold and the term are above zero."),
            ),
        ]
        triggers = [FixedOnceUsed(name="procedure_fixed_once_used", procedure="id")]

    def __str__(self) -> str:
        return self.version


@track()
class CaseDeadline(models.Model):
    """How long a case may stand in a state, in working days."""

    procedure = models.ForeignKey(
        CaseProcedure, models.CASCADE, verbose_name=_("procedure of exemption cases"), related_name="deadlines"
    )
    state = models.CharField(_("state"), max_length=12, choices=CaseState)
    working_days = models.PositiveSmallIntegerField(_("working days"))

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("deadline of a step")
        verbose_name_plural = _("deadlines of steps")
        ordering = ["procedure", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="case_deadline_once",
                fields=["procedure", "state"],
                violation_error_message=_("This state has its deadline already."),
            ),
        ]
        triggers = [FixedOnceUsed(name="deadline_fixed_once_used", procedure="procedure_id")]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.working_days}"


@track()
class CapBreach(models.Model):
    """A loss cap that is exceeded from ``since`` until ``until`` (None: still): one episode opens one case.

    The cap is that of a fund, of a stage in it, or of a group of funds.
    """

    fund = models.ForeignKey(
        Fund, models.PROTECT, verbose_name=_("fund"), null=True, blank=True, related_name="cap_breaches"
    )
    group = models.ForeignKey(
        FundGroup, models.PROTECT, verbose_name=_("group"), null=True, blank=True, related_name="cap_breaches"
    )
    document = models.ForeignKey(
        PolicyDocument, models.PROTECT, verbose_name=_("policy document"), related_name="cap_breaches"
    )
    rule = models.ForeignKey(
        ToleranceRule, models.PROTECT, verbose_name=_("rule"), null=True, blank=True, related_name="+",
        help_text=_("Empty where the caps of several stages were weighted."),
    )  # fmt: skip
    stage = models.CharField(_("stage"), max_length=20, blank=True)
    scope = models.CharField(_("scope"), max_length=16, choices=ScopeLevel)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("breach of a loss cap")
        verbose_name_plural = _("breaches of loss caps")
        ordering = ["-since", "fund"]
        constraints = [
            models.UniqueConstraint(
                name="cap_breach_open_once",
                fields=["fund", "group", "document", "rule", "stage"],
                condition=Q(until=None),
                nulls_distinct=False,
                violation_error_message=_("This breach is recorded already."),
            ),
            models.CheckConstraint(
                name="cap_breach_fund_or_group",
                condition=Q(fund=None, group__isnull=False) | Q(fund__isnull=False, group=None),
                violation_error_message=_("A breach is of one fund or one group."),
            ),
            models.CheckConstraint(
                name="cap_breach_in_order",
                condition=Q(until=None) | Q(until__gte=F("since")),
                violation_error_message=_("A breach ends after it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.document.code} {self.since}"

    @property
    def subject(self) -> Fund | FundGroup | None:
        """The fund or group whose cap is exceeded; the database refuses a breach of neither."""
        return self.fund or self.group


class CaseQuerySet(models.QuerySet["ExemptionCase"]):
    def visible_to(self, user: Any) -> Self:
        """All cases for the office; for others those on whose panel they sit."""
        if sees_funds(user):
            return self
        return self.filter(panel__user=user).distinct() if user.is_authenticated else self.none()

    def spoken_for_by(self, user: Any) -> Self:
        """Cases in which ``user`` speaks for the side that is judged: who writes for the manager, and persons named."""
        if not user.is_authenticated:
            return self.none()
        writers = user.organisation_memberships.filter(role__in=("lead", "editor"))
        return self.filter(
            Q(fund__manager__in=writers.values("organisation_id")) | Q(pk__in=user.exemption_cases.values("case_id"))
        )

    def open(self) -> Self:
        return self.exclude(state=CaseState.ARCHIVED)


def case_code(opened_on: date | None, number: int | None) -> str:
    """The number of a case as people write it; ``number`` is its key."""
    return f"EX-{opened_on.year if opened_on else 0}-{number or 0:04d}"


@track()
class ExemptionCase(models.Model):
    """One loss, and whether those who decided had fulfilled their duties. Amounts in fen.

    ``due_on`` is the last day of the present step; None where the calendar of that year is not known yet.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, verbose_name=_("fund"), related_name="exemption_cases")
    investment = models.ForeignKey(
        Investment, models.PROTECT, verbose_name=_("investment"), null=True, blank=True, related_name="exemption_cases"
    )
    ground = models.CharField(_("ground"), max_length=16, choices=CaseGround)
    event = models.OneToOneField(
        LedgerEvent, models.PROTECT, verbose_name=_("loss event"), null=True, blank=True, related_name="exemption_case"
    )
    breach = models.OneToOneField(
        CapBreach, models.PROTECT, verbose_name=_("breach of a loss cap"), null=True, blank=True,
        related_name="exemption_case",
    )  # fmt: skip
    procedure = models.ForeignKey(
        CaseProcedure, models.PROTECT, verbose_name=_("procedure of exemption cases"), related_name="cases"
    )
    state = models.CharField(_("state"), max_length=12, choices=CaseState, default=CaseState.OPENED)
    outcome = models.CharField(_("outcome"), max_length=16, choices=CaseOutcome, blank=True)
    loss_fen = models.BigIntegerField(_("loss (fen)"))
    loss_on = models.DateField(_("day of the loss"))
    summary = models.TextField(_("what happened"), blank=True)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("opened by"), null=True, blank=True, related_name="+"
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("case officer"), null=True, blank=True,
        related_name="handled_exemption_cases",
    )  # fmt: skip
    due_on = models.DateField(_("due"), null=True, blank=True)
    frozen_at = models.DateTimeField(_("evidence frozen"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    appeal_until = models.DateField(_("appeal until"), null=True, blank=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    objects = CaseQuerySet.as_manager()
    transitions = TRANSITIONS
    state_names = STATE_NAMES

    class Meta:
        verbose_name = _("exemption case")
        verbose_name_plural = _("exemption cases")
        ordering = ["-opened_at", "-pk"]
        permissions = [
            ("manage_exemptioncase", _("Can work on exemption cases")),
            ("vote_exemptioncase", _("Can sit on the panel of exemption cases")),
            ("decide_exemptioncase", _("Can chair the panel of exemption cases")),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=~Q(state=CaseState.ARCHIVED), name="exemption_case_due"),
        ]
        constraints = [
            models.CheckConstraint(
                name="case_ground_has_its_event",
                condition=Q(ground__in=LOSS_GROUNDS, event__isnull=False, breach=None)
                | Q(ground=CaseGround.CAP_BREACH, event=None, breach__isnull=False)
                | Q(ground=CaseGround.MANUAL, event=None, breach=None),
                violation_error_message=_("A case names the event that opened it."),
            ),
            models.CheckConstraint(
                name="case_state_known",
                condition=Q(state__in=CaseState.values),
                violation_error_message=_("This is not a state of a case."),
            ),
            models.CheckConstraint(
                name="case_outcome_once_decided",
                condition=Q(state__in=BEFORE_PANEL, outcome="")
                | Q(state__in=(CaseState.DECIDED, CaseState.APPEAL), outcome__in=CaseOutcome.values)
                | Q(state__in=(CaseState.PANEL, CaseState.ARCHIVED)),
                violation_error_message=_("A decided case has its outcome, an undecided one has none."),
            ),
            models.CheckConstraint(
                name="case_frozen_before_work",
                condition=Q(state__in=(CaseState.OPENED, CaseState.ARCHIVED)) | Q(frozen_at__isnull=False),
                violation_error_message=_("The evidence is frozen before the work begins."),
            ),
            models.CheckConstraint(
                name="case_archived_has_time",
                condition=~Q(state=CaseState.ARCHIVED) | Q(archived_at__isnull=False),
                violation_error_message=_("An archived case has its time."),
            ),
            models.CheckConstraint(
                name="case_loss_not_negative",
                condition=Q(loss_fen__gte=0),
                violation_error_message=_("A loss is zero or more."),
            ),
        ]
        triggers = [
            CaseGuard(
                name="case_guard",
                fixed=(
                    "fund_id", "investment_id", "ground", "event_id", "breach_id", "procedure_id", "loss_fen",
                    "loss_on", "opened_at",
                ),
                once=("frozen_at", "archived_at"),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("funds:case", args=[self.pk])

    @property
    def code(self) -> str:
        """The case's number as people write it, such as EX-2026-0012."""
        return case_code(timezone.localdate(self.opened_at), self.pk)

    @property
    def names(self) -> StateName:
        """The present state in words for the staff and for the manager, and what happens next."""
        return STATE_NAMES[CaseState(self.state)]

    @property
    def is_overdue(self) -> bool:
        return self.due_on is not None and self.due_on < timezone.localdate()

    @property
    def subject(self) -> str:
        """The fund, and the company where the case is about one."""
        return f"{self.fund.name} · {self.investment.company}" if self.investment else self.fund.name


class CaseStep(models.Model):
    """One act in a case: who, when, what it added (as digests), chained by hashes (``funds.rules.case_chain``)."""

    case = models.ForeignKey(ExemptionCase, models.PROTECT, verbose_name=_("case"), related_name="steps")
    seq = models.PositiveIntegerField(_("number"))
    event = models.CharField(_("event"), max_length=32)
    from_state = models.CharField(_("state before"), max_length=12, blank=True)
    to_state = models.CharField(_("state after"), max_length=12, choices=CaseState)
    at = models.DateTimeField(_("when"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("who"), null=True, blank=True, related_name="+"
    )
    actor_label = models.CharField(_("name then"), max_length=500, blank=True)
    note = models.TextField(_("note"), blank=True)
    facts = models.TextField(_("facts"), default="{}")
    prev_hash = models.BinaryField(_("hash before"), max_length=32)
    hash = models.BinaryField(_("hash"), max_length=32)

    class Meta:
        verbose_name = _("step of a case")
        verbose_name_plural = _("steps of cases")
        ordering = ["case", "seq"]
        constraints = [
            models.UniqueConstraint(
                name="case_step_once",
                fields=["case", "seq"],
                violation_error_message=_("Another step took this number; try again."),
            ),
            models.CheckConstraint(
                name="case_step_hash_length",
                condition=Exact(Length("hash"), 32) & Exact(Length("prev_hash"), 32),
                violation_error_message=_("A hash has 32 bytes."),
            ),
        ]
        triggers = [AppendOnly(name="case_step_append_only"), StepGuard(name="case_step_guard")]

    def __str__(self) -> str:
        return f"{self.case_id} #{self.seq} {self.event}"
