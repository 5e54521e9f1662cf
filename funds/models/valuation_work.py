"""The work before a fair value counts: valuation papers with their states, and the rounds of the quarter ends."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from funds.choices.records import ValuationMethod
from funds.models.investment import Investment
from funds.models.policy import CatalogueItem
from funds.models.valuation import Valuation
from funds.models.valuation_triggers import CorrectionNeedsReason, FrozenPaper, LockedRound
from funds.models.visibility import OfficeQuerySet
from innovation.core.history import track
from innovation.core.transitions import StateName, Table, Transition

OPEN_STATES = ("DRAFT", "SUBMITTED", "RETURNED")


@track()
class ValuationRound(models.Model):
    """The valuation of every live holding at one quarter end. Locked, its values change by corrections alone."""

    class State(models.TextChoices):
        OPEN = "OPEN", pgettext_lazy("round", "Open")
        LOCKED = "LOCKED", _("Locked")

    quarter_end = models.DateField(_("quarter end"), unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN, editable=False)
    due_on = models.DateField(_("due on"))
    opened_at = models.DateTimeField(_("opened"), default=timezone.now, editable=False)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("opened by"), null=True, blank=True, related_name="+",
        editable=False,
    )  # fmt: skip
    locked_at = models.DateTimeField(_("locked"), null=True, blank=True, editable=False)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("locked by"), null=True, blank=True, related_name="+",
        editable=False,
    )  # fmt: skip

    objects = OfficeQuerySet.as_manager()
    transitions: Table = {
        State.OPEN: {"lock": Transition(State.LOCKED, "funds.lock_valuationround", _("Lock the round"))},
    }
    state_names = {
        State.OPEN: StateName(
            State.OPEN.label, State.OPEN.label, _("Value each holding; lock the round when all are approved.")
        ),
        State.LOCKED: StateName(_("Locked"), _("Locked"), _("A later value of this quarter is a correction.")),
    }

    class Meta:
        verbose_name = _("valuation round")
        verbose_name_plural = _("valuation rounds")
        ordering = ["-quarter_end"]
        permissions = [("lock_valuationround", _("Can lock valuation rounds"))]
        constraints = [
            models.CheckConstraint(
                name="round_at_quarter_end",
                condition=Q(quarter_end__month__in=[3, 12], quarter_end__day=31)
                | Q(quarter_end__month__in=[6, 9], quarter_end__day=30),
                violation_error_message=_("A round is held at the end of a quarter."),
            ),
            models.CheckConstraint(
                name="round_due_after_quarter",
                condition=Q(due_on__gt=F("quarter_end")),
                violation_error_message=_("A round is due after its quarter."),
            ),
            models.CheckConstraint(
                name="round_locked_whole",
                condition=Q(state="OPEN", locked_at=None, locked_by=None)
                | Q(state="LOCKED", locked_at__isnull=False, locked_by__isnull=False),
                violation_error_message=_("A locked round names who locked it and when."),
            ),
        ]
        triggers = [LockedRound(name="round_stays_locked")]

    def __str__(self) -> str:
        return str(_("Valuation at %(day)s") % {"day": self.quarter_end})

    def get_absolute_url(self) -> str:
        return reverse("funds:valuation_round", args=[self.pk])


@track()
class ValuationPaper(models.Model):
    """A fair value while it is worked on, with its inputs and its calibration; approved, it becomes a Valuation.

    ``inputs``: key → ``{"now", "entry", "source"}`` as ``funds.rules.valuation_methods`` reads them. ``computed_fen``
    is what the method gives today, ``calibrated_fen`` what it gives with the inputs of the day of entry,
    ``entry_price_fen`` what the holding cost on that day. Only an approved value counts in any figure.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("Draft")
        SUBMITTED = "SUBMITTED", _("Submitted")
        RETURNED = "RETURNED", _("Returned")
        APPROVED = "APPROVED", _("Approved")
        SUPERSEDED = "SUPERSEDED", _("Superseded")

    class Level(models.TextChoices):
        ONE = "1", _("Level 1: quoted price")
        TWO = "2", _("Level 2: observable inputs")
        THREE = "3", _("Level 3: inputs that cannot be observed")

    investment = models.ForeignKey(
        Investment, models.PROTECT, verbose_name=_("investment"), related_name="valuation_papers"
    )
    valid_at = models.DateField(_("valid at"))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT, editable=False)
    method = models.CharField(_("method"), max_length=30, choices=ValuationMethod)
    level = models.CharField(_("fair-value level"), max_length=1, choices=Level, default=Level.THREE)
    standard = models.ForeignKey(
        CatalogueItem, models.PROTECT, verbose_name=_("standard"), related_name="+", null=True, blank=True,
        limit_choices_to={"kind": "STANDARD"},
    )  # fmt: skip
    inputs = models.JSONField(_("inputs"), default=dict, blank=True)
    fair_value_fen = models.BigIntegerField(_("fair value (fen)"), null=True, blank=True)
    computed_fen = models.BigIntegerField(_("value by the method (fen)"), null=True, blank=True, editable=False)
    calibrated_fen = models.BigIntegerField(_("value by the method at entry (fen)"), null=True, editable=False)
    entry_price_fen = models.BigIntegerField(_("price of entry (fen)"), null=True, blank=True, editable=False)
    adjustment_reason = models.TextField(_("reason of the adjustment"), blank=True)
    correction_reason = models.TextField(_("reason of the correction"), blank=True)
    document = models.CharField(_("source document"), max_length=200, blank=True)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("prepared by"), related_name="+", editable=False
    )
    prepared_at = models.DateTimeField(_("prepared"), default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("decided by"), null=True, blank=True,
        related_name="+", editable=False,
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    decision_reason = models.TextField(_("reason of the decision"), blank=True, editable=False)
    valuation = models.OneToOneField(
        Valuation, models.PROTECT, verbose_name=_("valuation"), null=True, blank=True, related_name="paper",
        editable=False,
    )  # fmt: skip

    objects = OfficeQuerySet.as_manager()
    transitions: Table = {
        State.DRAFT: {"submit": Transition(State.SUBMITTED, "funds.add_valuationpaper", _("Submit for approval"))},
        State.RETURNED: {"revise": Transition(State.DRAFT, "funds.add_valuationpaper", _("Revise"))},
        State.SUBMITTED: {
            "approve": Transition(State.APPROVED, "funds.approve_valuation", _("Approve")),
            "return": Transition(State.RETURNED, "funds.approve_valuation", _("Return")),
        },
        State.APPROVED: {"supersede": Transition(State.SUPERSEDED, None, _("Superseded by a later value"))},
    }
    state_names = {
        State.DRAFT: StateName(_("Draft"), _("Draft"), _("Complete it and submit it for approval.")),
        State.SUBMITTED: StateName(_("Submitted"), _("Submitted"), _("Another person approves or returns it.")),
        State.RETURNED: StateName(_("Returned"), _("Returned"), _("Mend what the reason says and submit it again.")),
        State.APPROVED: StateName(_("Approved"), _("Approved"), _("It counts in every figure from now on.")),
        State.SUPERSEDED: StateName(_("Superseded"), _("Superseded"), _("A later value of the same day counts.")),
    }

    class Meta:
        verbose_name = _("valuation paper")
        verbose_name_plural = _("valuation papers")
        ordering = ["-valid_at", "-id"]
        permissions = [("approve_valuation", _("Can approve and return valuations"))]
        constraints = [
            models.CheckConstraint(
                name="paper_four_eyes",
                condition=Q(decided_by=None) | ~Q(decided_by=F("prepared_by")),
                violation_error_message=_("The approver is not the author."),
            ),
            models.CheckConstraint(
                name="paper_amounts_not_negative",
                condition=(Q(fair_value_fen=None) | Q(fair_value_fen__gte=0)),
                violation_error_message=_("A fair value is zero or more."),
            ),
            models.CheckConstraint(
                name="paper_calibrated_before_approval",
                condition=Q(state__in=["DRAFT", "RETURNED"])
                | Q(
                    fair_value_fen__isnull=False, computed_fen__isnull=False, calibrated_fen__isnull=False,
                    entry_price_fen__isnull=False, submitted_at__isnull=False,
                ),
                violation_error_message=_("A submitted value has its inputs and its calibration."),
            ),
            models.CheckConstraint(
                name="paper_approved_whole",
                condition=Q(state__in=["APPROVED", "SUPERSEDED"], valuation__isnull=False, decided_by__isnull=False)
                & Q(decided_at__isnull=False)
                | Q(state__in=OPEN_STATES, valuation=None),
                violation_error_message=_("An approved value names its approver and stands among the values."),
            ),
            models.UniqueConstraint(
                name="paper_one_open_per_day",
                fields=["investment", "valid_at"],
                condition=Q(state__in=OPEN_STATES),
                violation_error_message=_("Somebody works on a value of this holding for that day already."),
            ),
        ]  # fmt: skip
        triggers = [FrozenPaper(name="paper_approved_is_frozen"), CorrectionNeedsReason(name="paper_correction")]

    def __str__(self) -> str:
        return f"{self.investment} {self.valid_at}"

    def get_absolute_url(self) -> str:
        return reverse("funds:valuation_paper", args=[self.pk])

    def stored(self, column: str) -> dict[str, str]:
        """One column of the inputs: ``now``, ``entry`` or ``source`` by key, empty ones left out."""
        found: dict[str, Any] = {key: entry.get(column) for key, entry in self.inputs.items()}
        return {key: text for key, text in found.items() if text}
