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


class LoginEventKind(TextChoices):
    LOGGED_IN = "logged_in", _("Signed in")
    LOGIN_FAILED = "login_failed", _("Wrong password")
    LOCKED = "locked", _("Locked after too many wrong tries")
    MFA_FAILED = "mfa_failed", _("Wrong second factor")
    LOGGED_OUT = "logged_out", _("Signed out")
    TIMED_OUT = "timed_out", _("Signed out by time")
    SESSIONS_ENDED = "sessions_ended", _("Sessions ended")
    SIGNED_UP = "signed_up", _("Signed up")
    EMAIL_CHANGED = "email_changed", _("E-mail changed")
    PASSWORD_CHANGED = "password_changed", _("Password changed")
    PASSWORD_RESET = "password_reset", _("Password reset")
    LINK_SENT = "link_sent", _("Link to choose a password sent")
    MFA_ADDED = "mfa_added", _("Second factor added")
    MFA_REMOVED = "mfa_removed", _("Second factor removed")
    MFA_RESET = "mfa_reset", _("Second factors reset by an administrator")
    RECOVERY_CODES_MADE = "recovery_codes_made", _("New recovery codes made")
    RECOVERY_CODE_USED = "recovery_code_used", _("Recovery code used")
    ROLES_CHANGED = "roles_changed", _("Roles changed")
    DEACTIVATED = "deactivated", _("Account closed")
    REACTIVATED = "reactivated", _("Account opened again")
    TOKEN_MADE = "token_made", _("API token made")
    TOKEN_REVOKED = "token_revoked", _("API token revoked")
    TOKEN_REFUSED = "token_refused", _("API token refused")


class MailChoice(TextChoices):
    """How notices of one kind come by mail."""

    OFF = "off", _("No mail")
    AT_ONCE = "at_once", _("A mail each time")
    DIGEST = "digest", _("In a daily digest")
