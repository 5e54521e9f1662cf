"""National code lists: industries (GB/T 4754-2017) and administrative divisions (GB/T 2260). Codes are text."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from innovation.core.history import track
from innovation.organisations.choices import DivisionLevel, IndustryLevel
from innovation.organisations.models.fields import bilingual_name
from innovation.organisations.models.search import Searchable, SearchQuerySet, keep_search


class Classification(Searchable):
    """A row of a code list. A code that a newer list lacks stays, as no longer current."""

    name_zh = models.CharField(_("Chinese name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    is_current = models.BooleanField(_("current"), default=True)

    objects = SearchQuerySet.as_manager()

    class Meta(Searchable.Meta):
        abstract = True
        triggers = [keep_search("code")]

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return bilingual_name(self.name_zh, self.name_en, get_language())

    def __str__(self) -> str:
        return f"{self.pk} {self.name}"


@track(exclude=("search",))
class Industry(Classification):
    """A section (A), division (A01), group (A011) or class (A0111) of GB/T 4754-2017."""

    code = models.CharField(_("code"), max_length=5, primary_key=True)
    level = models.CharField(_("level"), max_length=10, choices=IndustryLevel.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )

    class Meta(Classification.Meta):
        verbose_name = _("industry")
        verbose_name_plural = _("industries")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="organisations_industry_code_fits_level",
                condition=Q(level=IndustryLevel.SECTION, code__regex=r"^[A-Z]$", parent=None)
                | Q(level=IndustryLevel.DIVISION, code__regex=r"^[A-Z][0-9]{2}$", parent__isnull=False)
                | Q(level=IndustryLevel.GROUP, code__regex=r"^[A-Z][0-9]{3}$", parent__isnull=False)
                | Q(level=IndustryLevel.CLASS, code__regex=r"^[A-Z][0-9]{4}$", parent__isnull=False),
                violation_error_message=_("The code does not fit its level."),
            )
        ]


class DivisionQuerySet(SearchQuerySet):
    def places(self) -> "DivisionQuerySet":
        """Current rows that name a place, which an organisation may be in."""
        return self.filter(is_current=True, placeholder=False)


@track(exclude=("search",))
class Division(Classification):
    """A province, prefecture or county of GB/T 2260, always with six digits."""

    code = models.CharField(_("code"), max_length=6, primary_key=True)
    level = models.CharField(_("level"), max_length=10, choices=DivisionLevel.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    full_name_zh = models.CharField(_("full Chinese name"), max_length=200)
    placeholder = models.BooleanField(
        _("placeholder"), default=False, help_text=_("A link of the tree that names no place, such as 市辖区.")
    )

    objects = DivisionQuerySet.as_manager()

    class Meta(Classification.Meta):
        verbose_name = _("administrative division")
        verbose_name_plural = _("administrative divisions")
        ordering = ["code"]
        # People also leave out what kind of place it is: 杭州西湖 for 杭州市西湖区.
        triggers = [
            keep_search(
                "code",
                extra="search_tokens(NEW.full_name_zh)"
                " || search_tokens(regexp_replace(NEW.full_name_zh, '[省市区县]', '', 'g'))",
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="organisations_division_code_fits_level",
                condition=Q(level=DivisionLevel.PROVINCE, code__regex=r"^[0-9]{2}0000$", parent=None)
                | Q(level=DivisionLevel.CITY, code__regex=r"^[0-9]{4}00$", parent__isnull=False)
                | Q(level=DivisionLevel.COUNTY, code__regex=r"^[0-9]{6}$", parent__isnull=False),
                violation_error_message=_("The code does not fit its level."),
            )
        ]

    @property
    def full_name(self) -> str:
        """With province and city in Chinese; the name alone in English."""
        return bilingual_name(self.full_name_zh, self.name_en, get_language())

    def __str__(self) -> str:
        return f"{self.pk} {self.full_name}"
