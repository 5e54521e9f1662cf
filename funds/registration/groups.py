"""The small headings under which the rail gathers the entries of the funds part, by task."""

from django.utils.translation import gettext_lazy as _

WATCH = _("Watch")
INVEST = _("Invest")
VALUE = _("Value and returns")
BOOKS = _("Books")
POLICY_WORK = _("Policy work")
FILES = _("Files and filings")
