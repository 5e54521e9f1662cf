"""The roles of the programme. Each is a Django group of the same name, made by a migration."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    APPLICANT = "applicant", _("Applicant")
    REVIEWER = "reviewer", _("Reviewer")
    FUND_OFFICER = "fund_officer", _("Fund officer")
    TALENT_OFFICER = "talent_officer", _("Talent officer")
    PATENT_OFFICER = "patent_officer", _("Patent officer")
    PROGRAMME_MANAGER = "programme_manager", _("Programme manager")
    FINANCE = "finance", _("Finance")
    PRIVACY_OFFICER = "privacy_officer", _("Privacy officer")
    AUDITOR = "auditor", _("Auditor (read only)")
    ADMINISTRATOR = "administrator", _("Administrator")


STAFF_ROLES = frozenset(Role) - {Role.APPLICANT, Role.REVIEWER}
