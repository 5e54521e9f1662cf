"""Models of how a fund's money is called and given back."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import BooleanField, F, Func, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from funds.choices.figures import CallTiming
from funds.choices.records import FundClass
from funds.models.visibility import OfficeQuerySet
from funds.rules.returns.pacing import PacingTerms
from innovation.core.append_only import AppendOnly


class AllWithin(Func):
    """Whether an array has elements and all lie between 0 and 1."""

    template = "(CARDINALITY(%(expressions)s) > 0 AND 0 <= ALL (%(expressions)s) AND 1 >= ALL (%(expressions)s))"
    output_field = BooleanField()

    def as_sql(self, *args: Any, **kwargs: Any) -> tuple[str, Any]:
        """The array stands three times in the template, and so do its values where a form asks before the database."""
        sql, params = super().as_sql(*args, **kwargs)
        return sql, tuple(params) * 3

    @property
    def conditional(self) -> bool:
        return True


class PacingModel(models.Model):
    """One version of a pacing model after Takahashi and Alexander. Never changed: a change is the next version.

    ``call_rates``: share of the uncalled commitment called in year 1, 2, …, the last one for all later years.
    ``timing`` says which variant of the method it is.
    """

    code = models.SlugField(_("code"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version"))
    name_zh = models.CharField(_("Chinese name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    fund_class = models.CharField(
        _("class"), max_length=20, choices=FundClass, blank=True, help_text=_("Empty for every class of fund.")
    )
    call_rates = ArrayField(
        models.DecimalField(max_digits=6, decimal_places=5),
        verbose_name=_("call rates by year"),
        help_text=_("Shares of what is not yet called, like 0.25, 0.33333, 0.5; the last holds for all later years."),
    )
    life_years = models.PositiveSmallIntegerField(_("life (years)"))
    bow = models.DecimalField(
        _("bow"), max_digits=5, decimal_places=3, help_text=_("The larger, the later money comes back.")
    )
    growth = models.DecimalField(_("growth a year"), max_digits=6, decimal_places=5)
    least_yield = models.DecimalField(_("least yield a year"), max_digits=6, decimal_places=5, default=0)
    timing = models.CharField(_("variant"), max_length=10, choices=CallTiming)
    source = models.CharField(_("source"), max_length=300)
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("recorded by"), null=True, blank=True, related_name="+"
    )

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("pacing model")
        verbose_name_plural = _("pacing models")
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(
                name="pacing_model_version_once",
                fields=["code", "version"],
                violation_error_message=_("This version of the model exists already."),
            ),
            models.CheckConstraint(
                name="pacing_call_rates_are_shares",
                condition=AllWithin(F("call_rates")),
                violation_error_message=_("Call rates are shares between 0 and 1, at least one."),
            ),
            models.CheckConstraint(
                name="pacing_terms_have_meaning",
                condition=Q(life_years__gte=1, life_years__lte=60, bow__gt=0, growth__gt=-1)
                & Q(least_yield__gte=0, least_yield__lte=1),
                violation_error_message=_("Life, bow, growth or yield has no meaning."),
            ),
        ]
        triggers = [AppendOnly(name="pacing_model_append_only")]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"

    @property
    def name(self) -> str:
        chinese = (get_language() or "").startswith("zh")
        return self.name_zh if chinese or not self.name_en else self.name_en

    @property
    def terms(self) -> PacingTerms:
        """The model as the rules read it."""
        return PacingTerms(
            call_rates=tuple(map(float, self.call_rates)),
            life=self.life_years,
            bow=float(self.bow),
            growth=float(self.growth),
            least_yield=float(self.least_yield),
            timing=CallTiming(self.timing),
        )
