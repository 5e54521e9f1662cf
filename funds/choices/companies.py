"""Kinds and sources of what companies report."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from innovation.organisations.choices import MembershipRole

REPORTING_ROLES = (MembershipRole.LEAD, MembershipRole.EDITOR)
"""Members of a company who may report for it."""


class QuarterSource(TextChoices):
    """Who stands behind a company's figures."""

    COMPANY = "COMPANY", _("Reported by the company")
    MANAGER = "MANAGER", _("Report of the manager")
    AUDITED = "AUDITED", _("Audited accounts")
    OFFICE = "OFFICE", _("Collected by the office")
