"""Eligibility before the account, and the self-test of the ladder: answers are judged and forgotten."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from innovation.calls import gap_words
from innovation.calls.forms.eligibility import QuestionForm, typed
from innovation.calls.models import Application, Call
from innovation.calls.queries import applying
from innovation.calls.queries.definitions import rubric_content, rubric_on, versions_of
from innovation.calls.rules.gaps import GapList, gap_list, next_window
from innovation.calls.rules.rubric_facts import claims_of, facts_from_answers
from innovation.calls.shown import in_language as words
from innovation.calls.views.public import LADDER, find
from innovation.core.components import Fact
from innovation.core.views import Crumb, PageView, everyone

KINDS = {"new": _("New application"), "recheck": _("Re-check of a title held")}


class _Judged(PageView, ABC):
    """A form of questions and, once it is sent, what follows from the answers, on the same page."""

    allowed = staticmethod(everyone)
    gates_alone = True

    @abstractmethod
    def rubric(self) -> Mapping[str, Any]:
        """The conditions that are asked about."""

    @abstractmethod
    def judged(self, facts: Mapping[str, Any]) -> GapList:
        """What the answers lead to, condition by condition."""

    def known(self) -> Mapping[str, Any] | None:
        """Answers that stand already, as though they had been typed; None where there are none."""
        return None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rubric = self.rubric()
        data = self.request.POST if self.request.method == "POST" else self.known()
        form = QuestionForm(rubric, data, gates_alone=self.gates_alone)
        gaps = self.judged(form.facts()) if form.is_valid() else None
        return super().get_context_data(form=form, rubric=rubric, **(_outcome(rubric, gaps) if gaps else {}), **kwargs)


def _outcome(rubric: Mapping[str, Any], gaps: GapList) -> dict[str, Any]:
    result = gaps.result
    groups = [
        Fact(
            words(group),
            f"{gap_words.points_text(result.groups.get(group['id']))} / {group.get('max', '–')}",
        )
        for group in rubric["groups"]
    ]
    return {
        "gaps": gaps,
        "result": result,
        "gates": gap_words.gate_lines(rubric, gaps),
        "steps": gap_words.step_lines(rubric, gaps),
        "needed": gap_words.needed_names(rubric, gaps),
        "experts": gap_words.expert_items(rubric, gaps),
        "groups": groups,
        "total": gap_words.points_text(result.total),
        "total_max": gap_words.points_text(result.total_max),
        "total_min": (rubric.get("pass") or {}).get("total_min"),
        "exclusive": (rubric.get("pass") or {}).get("exclusive"),
        "shortfall": gap_words.points_text(result.shortfall_total),
        "short_groups": [
            Fact(words(group), gap_words.points_text(result.shortfall_groups[group["id"]]))
            for group in rubric["groups"]
            if result.shortfall_groups.get(group["id"])
        ],
        "direct": [words(path) for path in rubric["direct"] if path["id"] in result.direct],
    }


class EligibilityPage(_Judged):
    """The gates of one call, by a few questions."""

    template_name = "calls/eligibility.html"
    call: Call

    def get_title(self) -> Any:
        return _("May we apply?")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [
            (_("Calls for applications"), reverse("calls:calls")),
            (self.call.title, self.call.get_absolute_url()),
            (_("May we apply?"), None),
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.call = find(request, kwargs["code"])
        if self.call.rubric is None:
            raise Http404
        return super().get(request, *args, **kwargs)

    def rubric(self) -> Mapping[str, Any]:
        return rubric_content(self.call.rubric)

    def _ladder(self) -> str:
        return self.call.rubric.family if self.call.rubric.family in LADDER else ""

    def judged(self, facts: Mapping[str, Any]) -> GapList:
        # The rubric is the call's own; its window opens with the call, whenever that is.
        rubric = self.rubric()
        lasting = {**rubric, "windows": [{"application_kind": "new", "from": "2000-01-01", "to": None}]}
        return gap_list([lasting], rubric["family"], timezone.localdate(), facts, claims=claims_of(rubric))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            call=self.call, ladder=self._ladder(), is_open=self.call.takes_at(timezone.now()), **kwargs
        )


class SelfTests(PageView):
    """The ladder of titles: what each asks, and the way to test oneself."""

    template_name = "calls/self_tests.html"
    title = _("Self-test for SME titles")
    lead = _("See what is missing to the next level. Nothing that you type is kept.")
    allowed = staticmethod(everyone)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Calls for applications"), reverse("calls:calls")), (_("Self-test"), None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        found = [(family, rubric_on(family, "new", today)) for family in LADDER]
        rows = [(family, *one) for family, one in found if one is not None]
        return super().get_context_data(rows=rows, **kwargs)


class SelfTest(_Judged):
    """Everything that a rubric computes, with the gap list."""

    template_name = "calls/self_test.html"
    gates_alone = False

    def get_title(self) -> str:
        return words(self.chosen[1])

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [
            (_("Calls for applications"), reverse("calls:calls")),
            (_("Self-test"), reverse("calls:self_tests")),
            (self.get_title(), None),
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.family = kwargs["family"]
        self.application_kind = "recheck" if request.GET.get("kind") == "recheck" else "new"
        self.on = self._day()
        chosen = rubric_on(self.family, self.application_kind, self.on)
        if chosen is None:
            raise Http404
        self.chosen = chosen
        return super().get(request, *args, **kwargs)

    def _day(self) -> date:
        contents = [rubric_content(one) for one in versions_of(self.family)]
        today = timezone.localdate()
        return next_window(contents, self.family, self.application_kind, today) or today

    def rubric(self) -> Mapping[str, Any]:
        return self.chosen[1]

    @cached_property
    def figures(self) -> list[Application]:
        """The person's own applications for titles, whose figures can be judged here."""
        return list(applying.told_figures(self.request.user))

    def known(self) -> Mapping[str, Any] | None:
        asked = self.request.GET.get("from", "")
        chosen = next((one for one in self.figures if str(one.pk) == asked), None)
        if chosen is None:
            return None
        rubric = self.rubric()
        facts = facts_from_answers(rubric, chosen.form.content, applying.answers_of(chosen))
        return typed(rubric, facts, gates_alone=self.gates_alone)

    def judged(self, facts: Mapping[str, Any]) -> GapList:
        return gap_list(
            [self.chosen[1]], self.family, self.on, facts, application_kind=self.application_kind,
            claims=claims_of(self.chosen[1]),
        )  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        definition, rubric = self.chosen
        kinds = [(kind, label, kind == self.application_kind) for kind, label in KINDS.items()]
        facts = [
            Fact(_("Version"), f"{definition.version} · {definition.source}"),
            Fact(_("Judged for the day"), str(self.on)),
            Fact(_("Valid for"), _("%(count)s months") % {"count": rubric["validity_months"]})
            if rubric.get("validity_months")
            else None,
            Fact(_("Yearly update by"), rubric["yearly_update_by"]) if rubric.get("yearly_update_by") else None,
            Fact(_("Online window"), " – ".join(rubric["call_window"])) if rubric.get("call_window") else None,
        ]
        return super().get_context_data(
            definition=definition, kinds=kinds, rule_facts=[fact for fact in facts if fact], figures=self.figures,
            asked_from=self.request.GET.get("from", "")[:20], application_kind=self.application_kind, **kwargs,
        )  # fmt: skip
