"""Likely duplicates of the registry, and the merge of two records with its preview."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.forms import BaseForm
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, FormPage, TableView
from talent.actions import merging
from talent.forms.merging import MergeForm
from talent.models import Person
from talent.models.visibility import works_on_people
from talent.queries.duplicates import Pair, pairs
from talent.views.office import TITLE as PEOPLE
from talent.views.personal import PersonalPage, PersonalTable

TITLE = _("Likely duplicates")


def merges_people(user: Any) -> bool:
    """Who may merge records."""
    return bool(works_on_people(user) and user.has_perm(merging.PERMISSION))


def _number(pair: Pair) -> str:
    return reverse("talent:merge", args=[pair.first.pk, pair.second.pk])


class Duplicates(PersonalTable, TableView):
    """Pairs of records with one name; those who shared an organisation first."""

    title = TITLE
    lead = _("Records with the same name. Namesakes are common: compare posts before you merge.")
    allowed = staticmethod(merges_people)
    empty_title = _("No two records have the same name")
    columns = (
        TableColumn(_("Name"), lambda pair: pair.first.shown_name, key="name", heading=True, link=_number),
        TableColumn(_("Older record"), lambda pair: f"#{pair.first.pk}", key="first",
                    link=lambda pair: reverse("talent:person", args=[pair.first.pk])),
        TableColumn(_("Newer record"), lambda pair: f"#{pair.second.pk}", key="second",
                    link=lambda pair: reverse("talent:person", args=[pair.second.pk])),
        TableColumn(_("Shared an organisation"), lambda pair: _("yes") if pair.together else _("no"), key="together"),
        TableColumn(_("What to do"), lambda pair: _("Compare and merge"), key="act", link=_number),
    )  # fmt: skip

    def people_read(self, rows: Iterable[Pair]) -> set[int]:
        return {person.pk for pair in rows for person in (pair.first, pair.second)}

    def get_queryset(self) -> Sequence[Pair]:
        return pairs()

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(PEOPLE, reverse("talent:people")), (self.title, None)]


class Merge(PersonalPage, FormPage):
    """Field by field whose value wins, what moves, then one button. The other record becomes a signpost."""

    read_fields = merging.FIELDS
    title = _("Merge two records of one person")
    lead = _("The first record is kept; profiles, posts, skills and evidence of the second move to it.")
    allowed = staticmethod(merges_people)
    template_name = "talent/merge.html"
    form_class = MergeForm
    submit_label = _("Merge the records")
    done_message = _("The records are merged.")

    @cached_property
    def preview(self) -> merging.Preview:
        rows = Person.objects.visible_to(self.request.user).select_related("home")
        found = rows.in_bulk([self.kwargs["survivor"], self.kwargs["loser"]])
        if len(found) < len({self.kwargs["survivor"], self.kwargs["loser"]}):
            raise Http404
        return merging.preview(found[self.kwargs["survivor"]], found[self.kwargs["loser"]])

    def people_read(self) -> list[Person]:
        return [self.preview.survivor, self.preview.loser]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"preview": self.preview}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(preview=self.preview, **kwargs)

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return reverse("talent:duplicates")

    def get_success_url(self) -> str:
        return reverse("talent:person", args=[self.kwargs["survivor"]])

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(PEOPLE, reverse("talent:people")), (TITLE, reverse("talent:duplicates")), (self.title, None)]

    def act(self, form: BaseForm) -> None:
        merging.merge_people(
            survivor_id=self.kwargs["survivor"], loser_id=self.kwargs["loser"], actor=self.request.user,
            choices=form.choices(), reason=form.cleaned_data["reason"],
        )  # fmt: skip
