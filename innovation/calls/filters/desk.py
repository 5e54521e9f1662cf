"""Filters of the officer's work list."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.accounts.choices import STAFF_ROLES
from innovation.accounts.models import User
from innovation.calls.choices import ApplicationState
from innovation.calls.models import Application, Call
from innovation.calls.queries.desk import WORKED_ON, overdue, with_late_documents
from innovation.core.filters import WordsFilter


class DeskFilters(django_filters.FilterSet):
    """By words in number, title and applicant, call, state, officer, lateness, and whose it is."""

    q = WordsFilter(
        "number",
        "title",
        "organisation__name_zh",
        "organisation__name_en",
        "organisation__uscc",
        label=_("Number, title or applicant"),
    )
    call = django_filters.ModelChoiceFilter(
        queryset=Call.objects.only("code", "title_zh", "title_en").order_by("-opens_at"),
        label=_("Call"),
        empty_label=_("All"),
    )
    state = django_filters.ChoiceFilter(
        choices=[("work", _("To be worked on")), *ApplicationState.choices], method="by_state", label=_("State"),
        empty_label=_("All"),
    )  # fmt: skip
    officer = django_filters.ModelChoiceFilter(
        queryset=User.objects.filter(groups__name__in=STAFF_ROLES).only("name", "email").distinct().order_by("name"),
        label=_("Officer"),
        empty_label=_("All"),
    )  # fmt: skip
    which = django_filters.ChoiceFilter(
        choices=[("mine", _("Mine")), ("nobody", _("Without officer")), ("overdue", _("Overdue")),
                 ("late", _("With late documents")), ("shared", _("With shared details"))],
        method="by_which", label=_("Which"), empty_label=_("All"),
    )  # fmt: skip

    class Meta:
        model = Application
        fields = ["q", "call", "state", "officer", "which"]

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet[Application]:
        return queryset.filter(state__in=WORKED_ON) if value == "work" else queryset.filter(state=value)

    def by_which(self, queryset: Any, name: str, value: str) -> QuerySet[Application]:
        if value == "overdue":
            return overdue(queryset, timezone.localdate())
        if value == "late":
            return with_late_documents(queryset)
        if value == "shared":
            return queryset.filter(is_shared=True)
        return queryset.filter(officer=self.request.user if value == "mine" else None)
