"""The ratio of supporting staff: its definitions, and what each gave for every laboratory at each month end."""

from datetime import date
from fractions import Fraction
from typing import Any, Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from innovation.core.append_only import AppendOnly
from innovation.core.history import track
from innovation.organisations.models import Organisation
from talent.choices.ratio import RatioCode, SourceState
from talent.models.affiliation import Laboratory
from talent.models.ratio_triggers import DefinitionStays
from talent.models.visibility import sees_talent_figures
from talent.rules.ratio_terms import Clauses
from talent.rules.support_ratio import Band, UnitFigures

LAST_OF_MONTH = Func(
    F("as_of"), template="(EXTRACT(DAY FROM (%(expressions)s + 1)) = 1)", output_field=models.BooleanField()
)


class FiguresQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """All rows for whoever reads figures of the registry, none for others."""
        return self if sees_talent_figures(user) else self.none()


class PublicQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """How something is defined is no secret: everybody who is signed in."""
        return self if user.is_authenticated else self.none()


class RatioDefinitionQuerySet(PublicQuerySet):
    def on(self, day: date) -> Self:
        """The versions in force on ``day``; one without a first day always was."""
        since = Q(valid_from=None) | Q(valid_from__lte=day)
        return self.filter(since, Q(valid_to=None) | Q(valid_to__gte=day))


@track()
class RatioDefinition(models.Model):
    """One version of who counts as supporting staff (S) and as professional (P), with target and band.

    ``support`` and ``professionals`` are clauses over the columns of a post: a post counts when any clause fits, a
    clause fits when the value of each of its columns is among those listed (``talent.rules.ratio_terms``). The target
    is S over P; the band is told per ten professionals. ``chosen`` is the one that the city steers by.
    """

    code = models.CharField(_("definition"), max_length=1, choices=RatioCode.choices)
    version = models.PositiveSmallIntegerField(_("version"), default=1, validators=[MinValueValidator(1)])
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60)
    text_zh = models.CharField(_("in words (Chinese)"), max_length=300)
    text_en = models.CharField(_("in words (English)"), max_length=300)
    support = models.JSONField(_("supporting staff (S)"))
    professionals = models.JSONField(_("professionals (P)"))
    target_num = models.PositiveIntegerField(_("target, numerator"), default=6, validators=[MinValueValidator(1)])
    target_den = models.PositiveIntegerField(_("target, denominator"), default=10, validators=[MinValueValidator(1)])
    band_low = models.DecimalField(_("band per ten, from"), max_digits=5, decimal_places=2, default=5)
    band_high = models.DecimalField(_("band per ten, to"), max_digits=5, decimal_places=2, default=7)
    source = models.CharField(_("source of the definition"), max_length=300)
    state = models.CharField(_("its source is"), max_length=10, choices=SourceState.choices)
    target_source = models.CharField(_("source of the target"), max_length=300)
    target_state = models.CharField(
        _("the source of the target is"), max_length=10, choices=SourceState.choices, default=SourceState.ARTICLE
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    chosen = models.BooleanField(_("the city steers by it"), default=False, editable=False)
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)

    objects = RatioDefinitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("definition of the support ratio")
        verbose_name_plural = _("definitions of the support ratio")
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(
                name="talent_ratio_version_once",
                fields=["code", "version"],
                violation_error_message=_("There is this version of the definition already."),
            ),
            models.UniqueConstraint(
                name="talent_ratio_one_open_version",
                fields=["code"],
                condition=Q(valid_to=None),
                violation_error_message=_("Another version of this definition is still open."),
            ),
            models.UniqueConstraint(
                name="talent_ratio_one_chosen",
                fields=["chosen"],
                condition=Q(chosen=True),
                violation_error_message=_("The city steers by one definition."),
            ),
            models.CheckConstraint(
                name="talent_ratio_target",
                condition=Q(target_num__gte=1, target_den__gte=1),
                violation_error_message=_("A target is above zero."),
            ),
            models.CheckConstraint(
                name="talent_ratio_band",
                condition=Q(band_low__gte=0, band_high__gte=F("band_low")),
                violation_error_message=_("The band ends before it begins."),
            ),
            models.CheckConstraint(
                name="talent_ratio_period",
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                name="talent_ratio_chosen_is_open",
                condition=Q(chosen=False) | Q(valid_to=None),
                violation_error_message=_("The city steers by a version in force."),
            ),
        ]
        triggers = [DefinitionStays(name="ratio_definition_stays")]

    def __str__(self) -> str:
        return f"{self.label} ({self.code}{self.version})"

    @property
    def label(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en

    @property
    def text(self) -> str:
        """Who counts, in the reader's language."""
        return self.text_zh if (get_language() or "").startswith("zh") else self.text_en

    @property
    def number(self) -> str:
        """Code and version, such as B1."""
        return f"{self.code}{self.version}"

    @property
    def target(self) -> Fraction:
        return Fraction(self.target_num, self.target_den)

    @property
    def band(self) -> Band:
        return Band(Fraction(self.band_low), Fraction(self.band_high))

    @property
    def clauses(self) -> tuple[Clauses, Clauses]:
        """The clauses of professionals and of supporting staff."""
        return self.professionals, self.support


class RatioMonthEnd(models.Model):
    """A month end whose figures are kept: taken once and never again, whatever is corrected later."""

    as_of = models.DateField(_("month end"), unique=True)
    main = models.ForeignKey(
        RatioDefinition, models.PROTECT, related_name="+", verbose_name=_("definition the city steered by")
    )
    laboratories = models.PositiveIntegerField(_("laboratories"), default=0)
    taken_at = models.DateTimeField(_("taken"), default=timezone.now, editable=False)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("taken by"),
    )  # fmt: skip

    objects = FiguresQuerySet.as_manager()

    class Meta:
        verbose_name = _("month end of the support ratio")
        verbose_name_plural = _("month ends of the support ratio")
        ordering = ["-as_of"]
        constraints = [
            models.CheckConstraint(
                name="talent_ratio_month_end",
                condition=Q(LAST_OF_MONTH),
                violation_error_message=_("Figures are kept for the last day of a month."),
            )
        ]
        triggers = [AppendOnly(name="ratio_month_append_only")]

    def __str__(self) -> str:
        return self.as_of.isoformat()


class RatioSnapshotQuerySet(models.QuerySet["RatioSnapshot"]):
    def visible_to(self, user: Any) -> Self:
        """All for whoever reads figures; for a member of an organisation the rows of that organisation."""
        if sees_talent_figures(user):
            return self
        if not user.is_authenticated:
            return self.none()
        return self.filter(organisation__in=Organisation.objects.of_member(user))


class RatioSnapshot(models.Model):
    """What one definition gave for one laboratory at a month end; working time in hundredths, NULL is not known.

    ``laboratory`` NULL gathers the posts of an organisation outside its laboratories. ``posts`` of which ``confirmed``
    were looked at by the organisation; ``declared_on`` is the latest day for which it said that its list is complete.
    """

    month = models.ForeignKey(RatioMonthEnd, models.PROTECT, related_name="snapshots", verbose_name=_("month end"))
    definition = models.ForeignKey(RatioDefinition, models.PROTECT, related_name="+", verbose_name=_("definition"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="ratio_snapshots", verbose_name=_("organisation")
    )
    laboratory = models.ForeignKey(
        Laboratory, models.PROTECT, null=True, blank=True, related_name="ratio_snapshots",
        verbose_name=_("laboratory"),
    )  # fmt: skip
    p_fte_centi = models.PositiveIntegerField(_("professionals, P (hundredths of full time)"), null=True)
    s_fte_centi = models.PositiveIntegerField(_("supporting staff, S (hundredths of full time)"), null=True)
    posts = models.PositiveIntegerField(_("posts recorded"), default=0)
    confirmed = models.PositiveIntegerField(_("of them confirmed"), default=0)
    declared_on = models.DateField(_("list said to be complete as of"), null=True)

    objects = RatioSnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("kept ratio of a laboratory")
        verbose_name_plural = _("kept ratios of laboratories")
        ordering = ["month_id", "definition_id", "organisation_id", "laboratory_id"]
        constraints = [
            models.UniqueConstraint(
                name="talent_ratio_snapshot_once",
                fields=["month", "definition", "organisation", "laboratory"],
                nulls_distinct=False,
                violation_error_message=_("The figures of this laboratory are kept already."),
            ),
            models.CheckConstraint(
                name="talent_ratio_snapshot_confirmed",
                condition=Q(confirmed__lte=F("posts")),
                violation_error_message=_("No more posts are confirmed than recorded."),
            ),
        ]
        triggers = [AppendOnly(name="ratio_snapshot_append_only")]

    def __str__(self) -> str:
        return f"{self.laboratory or self.organisation} · {self.month}"

    @property
    def figures(self) -> UnitFigures:
        return UnitFigures(self.p_fte_centi, self.s_fte_centi)
