"""Policies as versioned data: documents, their loss-tolerance rules and terms, and the shared catalogues."""

from fractions import Fraction

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import GreaterThan
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from funds.choices.records import InvestmentMode
from funds.choices.tolerance import STORED_CAP_STATES, CapState, CapTest, RuleType, ScopeLevel, SourceStatus
from funds.models.policy_triggers import RULE_MEANING, FrozenOnceBound, TestedRuleCaps
from funds.models.visibility import OfficeQuerySet
from innovation.core.history import track


class BilingualText(models.Model):
    """Chinese and English side by side; ``text`` is the reader's."""

    zh = models.CharField(_("Chinese"), max_length=400)
    en = models.CharField(_("English"), max_length=400, blank=True)

    class Meta:
        abstract = True

    @property
    def text(self) -> str:
        chinese = (get_language() or "").startswith("zh")
        return self.zh if chinese or not self.en else self.en


@track()
class PolicyDocument(models.Model):
    """One version of one published text. ``effective_from`` None: not known, so its tests are indicative only."""

    class Kind(models.TextChoices):
        LOCAL = "LOCAL", _("Local rule")
        FRAME = "FRAME", _("National frame")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.LOCAL)
    code = models.CharField(_("code"), max_length=60)
    version = models.PositiveIntegerField(_("version"), default=1)
    jurisdiction_zh = models.CharField(_("jurisdiction (Chinese)"), max_length=100, blank=True)
    jurisdiction_en = models.CharField(_("jurisdiction (English)"), max_length=100, blank=True)
    jurisdiction_level = models.CharField(_("level"), max_length=30, blank=True)
    title_zh = models.CharField(_("title"), max_length=300, blank=True)
    number = models.CharField(_("document number"), max_length=100, blank=True)
    issued = models.CharField(
        _("issued"), max_length=10, blank=True, help_text=_("As far as known: year, year-month or day.")
    )
    published = models.CharField(_("published"), max_length=10, blank=True)
    effective_from = models.DateField(_("in force from"), null=True, blank=True)
    effective_to = models.DateField(_("in force until"), null=True, blank=True)
    fund_class = models.CharField(_("kind of funds"), max_length=200, blank=True)
    fixes = models.TextField(_("what it fixes"), blank=True)
    wording_zh = models.TextField(_("wording"), blank=True)
    text_sha256 = models.CharField(_("hash of the full text"), max_length=64, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=SourceStatus, default=SourceStatus.UNVERIFIED)
    source = models.CharField(_("source"), max_length=300)
    note = models.TextField(_("note"), blank=True)
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy document")
        verbose_name_plural = _("policy documents")
        ordering = ["kind", "code", "version"]
        constraints = [
            models.UniqueConstraint(
                name="policy_version_once",
                fields=["code", "version"],
                violation_error_message=_("This version of the document exists already."),
            ),
            models.CheckConstraint(
                name="policy_in_order",
                condition=Q(effective_to=None) | Q(effective_from=None) | Q(effective_to__gte=F("effective_from")),
                violation_error_message=_("The policy ends before it begins."),
            ),
        ]
        triggers = [
            FrozenOnceBound(
                name="policy_bound_is_frozen",
                document="id",
                fields=("kind", "code", "version", "effective_from", "effective_to"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"

    @property
    def jurisdiction(self) -> str:
        chinese = (get_language() or "").startswith("zh")
        return self.jurisdiction_zh if chinese or not self.jurisdiction_en else self.jurisdiction_en


def _is_fraction(prefix: str) -> Q:
    """0 ≤ num/den ≤ 1, exact."""
    return Q(**{f"{prefix}_den__gt": 0, f"{prefix}_num__gte": 0, f"{prefix}_num__lte": F(f"{prefix}_den")})


@track()
class ToleranceRule(models.Model):
    """One clause that caps (or shares) a loss, with the definition of the rate as far as the text states it.

    ``cap_state`` LIMIT has a cap; NOT_LIMITED and UNKNOWN have none, and the two never mean the same.
    ``theta`` holds the stated fields of the loss-rate definition (funds.rules.theta); missing ones come from the
    LossRateDefinition in force, and every report says so.
    """

    document = models.ForeignKey(PolicyDocument, models.PROTECT, verbose_name=_("document"), related_name="rules")
    code = models.CharField(_("code"), max_length=60)
    rule_type = models.CharField(_("type"), max_length=12, choices=RuleType, default=RuleType.CAP)
    scope = models.CharField(_("scope"), max_length=16, choices=ScopeLevel)
    fund_filter = models.CharField(_("kind of fund"), max_length=40, blank=True)
    stages = ArrayField(models.CharField(max_length=20), verbose_name=_("stages"), default=list, blank=True)
    mode = models.CharField(_("mode"), max_length=20, choices=InvestmentMode, blank=True)
    cap_state = models.CharField(_("cap"), max_length=12, choices=CapState)
    cap_num = models.BigIntegerField(_("cap, numerator"), null=True, blank=True)
    cap_den = models.BigIntegerField(_("cap, denominator"), null=True, blank=True)
    cap_min_num = models.BigIntegerField(_("lowest known bound, numerator"), null=True, blank=True)
    cap_min_den = models.BigIntegerField(_("lowest known bound, denominator"), null=True, blank=True)
    cap_max_num = models.BigIntegerField(_("highest known bound, numerator"), null=True, blank=True)
    cap_max_den = models.BigIntegerField(_("highest known bound, denominator"), null=True, blank=True)
    test = models.CharField(_("test"), max_length=2, choices=CapTest, default=CapTest.LE)
    special_num = models.BigIntegerField(_("special cap, numerator"), null=True, blank=True)
    special_den = models.BigIntegerField(_("special cap, denominator"), null=True, blank=True)
    special_condition_zh = models.CharField(_("special case (Chinese)"), max_length=400, blank=True)
    special_condition_en = models.CharField(_("special case (English)"), max_length=400, blank=True)
    special_condition_status = models.CharField(
        _("status of the special case"), max_length=12, choices=SourceStatus, blank=True
    )
    special_approval_required = models.BooleanField(_("special case needs approval"), default=True)
    theta = models.JSONField(_("stated definition of the rate"), default=dict, blank=True)
    binding_at = ArrayField(models.CharField(max_length=20), verbose_name=_("moments that bind"), null=True, blank=True)
    yellow_num = models.PositiveIntegerField(_("yellow from, percent of the cap"), default=60)
    orange_num = models.PositiveIntegerField(_("orange from, percent of the cap"), default=80)
    conditions = ArrayField(models.CharField(max_length=60), verbose_name=_("conditions"), default=list, blank=True)
    wording_zh = models.TextField(_("wording"), blank=True)
    status = models.CharField(_("status"), max_length=12, choices=SourceStatus, default=SourceStatus.UNVERIFIED)
    source = models.CharField(_("source"), max_length=300, blank=True)
    note = models.TextField(_("note"), blank=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("loss-tolerance rule")
        verbose_name_plural = _("loss-tolerance rules")
        ordering = ["document", "code"]
        constraints = [
            models.UniqueConstraint(
                name="rule_code_once_per_document",
                fields=["document", "code"],
                violation_error_message=_("This document has a rule with this code already."),
            ),
            models.CheckConstraint(
                name="rule_cap_only_when_limited",
                condition=Q(cap_state=CapState.LIMIT, cap_num__isnull=False, cap_den__isnull=False)
                | Q(cap_state__in=sorted(STORED_CAP_STATES - {CapState.LIMIT}), cap_num=None, cap_den=None),
                violation_error_message=_("A limit needs its cap; without a limit or unknown there is none."),
            ),
            models.CheckConstraint(
                name="rule_cap_is_a_share",
                condition=Q(cap_num=None) | _is_fraction("cap"),
                violation_error_message=_("A cap lies between 0 and 1."),
            ),
            models.CheckConstraint(
                name="rule_special_above_cap",
                condition=Q(special_num=None, special_den=None)
                | Q(special_num__isnull=False, special_den__isnull=False, cap_num__isnull=False)
                & _is_fraction("special")
                & GreaterThan(F("special_num") * F("cap_den"), F("cap_num") * F("special_den")),
                violation_error_message=_("The special cap lies above the cap and is at most 1."),
            ),
            models.CheckConstraint(
                name="rule_levels_in_order",
                condition=Q(yellow_num__lte=F("orange_num"), orange_num__lte=100),
                violation_error_message=_("Yellow comes before orange, and orange before the cap."),
            ),
        ]
        triggers = [
            FrozenOnceBound(name="rule_bound_is_frozen", document="document_id", fields=RULE_MEANING),
            TestedRuleCaps(name="rule_of_results_caps"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def cap(self) -> Fraction | None:
        return None if self.cap_num is None else Fraction(self.cap_num, self.cap_den)

    @property
    def special_cap(self) -> Fraction | None:
        return None if self.special_num is None else Fraction(self.special_num, self.special_den)

    @property
    def special_condition(self) -> str:
        """The condition of the special tier in the reader's language, the other where one is missing."""
        chinese = (get_language() or "").startswith("zh")
        both = (self.special_condition_zh, self.special_condition_en)
        first, second = both if chinese else both[::-1]
        return first or second


@track()
class PolicyTerm(models.Model):
    """Another term of a document (share, ticket, life, …): value as stated, unit and status."""

    document = models.ForeignKey(PolicyDocument, models.PROTECT, verbose_name=_("document"), related_name="terms")
    key = models.CharField(_("key"), max_length=60)
    value = models.CharField(_("value"), max_length=300)
    unit = models.CharField(_("unit"), max_length=20)
    wording_zh = models.TextField(_("wording"), blank=True)
    status = models.CharField(_("status"), max_length=12, choices=SourceStatus, default=SourceStatus.UNVERIFIED)

    class Meta:
        verbose_name = _("policy term")
        verbose_name_plural = _("policy terms")
        constraints = [models.UniqueConstraint(name="policy_term_once", fields=["document", "key"])]

    def __str__(self) -> str:
        return f"{self.key}: {self.value} {self.unit}"


@track()
class LossRateDefinition(models.Model):
    """The product's own reading of "comprehensive loss rate", used for what a policy leaves open."""

    version = models.CharField(_("version"), max_length=20, unique=True)
    theta = models.JSONField(_("definition"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("loss-rate definition")
        verbose_name_plural = _("loss-rate definitions")
        ordering = ["-recorded_at"]

    def __str__(self) -> str:
        return self.version


@track()
class CatalogueItem(BilingualText):
    """A line of one of the lists that records choose from: duties, situations, grades, standards, grounds."""

    class Kind(models.TextChoices):
        DUTY = "DUTY", _("Duty")
        SITUATION = "SITUATION", _("Exemption situation")
        LOSS_GRADE = "LOSS_GRADE", _("Grade of asset loss")
        NEGATIVE = "NEGATIVE", _("Negative list")
        CONDITION = "CONDITION", _("Condition of a rule")
        STANDARD = "STANDARD", _("Valuation standard")
        GROUND = "GROUND", _("Ground of recognition of local investment")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    code = models.CharField(_("code"), max_length=60)
    regimes = ArrayField(models.CharField(max_length=60), verbose_name=_("regimes"), default=list, blank=True)
    from_yuan = models.BigIntegerField(_("from (yuan)"), null=True, blank=True)
    below_yuan = models.BigIntegerField(_("below (yuan)"), null=True, blank=True)
    effect = models.CharField(_("effect"), max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=SourceStatus, default=SourceStatus.UNVERIFIED)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("catalogue item")
        verbose_name_plural = _("catalogue items")
        ordering = ["kind", "code"]
        constraints = [models.UniqueConstraint(name="catalogue_item_once", fields=["kind", "code"])]

    def __str__(self) -> str:
        return self.text
