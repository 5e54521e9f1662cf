"""Claims of local reinvestment (返投) by the managers of funds, and their recognition by the office."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from funds.models.fund import Fund
from funds.models.investment import Investment
from funds.models.policy import CatalogueItem
from funds.models.policy_work_triggers import DecidedStays
from funds.models.visibility import sees_funds
from innovation.core.append_only import AppendOnly
from innovation.core.history import track
from innovation.core.transitions import StateName, Table, Transition
from innovation.organisations.choices import MembershipRole
from innovation.organisations.models import Organisation

WRITERS = (MembershipRole.LEAD, MembershipRole.EDITOR)


def managed_funds(user: Any) -> models.QuerySet[Fund]:
    """Funds for whose manager ``user`` may write."""
    return Fund.objects.filter(manager__in=Organisation.objects.of_member(user, *WRITERS))


def files_claims(user: Any, claim: Any) -> bool:
    """Whether ``user`` may write and send ``claim``: the office's officers, and the manager of its fund."""
    return user.has_perm("funds.add_reinvestmentclaim") or managed_funds(user).filter(pk=claim.fund_id).exists()


class ClaimQuerySet(models.QuerySet["ReinvestmentClaim"]):
    def visible_to(self, user: Any) -> Self:
        """All for the office; for others the claims of funds whose manager they belong to."""
        if sees_funds(user):
            return self
        return self.filter(fund__manager__in=Organisation.objects.of_member(user))


class ProofQuerySet(models.QuerySet["ProofFile"]):
    def visible_to(self, user: Any) -> Self:
        """All for the office; for others the proofs of claims that they see."""
        if sees_funds(user):
            return self
        return self.filter(claim__in=ReinvestmentClaim.objects.visible_to(user))


@track()
class ReinvestmentClaim(models.Model):
    """Local investment that a manager asks to have recognised for the government money of one fund. Fen.

    ``investment`` is a holding of these books; without one ``company`` names whom another fund of the manager
    invested in. One investment is recognised once for the same government money, and the database says so.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("Draft")
        SUBMITTED = "SUBMITTED", _("Submitted")
        UNDER_REVIEW = "UNDER_REVIEW", _("Under review")
        RECOGNISED = "RECOGNISED", _("Recognised")
        REFUSED = "REFUSED", pgettext_lazy("claim", "Refused")
        REVOKED = "REVOKED", pgettext_lazy("claim", "Revoked")

    fund = models.ForeignKey(
        Fund, models.PROTECT, verbose_name=_("fund whose government money counts"), related_name="claims"
    )
    investment = models.ForeignKey(
        Investment, models.PROTECT, verbose_name=_("holding"), related_name="claims", null=True, blank=True
    )
    company = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("company"), related_name="reinvestment_claims"
    )
    invested_on = models.DateField(_("invested on"))
    claimed_fen = models.BigIntegerField(_("claimed (fen)"))
    claimed_ground = models.ForeignKey(
        CatalogueItem, models.PROTECT, verbose_name=_("ground claimed"), related_name="+",
        limit_choices_to={"kind": "GROUND"},
    )  # fmt: skip
    statement = models.TextField(_("statement"), blank=True)
    state = models.CharField(_("state"), max_length=14, choices=State, default=State.DRAFT, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("written by"), related_name="+", editable=False
    )
    created_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True, editable=False)
    recognised_fen = models.BigIntegerField(_("recognised (fen)"), null=True, blank=True, editable=False)
    ground = models.ForeignKey(
        CatalogueItem, models.PROTECT, verbose_name=_("ground of recognition"), related_name="+", null=True, blank=True,
        limit_choices_to={"kind": "GROUND"}, editable=False,
    )  # fmt: skip
    recognised_on = models.DateField(_("recognised on"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("decided by"), null=True, blank=True, related_name="+",
        editable=False,
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    decision_reason = models.TextField(_("reason of the decision"), blank=True, editable=False)
    revoked_on = models.DateField(_("revoked on"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revocation recorded"), null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("revoked by"), null=True, blank=True, related_name="+",
        editable=False,
    )  # fmt: skip
    revocation_reason = models.TextField(_("reason of the revocation"), blank=True, editable=False)

    objects = ClaimQuerySet.as_manager()
    transitions: Table = {
        State.DRAFT: {"submit": Transition(State.SUBMITTED, files_claims, _("Submit the claim"))},
        State.SUBMITTED: {
            "take": Transition(State.UNDER_REVIEW, "funds.decide_reinvestment", _("Take it into review")),
        },
        State.UNDER_REVIEW: {
            "recognise": Transition(State.RECOGNISED, "funds.decide_reinvestment", _("Recognise")),
            "refuse": Transition(State.REFUSED, "funds.decide_reinvestment", pgettext_lazy("claim", "Refuse")),
        },
        State.RECOGNISED: {
            "revoke": Transition(State.REVOKED, "funds.decide_reinvestment", pgettext_lazy("claim", "Revoke")),
        },
    }
    state_names = {
        State.DRAFT: StateName(_("Draft"), _("Draft"), _("Add proof and submit the claim.")),
        State.SUBMITTED: StateName(_("Submitted"), _("Submitted"), _("The office takes it into review.")),
        State.UNDER_REVIEW: StateName(_("Under review"), _("Under review"), _("The office recognises or refuses it.")),
        State.RECOGNISED: StateName(_("Recognised"), _("Recognised"), _("It counts from the day of recognition on.")),
        State.REFUSED: StateName(
            State.REFUSED.label, State.REFUSED.label, _("A new claim may be made with better proof.")
        ),
        State.REVOKED: StateName(
            State.REVOKED.label, State.REVOKED.label, _("It counts no more from the day of revocation on.")
        ),
    }

    class Meta:
        verbose_name = _("claim of local reinvestment")
        verbose_name_plural = _("claims of local reinvestment")
        ordering = ["-id"]
        permissions = [("decide_reinvestment", _("Can recognise, refuse and revoke local reinvestment"))]
        constraints = [
            models.CheckConstraint(
                name="claim_above_zero",
                condition=Q(claimed_fen__gt=0),
                violation_error_message=_("Claim an amount above zero."),
            ),
            models.CheckConstraint(
                name="claim_recognised_within",
                condition=Q(recognised_fen=None) | Q(recognised_fen__gt=0, recognised_fen__lte=F("claimed_fen")),
                violation_error_message=_("No more can be recognised than was claimed."),
            ),
            models.CheckConstraint(
                name="claim_recognised_whole",
                condition=Q(state__in=["RECOGNISED", "REVOKED"], recognised_fen__isnull=False, ground__isnull=False)
                & Q(recognised_on__isnull=False, decided_by__isnull=False, decided_at__isnull=False)
                | Q(recognised_fen=None, ground=None, recognised_on=None) & ~Q(state__in=["RECOGNISED", "REVOKED"]),
                violation_error_message=_("A recognition has its amount, ground, day and person."),
            ),
            models.CheckConstraint(
                name="claim_revoked_whole",
                condition=Q(state="REVOKED", revoked_on__gte=F("recognised_on"), revoked_by__isnull=False)
                & Q(revoked_at__isnull=False, revoked_on__isnull=False, recognised_on__isnull=False)
                & ~Q(revocation_reason="")
                | Q(revoked_on=None, revoked_by=None, revoked_at=None) & ~Q(state="REVOKED"),
                violation_error_message=_("A revocation has its day, person and reason."),
            ),
            models.CheckConstraint(
                name="claim_four_eyes",
                condition=Q(decided_by=None) | ~Q(decided_by=F("created_by")),
                violation_error_message=_("Who wrote a claim does not decide it."),
            ),
            models.UniqueConstraint(
                name="claim_holding_recognised_once",
                fields=["fund", "investment"],
                condition=Q(state="RECOGNISED", investment__isnull=False),
                violation_error_message=_("This investment is recognised for this government money already."),
            ),
            models.UniqueConstraint(
                name="claim_company_recognised_once",
                fields=["fund", "company", "invested_on"],
                condition=Q(state="RECOGNISED"),
                violation_error_message=_("This investment is recognised for this government money already."),
            ),
        ]  # fmt: skip
        triggers = [DecidedStays(name="claim_decided_stays")]

    def __str__(self) -> str:
        return f"{self.company.name} · {self.fund.code} · {self.invested_on}"

    def get_absolute_url(self) -> str:
        return reverse("funds:claim", args=[self.pk])


class ProofFile(models.Model):
    """A document that proves something of policy work, known by its hash; never changed, never deleted."""

    claim = models.ForeignKey(
        ReinvestmentClaim, models.PROTECT, verbose_name=_("claim"), related_name="proofs", null=True, blank=True
    )
    actual = models.ForeignKey(
        "funds.DutyActual", models.PROTECT, verbose_name=_("progress of a duty"), related_name="proofs", null=True,
        blank=True,
    )  # fmt: skip
    score = models.ForeignKey(
        "funds.EvaluationScore", models.PROTECT, verbose_name=_("evaluation score"), related_name="proofs", null=True,
        blank=True,
    )  # fmt: skip
    file = models.FileField(_("file"), upload_to="proofs/", editable=False)
    name = models.CharField(_("file name"), max_length=120)
    kind = models.CharField(_("kind of file"), max_length=8)
    size = models.BigIntegerField(_("size (bytes)"))
    sha256 = models.CharField("SHA-256", max_length=64)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("added by"), related_name="+", editable=False
    )
    added_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    objects = ProofQuerySet.as_manager()

    class Meta:
        verbose_name = _("proof")
        verbose_name_plural = _("proofs")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="proof_of_something",
                condition=Q(claim__isnull=False, actual=None, score=None)
                | Q(claim=None, actual__isnull=False, score=None)
                | Q(claim=None, actual=None, score__isnull=False),
                violation_error_message=_("A proof belongs to one record."),
            ),
            models.CheckConstraint(
                name="proof_hash_length",
                condition=Exact(Length("sha256"), 64),
                violation_error_message=_("A SHA-256 has 64 digits."),
            ),
            models.UniqueConstraint(
                name="proof_once_per_claim",
                fields=["claim", "sha256"],
                condition=Q(claim__isnull=False),
                violation_error_message=_("This document is with the record already."),
            ),
        ]
        triggers = [AppendOnly(name="proof_append_only")]

    def __str__(self) -> str:
        return self.name
