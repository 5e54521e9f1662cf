"""What an organisation can be."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Sector(TextChoices):
    """The helix an organisation belongs to."""

    UNIVERSITY = "U", _("University or institute")
    INDUSTRY = "I", pgettext_lazy("sector", "Industry")
    GOVERNMENT = "G", _("Government")
    NONPROFIT = "N", _("Non-profit")


class OrganisationStatus(TextChoices):
    FORMING = "forming", _("In formation")
    ACTIVE = "active", _("Active")
    DISSOLVED = "dissolved", _("Dissolved")


class IndustryLevel(TextChoices):
    SECTION = "section", pgettext_lazy("industry", "Section")
    DIVISION = "division", pgettext_lazy("industry", "Division")
    GROUP = "group", pgettext_lazy("industry", "Group")
    CLASS = "class", pgettext_lazy("industry", "Class")


class DivisionLevel(TextChoices):
    PROVINCE = "province", _("Province")
    CITY = "city", _("City or prefecture")
    COUNTY = "county", _("County or district")


class MembershipRole(TextChoices):
    """What a person may do for an organisation."""

    LEAD = "lead", _("Lead")
    EDITOR = "editor", _("Editor")
    VIEWER = "viewer", _("Viewer")


class NameOrigin(TextChoices):
    """Why an organisation is known by another name."""

    RENAMED = "renamed", _("Renamed")
    MERGED = "merged", _("Duplicate record merged")
    ALIAS = "alias", _("Also known as")
