"""The unit officer's view: one's own laboratories as they stand today, and whose list of posts is complete."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation.core.components import Fact
from innovation.core.display import unit_of
from innovation.core.tables import Table, TableColumn
from innovation.core.views import Crumb, FormPage, PageView, signed_in
from innovation.organisations.models import Organisation
from innovation.reports.content import ReportData, Section
from innovation.reports.rendering.view import shown
from talent.actions.ratio import WRITERS, declare_complete
from talent.forms.ratio import CompleteForm
from talent.models import Laboratory, RatioDefinition
from talent.queries.ratio import Board, Line, live_board
from talent.queries.ratio_rows import rows_on
from talent.queries.standing import standing_of
from talent.reports import ratio as reports
from talent.views.ratio import laboratory_columns

TITLE = _("Supporting staff of our laboratories")


def has_laboratories(user: Any) -> bool:
    """Whether ``user`` belongs to an organisation with laboratories."""
    return standing_of(user).has_laboratories


@dataclass(frozen=True)
class OwnBoard:
    """One organisation: its name, its headline and its laboratories."""

    name: str
    sentence: str
    section: Any
    table: Table


class OwnLaboratories(PageView):
    """The ratio of one's own laboratories as their posts stand now."""

    title = TITLE
    lead = _("As your posts stand today. A side without any post is not known until you say that the list is complete.")
    template_name = "talent/ratio/own.html"
    allowed = staticmethod(signed_in)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(TITLE, None)]

    @cached_property
    def definition(self) -> RatioDefinition | None:
        return RatioDefinition.objects.filter(chosen=True).first()

    @cached_property
    def boards(self) -> list[OwnBoard]:
        """One a member organisation with laboratories; the statements do not grow with their number."""
        user, definition, today = self.request.user, self.definition, timezone.localdate()
        mine = list(Organisation.objects.of_member(user).filter(laboratories__isnull=False).distinct())
        if definition is None or not mine:
            return []
        writes = set(Organisation.objects.of_member(user, *WRITERS).values_list("pk", flat=True))
        rows = rows_on(today, [definition], [organisation.pk for organisation in mine])
        names = Laboratory.objects.in_bulk([row.laboratory_id for row in rows if row.laboratory_id])
        boards = [live_board(rows, definition, organisation, today, names) for organisation in mine]
        return [
            self._own(board, organisation, number, writes=organisation.pk in writes)
            for number, (board, organisation) in enumerate(zip(boards, mine, strict=True))
        ]

    def _own(self, board: Board, organisation: Organisation, number: int, *, writes: bool) -> OwnBoard:
        columns = laboratory_columns(board.lines, board.definition.band, named=False)
        if writes:
            columns.append(TableColumn(_("List of posts"), _say_words, key="say", cell=_say))
        table = Table(
            self.request, columns, board.lines, organisation.name, name=f"o{number}" if number else "",
            as_of=board.as_of, notes=reports.definition_notes(board.definition),
            empty_title=_("No laboratory here"),
        )  # fmt: skip
        part = Section("", figures=reports.figures(board))
        drawn = shown(ReportData("", (part,)), unit_of(self.request), links=True).sections[0]
        return OwnBoard(organisation.name, reports.sentence(board), drawn, table)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.respond([each.table for each in self.boards])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(boards=self.boards, definition=self.definition, **kwargs)


def _say_words(line: Line) -> str:
    return gettext("complete") if line.declared_on else ""


def _say(line: Line) -> SafeString | str:
    """The way to say that a list is complete; posts outside laboratories need no such word."""
    if line.laboratory is None:
        return ""
    address = reverse("talent:list_complete", args=[line.laboratory.pk])
    return format_html('<a href="{}">{}</a>', address, gettext("Say that it is complete"))


class DeclareComplete(FormPage):
    """Say that the list of posts of a laboratory is complete as of a day."""

    title = _("The list of posts is complete")
    lead = _("From that day on nobody on the list means that nobody is there, and the ratio can be told.")
    allowed = staticmethod(signed_in)
    form_class = CompleteForm
    submit_label = _("Say that it is complete")
    done_message = _("Noted: the list is complete as of that day.")
    template_name = "talent/ratio/complete.html"

    @cached_property
    def laboratory(self) -> Laboratory:
        mine = Organisation.objects.of_member(self.request.user, *WRITERS)
        found = Laboratory.objects.filter(organisation__in=mine, pk=self.kwargs["pk"]).select_related("organisation")
        laboratory = found.first()
        if laboratory is None:
            raise Http404
        return laboratory

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(TITLE, reverse("talent:own_laboratories")), (str(self.laboratory), None)]

    def act(self, form: CompleteForm) -> None:
        data = form.cleaned_data
        declare_complete(
            laboratory_id=self.laboratory.pk, as_of=data["as_of"], note=data["note"], actor=self.request.user
        )

    def get_success_url(self) -> str:
        return reverse("talent:own_laboratories")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        posts = self.laboratory.affiliations.on(today).count()
        facts = [
            Fact(_("Laboratory"), str(self.laboratory)),
            Fact(_("Organisation"), self.laboratory.organisation.name),
            Fact(_("Posts recorded today"), str(posts)),
        ]
        return super().get_context_data(facts=facts, cancel_url=self.get_success_url(), **kwargs)
