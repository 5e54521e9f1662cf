"""What the officer's desk adds to the shared floor: navigation, what waits, the tabs of the case page."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.calls import desk_tabs
from innovation.calls.choices import GateOutcome
from innovation.calls.demo.reviews import make_reviews
from innovation.calls.desk_tabs import DeskTab
from innovation.calls.gap_words import BY_OUTCOME, comparison_text
from innovation.calls.models import Application
from innovation.calls.queries.bids import bid_lines
from innovation.calls.queries.definitions import rubric_content
from innovation.calls.queries.desk import overdue
from innovation.calls.queries.earlier import awards_of
from innovation.calls.queries.later import given_later
from innovation.calls.queries.screening import judged_in, likenesses, same_applicant, shared_with, standing_screening
from innovation.calls.receipts import submitted_sections
from innovation.calls.rules import forms
from innovation.calls.rules.bids import SOURCE
from innovation.calls.rules.scoring import shown
from innovation.calls.shown import in_language, shown_field
from innovation.calls.views.desk import works_on_cases
from innovation.core import demo, home, navigation, transitions
from innovation.core.components import Moment
from innovation.core.home import Card
from innovation.core.navigation import NavItem


def answers_tab(case: Application, user: Any) -> Mapping[str, Any]:
    """The newest submission, and what it changed against the one before, field by field."""
    submissions = list(case.submissions.select_related("form").order_by("-serial"))
    changes = []
    if len(submissions) > 1:
        new, old = submissions[:2]
        fields = forms.by_key(old.form.content) | forms.by_key(new.form.content)
        for one in forms.compare(old.form.content, old.answers, new.form.content, new.answers):
            field = fields[one.field]
            before, after = (shown_field(field, value, {}) for value in (one.old, one.new))
            changes.append((in_language(field["label"]), before, after))
    return {
        "submissions": submissions, "changes": changes,
        "sections": [*(submitted_sections(submissions[0]) if submissions else []), *given_later(case)],
    }  # fmt: skip


def gates_tab(case: Application, user: Any) -> Mapping[str, Any]:
    """Gates with evidence, texts that are alike, other cases of the applicant."""
    alike = []
    for one in likenesses(case):
        mine = one.submission.application_id == case.pk
        other = one.other if mine else one.submission
        alike.append(
            (other.application, one.containment_ppm // 10_000, [pair[0 if mine else 1] for pair in one.passages])
        )
    run = standing_screening(case)
    rubric = rubric_content(run.rubric) if run else {}
    gates = [
        (one, BY_OUTCOME[GateOutcome(one.result.outcome)], BY_OUTCOME[one.outcome] if one.override else None,
         [comparison_text(rubric, **each) for each in one.result.comparisons])
        for one in judged_in(run)
    ]  # fmt: skip
    bid = [(line, BY_OUTCOME[line.outcome]) for line in bid_lines(case)]
    return {
        "bid": bid, "bid_source": SOURCE, "screening": run, "gates": gates, "alike": alike, "shared": shared_with(case),
        "others": list(same_applicant(case)[:50]), "awards": awards_of(case),
        "may_screen": user.has_perm("calls.screen_application"),
    }  # fmt: skip


def reviews_tab(case: Application, user: Any) -> Mapping[str, Any]:
    rows = case.reviews.select_related("reviewer").prefetch_related("versions")
    return {
        "reviews": [(one, shown(one.total)) for one in rows],
        "summary": getattr(case, "review_summary", None),
        "may_coordinate": user.has_perm("calls.coordinate_application"),
    }


def history_tab(case: Application, user: Any) -> Mapping[str, Any]:
    names = case.state_names
    rows = transitions.steps_of(case).order_by("-pk")
    return {
        "moments": [
            Moment(timezone.localtime(row.at), names[row.to_state].staff, row.reason, row.actor_label) for row in rows
        ]
    }


def files_tab(case: Application, user: Any) -> Mapping[str, Any]:
    return {"files": list(case.files.select_related("uploaded_by"))}


TABS = (
    DeskTab("answers", _("Answers"), "calls/desk/_answers.html", answers_tab, order=10),
    DeskTab("gates", _("Gates"), "calls/desk/_gates.html", gates_tab, order=20),
    DeskTab("reviews", _("Reviews"), "calls/desk/_reviews.html", reviews_tab, order=30),
    DeskTab("files", _("Files"), "calls/desk/_files.html", files_tab, order=80),
    DeskTab("history", _("Steps"), "calls/desk/_history.html", history_tab, order=90),
)


def cards(user: Any) -> list[Card]:
    """Late cases of the person who reads."""
    if not (works_on_cases(user) and user.has_perm("calls.screen_application")):
        return []
    mine = Application.objects.visible_to(user).filter(officer=user)
    count = overdue(mine, timezone.localdate()).count()
    address = f"{reverse('calls:desk')}?which=overdue"
    return [Card(_("My late applications"), address, figure=str(count), urgent=True)] if count else []


def register(section: Promise) -> None:
    """Called once with the heading of the part."""
    navigation.register(NavItem(section, _("Applications"), "calls:desk", visible=works_on_cases, order=105))
    home.register(cards, order=505)
    demo.register("Cases from check to ranking", make_reviews, order=520)
    for tab in TABS:
        desk_tabs.register(tab)
