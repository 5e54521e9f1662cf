"""The staff's office: base classes of every admin, and the admin of the floor's own records."""

from innovation.core.admin import records, schedule
from innovation.core.admin.acting import ActForm, ActionAdmin, ActionForm, ActsAdmin
from innovation.core.admin.base import Admin, ReadInline, ReadOnlyAdmin, StackedInline, TabularInline

__all__ = [
    "ActForm",
    "ActionAdmin",
    "ActionForm",
    "ActsAdmin",
    "Admin",
    "ReadInline",
    "ReadOnlyAdmin",
    "StackedInline",
    "TabularInline",
    "records",
    "schedule",
]
