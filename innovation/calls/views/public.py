"""Public pages of calls: the list with search and filters, one call, its documents, feed and calendar files."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from innovation.calls.choices import CallPhase, CallState
from innovation.calls.icalendar import CONTENT_TYPE, Event, calendar
from innovation.calls.models import Call, CallDocument, Goal
from innovation.calls.process_map import process_map
from innovation.calls.queries import public
from innovation.calls.queries.bids import rule_words
from innovation.calls.queries.definitions import rubric_content
from innovation.calls.rules.bids import SOURCE
from innovation.calls.rules.forms import fields, is_later
from innovation.calls.shown import in_language as words
from innovation.core.components import Fact, Status, Tab, Tone
from innovation.core.money import Unit, format_fen
from innovation.core.uploads import CONTENT_TYPES, FileKind
from innovation.core.views import Crumb, PageView, everyone
from innovation.organisations.choices import Sector

PAGE = 20
FEED = 50
LADDER = ("innovative_sme", "tech_sme", "srdi", "little_giant", "hnte", "gd_enterprise_tech_centre")
"""Titles for which there is a self-test."""
TONES = {CallPhase.OPEN: Tone.OK, CallPhase.COMING: Tone.INFO, CallPhase.CLOSED: Tone.IDLE}
DEFINITIONS = ("form", "process", "rubric", "deadlines", "score_sheet")


def phase_status(call: Call) -> Status:
    """The phase of a call as a tag."""
    if call.state == CallState.CANCELLED:
        return Status(CallState.CANCELLED.label, Tone.BAD)
    phase = call.phase()
    return Status(phase.label, TONES[phase])


class Calls(PageView):
    """Open, coming and closed calls."""

    template_name = "calls/calls.html"
    title = _("Calls for applications")
    lead = _("What the city invites you to apply for, and what comes next.")
    allowed = staticmethod(everyone)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET
        now = timezone.now()
        phase = asked.get("phase") if asked.get("phase") in CallPhase.values else CallPhase.OPEN.value
        rows = self._filtered(now)
        numbers = public.counts(rows)
        page = Paginator(public.in_order(rows.filter(phase_now=phase), phase), PAGE).get_page(asked.get("page"))
        return super().get_context_data(
            tabs=[self._tab(one, phase, numbers[one]) for one in (CallPhase.OPEN, CallPhase.COMING, CallPhase.CLOSED)],
            phase=phase,
            page=page,
            calls=[_row(call, now) for call in page],
            asked={name: asked.get(name, "") for name in ("q", "kind", "goal", "sector")},
            kinds=sorted(public.kind_names().items(), key=lambda one: one[1]),
            goals=Goal.objects.filter(calls__isnull=False).exclude(calls__state=CallState.DRAFT).distinct(),
            sectors=Sector.choices,
            filtered=any(asked.get(name) for name in ("q", "kind", "goal", "sector")),
            page_query=self._query(page=None),
        )

    def _filtered(self, now: Any) -> Any:
        asked = self.request.GET
        rows = public.searched(public.published(now), asked.get("q", "")[:100])
        if asked.get("kind"):
            rows = rows.filter(process__family=asked["kind"][:60])
        if asked.get("goal"):
            rows = rows.filter(goal__code=asked["goal"][:60])
        return public.for_sector(rows, asked.get("sector", "") if asked.get("sector") in Sector.values else "")

    def _tab(self, phase: CallPhase, current: str, number: int) -> Tab:
        return Tab(phase.label, f"?{self._query(phase=phase.value, page=None)}", phase == current, number)

    def _query(self, **changes: str | None) -> str:
        query = self.request.GET.copy()
        for name, value in changes.items():
            query.pop(name, None)
            if value:
                query[name] = value
        return query.urlencode()


def _row(call: Call, now: datetime) -> tuple[Any, ...]:
    left = public.time_left(call.closes_at, now) if call.phase() == CallPhase.OPEN else ""
    return call, phase_status(call), left, words(call.process.content["title"]), call.in_language("summary")


class CallPage(PageView):
    """One call: who may apply, money, window, steps, scoring, documents."""

    template_name = "calls/call.html"
    allowed = staticmethod(everyone)

    def get_title(self) -> str:
        return self.call.title

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Calls for applications"), reverse("calls:calls")), (self.call.title, None)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.call = find(request, kwargs["code"])
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(call=self.call, lead=self.call.in_language("summary"), **facts_of(self.call))


def find(request: HttpRequest, code: str) -> Call:
    """The call of that code that the person may see, with its definitions; 404 otherwise."""
    rows = Call.objects.visible_to(request.user).select_related("goal", "programme", *DEFINITIONS)
    call = rows.filter(code=code).first()
    if call is None:
        raise Http404
    return call


def facts_of(call: Call) -> dict[str, Any]:
    """Everything that the page of a call shows; the look before publishing shows the same."""
    now = timezone.now()
    deadlines = call.deadlines.content if call.deadlines else None
    steps = public.steps_of(call.process.content, deadlines)
    rubric = rubric_content(call.rubric) if call.rubric else None
    return {
        "status": phase_status(call),
        "text": call.in_language("text"),
        "facts": _facts(call, public.time_left(call.closes_at, now)),
        "is_open": call.takes_at(now),
        "steps": steps,
        "other_deadlines": public.other_deadlines(deadlines, steps),
        "weights": list(public.weights(call.score_sheet.content)) if call.score_sheet else [],
        "gates": [(words(gate), _is_unverified(rubric, gate)) for gate in rubric["gates"]] if rubric else [],
        "ladder": call.rubric.family if call.rubric and call.rubric.family in LADDER else "",
        "sections": [
            (words(one["title"]), len(asked))
            for one in call.form.content["sections"]
            if (asked := [field for field in one["fields"] if not is_later(field)])
        ],
        "papers": [words(field["label"]) for _section, field in fields(call.form.content) if _wants_file(field)],
        "bid_rules": rule_words(call),
        "bid_source": SOURCE,
        "process_map": process_map(call.process.content, public=True),
        "documents": list(call.documents.all()) if call.pk else [],
        "unverified": [one for name in DEFINITIONS if (one := getattr(call, name)) and one.is_unverified],
    }


def _is_unverified(rubric: Any, gate: Any) -> bool:
    return "unverified" in {rubric.get("status"), gate.get("status")}


def _wants_file(field: Any) -> bool:
    return bool(field["type"] == "file" or field.get("evidence_required"))


def _facts(call: Call, left: str) -> list[Fact]:
    opens, closes = (one and f"{timezone.localtime(one):%Y-%m-%d %H:%M}" for one in (call.opens_at, call.closes_at))
    window = f"{opens} – {closes}" if closes else translate("%(day)s, always open from then on") % {"day": opens}
    money = [_money(call.budget_fen, translate("budget")), _money(call.max_award_fen, translate("most per case"))]
    sectors = [str(Sector(one).label) for one in call.sectors]
    facts = [
        Fact(_("Window"), f"{window} ({translate('China Standard Time, UTC+8')})"),
        Fact(_("Time left"), left) if left else None,
        Fact(_("Later end because"), call.extension_reason) if call.extension_reason else None,
        Fact(_("Who may apply"), call.in_language("who") or None, unknown=_("See the text of the call.")),
        Fact(_("Sectors"), ", ".join(sectors) or translate("all")),
        Fact(_("Money"), " · ".join(filter(None, money)) or None, unknown=_("This call pays no money.")),
        Fact(_("Goal of the strategy"), call.goal.title if call.goal else None),
        Fact(_("Programme"), call.programme.title) if call.programme else None,
        Fact(_("Kind"), words(call.process.content["title"])),
        Fact(_("Contact"), call.contact or None),
    ]
    return [fact for fact in facts if fact is not None]


def _money(fen: int | None, what: str) -> str:
    """An amount in the unit of the language: 万元 in Chinese, yuan in English."""
    if fen is None:
        return ""
    unit = Unit.WAN if (get_language() or "").startswith("zh") else Unit.YUAN
    return f"{what} {format_fen(fen, unit, decimals=2 if fen % unit.fen else 0, with_unit=True)}"


class CallFile(View):
    """A document of a call, always as a download."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        calls = Call.objects.visible_to(request.user)
        document = CallDocument.objects.filter(pk=pk, call__in=calls).first()
        if document is None:
            raise Http404
        return FileResponse(
            document.file.open("rb"), as_attachment=True, filename=document.file_name,
            content_type=CONTENT_TYPES[FileKind(document.file_kind)],
        )  # fmt: skip


class Feed(View):
    """The newest calls as an Atom feed in the reader's language."""

    def get(self, request: HttpRequest) -> HttpResponse:
        address = request.build_absolute_uri
        feed = Atom1Feed(
            translate("Calls of the innovation programme"), address(reverse("calls:calls")),
            translate("Open and coming calls"), language=get_language(), feed_url=address(reverse("calls:feed")),
        )  # fmt: skip
        for call in public.published(timezone.now()).order_by("-published_at")[:FEED]:
            feed.add_item(
                call.title, address(call.get_absolute_url()), call.in_language("summary"),
                unique_id=address(call.get_absolute_url()), pubdate=call.published_at, updateddate=call.published_at,
            )  # fmt: skip
        # A browser shows the mere source of a feed that comes under its own name, and its words with a style sheet.
        is_browser = "text/html" in request.headers.get("accept", "")
        kind = "application/xml; charset=utf-8" if is_browser else feed.content_type
        style = f'?>\n<?xml-stylesheet type="text/css" href="{static("calls/feed.css")}"?>'
        response = HttpResponse(feed.writeString("utf-8").replace("?>", style, 1), content_type=kind)
        patch_vary_headers(response, ["Accept"])
        return response


class CalendarFile(View):
    """Closing days (and opening days of what is to come) as a calendar file; of one call when its code is given."""

    def get(self, request: HttpRequest, code: str = "") -> HttpResponse:
        now = timezone.now()
        rows = public.published(now).exclude(state=CallState.CANCELLED)
        rows = rows.filter(code=code) if code else rows.exclude(phase_now=CallPhase.CLOSED)
        calls = list(rows)
        if code and not calls:
            raise Http404
        events = [event for call in calls for event in _events(request, call)]
        response = HttpResponse(calendar(translate("Calls of the innovation programme"), events), CONTENT_TYPE)
        response["Content-Disposition"] = f'attachment; filename="{code or "calls"}.ics"'
        return response


def _events(request: HttpRequest, call: Call) -> list[Event]:
    url = request.build_absolute_uri(call.get_absolute_url())
    host = request.get_host().partition(":")[0]
    moments = {
        "opens": (translate("Opens: %(call)s"), call.opens_at),
        "closes": (translate("Closes: %(call)s"), call.closes_at),
    }
    summary, changed = call.in_language("summary"), call.published_at or call.opens_at
    return [
        Event(f"{call.code}-{name}@{host}", at, title % {"call": call.title}, summary, url, changed)
        for name, (title, at) in moments.items()
        if at is not None
    ]
