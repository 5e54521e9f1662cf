"""A version tried on what is stored: which cases it would judge otherwise than their own one. Nothing is kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.calls.fault_words import fault_text
from innovation.calls.gap_words import points_text
from innovation.calls.models import Application, Definition, Submission
from innovation.calls.models.application_states import EVENT_NAMES
from innovation.calls.queries.definitions import kind_of
from innovation.calls.queries.screening import application_kind_of, facts_of
from innovation.calls.rules import forms, rubric, workflow
from innovation.calls.rules.definitions import Kind, check
from innovation.calls.rules.rubric_facts import claims_of
from innovation.calls.shown import in_language

MOST = 500
MOST_FAULTS = 5


@dataclass(frozen=True)
class Change:
    """A case with what its own version says and what the tried one would say."""

    application: Application
    before: str
    after: str


@dataclass(frozen=True)
class StoredRun:
    """``tried`` cases, the newest first, at most ``MOST``; ``is_cut`` says that there are more."""

    tried: int
    changes: list[Change]
    is_cut: bool = False


@dataclass(frozen=True)
class _Told:
    """What a version says of a case: what counts for comparing, and its words."""

    facts: Any = None
    words: str = ""


def runs_on_stored(definition: Definition) -> bool:
    """Whether cases can be tried with this kind of definition, and the version can be read."""
    return kind_of(definition) in TRIED and not check(kind_of(definition), definition.content)


def run_stored(definition: Definition, user: Any) -> StoredRun:
    """Every case that ``user`` sees whose call has this family, judged by its own version and by ``definition``."""
    field, judge = TRIED[kind_of(definition)]
    newest = Submission.objects.filter(application=OuterRef("pk")).order_by("-serial").values("pk")[:1]
    cases: QuerySet[Application] = (
        Application.objects.visible_to(user)
        .filter(**{f"{field}__family": definition.family})
        .annotate(newest_submission=Subquery(newest))
        .select_related(field, "call", "organisation")
        .prefetch_related("organisation__application_bars")
        .order_by("-pk")[: MOST + 1]
    )
    rows = list(cases)
    sent = Submission.objects.select_related("form").in_bulk([one.newest_submission for one in rows[:MOST]])
    changes = []
    for case in rows[:MOST]:
        submission = sent.get(case.newest_submission)
        if submission is not None:
            # The case is known already: no query for each row.
            submission.application = case
        before, after = judge(case, submission, definition)
        if before.facts != after.facts:
            changes.append(Change(case, before.words, after.words))
    return StoredRun(len(rows[:MOST]), changes, len(rows) > MOST)


def _rubric(case: Application, submission: Submission | None, tried: Definition) -> tuple[_Told, _Told]:
    if submission is None or case.call.rubric is None:
        return _Told(), _Told()
    return _judged(submission, case.call.rubric.content), _judged(submission, tried.content)


def _judged(submission: Submission, content: Mapping[str, Any]) -> _Told:
    """Passed or not, the points, and the conditions that are not met."""
    result = rubric.run(
        content, facts_of(submission, content), application_kind=application_kind_of(submission),
        on=timezone.localdate(submission.submitted_at), claims=claims_of(content),
    )  # fmt: skip
    words = {True: _("passed"), False: _("not passed"), None: _("not known")}[result.passed]
    points = _("%(points)s points") % {"points": points_text(result.total)} if content["groups"] else ""
    failed = [in_language(gate) for gate in content["gates"] if gate["id"] in result.failed_gates]
    told = "; ".join(one for one in (words, points, *failed) if one)
    return _Told((result.passed, result.total, sorted(result.failed_gates)), told)


def _form(_case: Application, submission: Submission | None, tried: Definition) -> tuple[_Told, _Told]:
    if submission is None:
        return _Told(), _Told()
    return _refused(submission, submission.form.content), _refused(submission, tried.content)


def _refused(submission: Submission, content: Mapping[str, Any]) -> _Told:
    """What would keep the answers from being sent with this form."""
    index = forms.by_key(content)
    files: dict[str, list[forms.FileFacts]] = {}
    for one in submission.files:
        files.setdefault(one["field"], []).append(forms.FileFacts(one["name"], one["size"]))
    faults = forms.missing_and_wrong(content, submission.answers, files, "draft", for_event="submit")
    found = [fault for fault in faults if fault.level == forms.Level.ERROR]
    told = [
        f"{in_language(index[fault.field]['label'])}: {fault_text(index[fault.field], fault)}"
        if fault.field in index
        else fault_text({"type": ""}, fault)
        for fault in found
    ]
    more = [_("and %(count)s more") % {"count": len(told) - MOST_FAULTS}] if len(told) > MOST_FAULTS else []
    words = "; ".join([*told[:MOST_FAULTS], *more]) or _("complete")
    return _Told({(fault.field, fault.code, fault.row, fault.column) for fault in found}, words)


def _process(case: Application, _submission: Submission | None, tried: Definition) -> tuple[_Told, _Told]:
    return _ways(case.state, case.process.content), _ways(case.state, tried.content)


def _ways(state: str, content: Mapping[str, Any]) -> _Told:
    """The steps that are open to a case in ``state``."""
    if state not in content["states"]:
        return _Told(None, _("This state is not part of the process."))
    events = [(row.event, row.to) for row in workflow.transitions(content) if row.state == state]
    return _Told(set(events), ", ".join(str(EVENT_NAMES[event]) for event, _to in events) or _("no step"))


_Judge = Callable[[Application, Submission | None, Definition], tuple[_Told, _Told]]
TRIED: dict[Kind, tuple[str, _Judge]] = {
    Kind.RUBRIC: ("call__rubric", _rubric), Kind.FORM: ("form", _form), Kind.PROCESS: ("process", _process),
}  # fmt: skip
