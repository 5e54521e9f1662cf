"""A case in the reader's words: the sections that the case page shows and the PDF sets, made from the same rows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from funds.casefile.frozen import FrozenWords
from funds.casefile.parts import Grid, Part, Words
from funds.casefile.words import EVENTS, moment_text, money, short
from funds.choices.cases import AnswerResult, LossGrade
from funds.models import CatalogueItem, ExemptionCase
from funds.queries.cases import CHECKED, frozen_content, frozen_items
from funds.queries.freezing import conflict_of, grades, investment_decisions
from funds.rules.cases import ON_APPEAL, loss_grade
from innovation.core.figures import DASH


@dataclass
class Dossier:
    """Everything about one case, read once and told in the active language."""

    case: ExemptionCase
    content: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.content = frozen_content(self.case)
        self.frozen = FrozenWords(self.content)

    # ── Rows, each kind read once ────────────────────────────────────────────────────────────────
    @cached_property
    def persons(self) -> list[Any]:
        return list(self.case.persons.order_by("pk"))

    @cached_property
    def evidence(self) -> list[Any]:
        return list(self.case.evidence.select_related("file", "added_by").order_by("pk"))

    @cached_property
    def decided_before(self) -> list[Any]:
        """The sealed decisions of the committee about the holding."""
        return investment_decisions(self.case)

    @cached_property
    def file_names(self) -> dict[str, str]:
        return {row.file_id: row.name for row in self.evidence}

    @cached_property
    def answers(self) -> dict[tuple[int, int], Any]:
        rows = self.case.checklistanswers.filter(superseded_at=None)
        return {(row.person_id, row.item_id): row for row in rows}

    @cached_property
    def findings(self) -> dict[tuple[int, int], Any]:
        rows = self.case.negativefindings.filter(superseded_at=None)
        return {(row.person_id, row.item_id): row for row in rows}

    @cached_property
    def steps(self) -> list[Any]:
        return list(self.case.steps.order_by("seq"))

    @cached_property
    def panel(self) -> list[Any]:
        return list(self.case.panel.select_related("user").prefetch_related("votes").order_by("round", "pk"))

    @cached_property
    def decisions(self) -> list[Any]:
        rows = self.case.decisions.select_related("law", "decided_by", "prepared_by")
        return list(rows.order_by("round"))

    @cached_property
    def statement(self) -> Any:
        return getattr(self.case, "statement", None)

    @cached_property
    def grade(self) -> LossGrade:
        return loss_grade(self.case.loss_fen, grades())

    @cached_property
    def has_conflict(self) -> bool:
        """Order 46 exempts nobody from a major loss, while the local rule tolerates this one whole."""
        regimes = {person.regime for person in self.persons}
        return bool(self.content) and conflict_of(self.case, self.content, regimes)

    # ── Sections ─────────────────────────────────────────────────────────────────────────────────
    def parts(self) -> list[Part]:
        """All sections in the order of the process."""
        return [
            self.loss(),
            *(self.frozen.parts() if self.content else [self.to_be_frozen()]),
            self.documents(),
            self.judged(),
            self.checklist(),
            self.screening(),
            self.said(),
            self.evaluated(),
            self.sitting(),
            self.decided(),
            self.chain(),
        ]

    def loss(self) -> Part:
        case = self.case
        facts = [
            (_("Fund"), f"{case.fund.name} ({case.fund.code})"),
            *([(_("Company"), f"{case.investment.company} ({case.investment.code})")] if case.investment else []),
            (_("Ground"), case.get_ground_display()),
            (_("Loss"), money(case.loss_fen)),
            (_("Grade of the loss (order 46)"), self.grade_words()),
            (_("Day of the loss"), case.loss_on.isoformat()),
            (_("Opened"), moment_text(case.opened_at)),
            (_("Procedure"), f"{case.procedure.version} · {case.procedure.get_status_display()}"),
        ]
        warning = ""
        if self.has_conflict:
            warning = _(
                "Order 46 exempts nobody from a major asset loss, while the local rule tolerates the total loss of "
                "this project. The panel must say which rule binds."
            )
        return Part("loss", _("The loss"), facts, [case.summary] if case.summary else [], warning=warning)

    def grade_words(self) -> str:
        """The grade with its bounds, as the catalogue has them."""
        bounds = next(row for row in grades() if row.code == self.grade)
        low = money(bounds.from_yuan * 100)
        top = money(bounds.below_yuan * 100) if bounds.below_yuan is not None else ""
        label = LossGrade(self.grade).label
        if not top:
            return _("%(grade)s (from %(low)s)") % {"grade": label, "low": low}
        return _("%(grade)s (from %(low)s to below %(top)s)") % {"grade": label, "low": low, "top": top}

    def documents(self) -> Part:
        def grid(title: Words, rows: Iterable[Any], empty: Words) -> Grid:
            heads = (_("Document"), _("Kind"), _("Added"), "SHA-256")
            cells = [(row.name, row.get_kind_display(), moment_text(row.at), row.file_id) for row in rows]
            return Grid(heads, cells, title, empty=empty, hashes=frozenset({3}))

        frozen = [row for row in self.evidence if not row.later]
        later = [row for row in self.evidence if row.later]
        none = _("No document.")
        if not self.case.frozen_at:
            none = _("No document was added to the case by hand.")
            return Part("evidence", _("Documents"), grids=[grid(_("Added so far"), frozen, none), self._coming()])
        return Part(
            "evidence",
            _("Documents"),
            grids=[
                grid(_("Frozen set"), frozen, none),
                grid(_("Added later, not part of the frozen set"), later, none),
            ],
        )

    def _coming(self) -> Grid:
        """The papers of the committee's sealed decisions that the freeze will take into the file of the case."""
        held = {row.file_id for row in self.evidence}
        rows = {
            paper.sha256: (paper.file_name, paper.get_kind_display(), f"{decision.number} ({decision.met_on})",
                           paper.sha256)
            for decision in self.decided_before for paper in decision.papers.all() if paper.sha256 not in held
        }  # fmt: skip
        return Grid(
            (_("Document"), _("Kind"), _("Decision"), "SHA-256"), list(rows.values()),
            _("Taken in by the freeze, from the committee's decisions"),
            empty=_("No sealed decision about this investment holds a paper."), hashes=frozenset({3}),
        )  # fmt: skip

    def to_be_frozen(self) -> Part:
        """What the freeze will keep, before it is made."""
        decisions = ", ".join(
            f"{row.number} ({row.met_on}, {_('papers: %(count)s') % {'count': len(row.papers.all())}})"
            for row in self.decided_before
        )
        facts = [
            (_("Decisions of the committee"), decisions or _("None is sealed: add the minutes or say why not.")),
            (_("Day of the loss"), self.case.loss_on.isoformat()),
            (_("Freeze by"), self.case.due_on.isoformat() if self.case.due_on else DASH),
        ]
        said = _(
            "The evidence is not frozen yet. The freeze keeps, each with its hash: the policies in force now and on "
            "the day of the decision, the position of the ledger, the valuations, the rate under every reading, the "
            "committee's decisions with votes and papers, and the documents below."
        )
        return Part("frozen", _("What will be frozen"), facts, [said])

    def judged(self) -> Part:
        rows = [(row.name, row.function, row.get_regime_display()) for row in self.persons]
        heads = (_("Name"), _("Function in the decision"), _("Regime"))
        return Part("persons", _("Persons judged"), grids=[Grid(heads, rows, empty=_("Nobody is named yet."))])

    def checklist(self) -> Part:
        grids = []
        for person in self.persons:
            rows = []
            for item in items_of(self.content, person.regime, *CHECKED):
                answer = self.answers.get((person.pk, item["id"]))
                result = AnswerResult(answer.result).label if answer else _("open")
                rows.append((item_text(item), result, self._grounds(answer)))
            heads = (_("Duty or condition"), _("Answer"), _("Reason and evidence"))
            grids.append(Grid(heads, rows, f"{person.name} · {person.get_regime_display()}"))
        return Part("checklist", _("Checklist of duties and conditions"), grids=grids, empty=_("Not begun yet."))

    def screening(self) -> Part:
        grids = []
        for person in self.persons:
            rows = []
            for item in items_of(self.content, person.regime, CatalogueItem.Kind.NEGATIVE):
                found = self.findings.get((person.pk, item["id"]))
                result = _("open") if found is None else _("Found") if found.hit else _("Not found")
                rows.append((item_text(item), result, self._grounds(found)))
            grids.append(Grid((_("Negative list"), _("Result"), _("Reason and evidence")), rows, person.name))
        warning = ""
        if any(found.hit for found in self.findings.values()):
            warning = _("An item of the negative list was found: only “not exempt” or “referred” remain.")
        return Part("screening", _("Negative list"), grids=grids, empty=_("Not begun yet."), warning=warning)

    def _grounds(self, answer: Any) -> str:
        if answer is None:
            return ""
        names = [f"{self.file_names.get(sha, '')} [{short(sha)}]" for sha in answer.evidence]
        return "\n".join(part for part in (answer.reason, "; ".join(names)) if part)

    def said(self) -> Part:
        row = self.statement
        if row is None or row.submitted_at is None:
            note = next((step.note for step in self.steps if step.event == "close_statement"), "")
            empty = f"{_('No statement was submitted.')} {note}" if note else _("Not submitted yet.")
            return Part("statement", _("Statement of the manager"), empty=empty)
        facts = [(_("Submitted"), moment_text(row.submitted_at)), (_("By"), self._actor("submit_statement"))]
        return Part("statement", _("Statement of the manager"), facts, row.text.splitlines())

    def evaluated(self) -> Part:
        row = getattr(self.case, "evaluation", None)
        if row is None:
            return Part("evaluation", _("Independent evaluation"), empty=_("Not made yet."))
        facts = [
            (_("Evaluating organisation"), str(row.organisation)),
            (_("Evaluator"), row.evaluator),
            (_("Why it is independent"), row.independence),
            (_("Opinion"), row.get_opinion_display()),
            (_("Report"), f"{self.file_names.get(row.report_sha256, '')} [{short(row.report_sha256)}]"),
            (_("Recorded"), moment_text(row.at)),
        ]
        return Part("evaluation", _("Independent evaluation"), facts, row.text.splitlines())

    def sitting(self) -> Part:
        rows = []
        for seat in self.panel:
            vote = next((each for each in seat.votes.all() if each.superseded_at is None), None)
            place = _("Chair") if seat.is_chair else _("Member")
            if seat.recused_at:
                said, reasons = _("Recused"), seat.recusal_reason
            else:
                said, reasons = (vote.get_outcome_display(), vote.reasons) if vote else (_("Not voted yet"), "")
            rows.append((seat.get_round_display(), str(seat.user), place, said, reasons))
        heads = (_("Round"), _("Name"), _("Place"), _("Vote"), _("Reasons"))
        facts = [(_("Quorum"), _("%(count)s votes") % {"count": self.case.procedure.quorum})]
        return Part("panel", _("Panel"), facts, grids=[Grid(heads, rows, empty=_("Nobody is appointed yet."))])

    def decided(self) -> Part:
        facts: list[tuple[Words, Words]] = []
        paragraphs: list[Words] = []
        for row in self.decisions:
            facts += [
                (row.get_round_display(), row.get_outcome_display()),
                (_("Decided"), f"{moment_text(row.at)} · {row.decided_by}"),
                (_("Prepared by"), str(row.prepared_by)),
            ]
            if row.law:
                facts.append((_("Policy applied"), f"{row.law} {row.law.title_zh}"))
            paragraphs.append(f"{row.get_round_display()}: {row.reasons}")
            if row.round != ON_APPEAL and (appeal := getattr(self.case, "appeal", None)):
                paragraphs.append(f"{_('Appeal')} ({moment_text(appeal.at)}): {appeal.text}")
        if self.case.appeal_until and len(self.decisions) == 1:
            facts.append((_("Appeal until"), self.case.appeal_until.isoformat()))
        return Part("decision", _("Decision"), facts, paragraphs, empty=_("Not decided yet."))

    def chain(self) -> Part:
        rows = [
            (str(step.seq), moment_text(step.at), EVENTS.get(step.event, step.event), _who(step.actor_label), step.note,
             short(bytes(step.hash).hex()))
            for step in self.steps
        ]  # fmt: skip
        heads = (_("No."), _("When"), _("Step"), _("Who"), _("Note"), _("Hash"))
        return Part("steps", _("Chain of steps"), grids=[Grid(heads, rows, numeric=frozenset({0}))])

    def _actor(self, event: str) -> str:
        return next((_who(step.actor_label) for step in reversed(self.steps) if step.event == event), "")


def items_of(content: dict[str, Any], regime: str, *kinds: str) -> list[dict[str, Any]]:
    """The frozen lines of the catalogue that bind a person of ``regime``."""
    return [row for row in frozen_items(content, *kinds) if not row["regimes"] or regime in row["regimes"]]


def item_text(item: dict[str, Any]) -> str:
    """A frozen line in the reader's language, with its flag where it is not verified."""
    chinese = (get_language() or "").startswith("zh")
    text = item["zh"] if chinese or not item["en"] else item["en"]
    return text if item["status"] == "verified" else f"{text} ({_('unverified')})"


def _who(label: str) -> str:
    """The name without the address."""
    return label.split(" <", 1)[0] or _("the system")
