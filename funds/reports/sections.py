"""The parts of a tolerance report about one fund, stage, project or group; the page lays out the same parts."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from funds.queries.answers import Answer
from funds.queries.portfolio import HoldingRow, Portfolio
from funds.queries.tolerance import Target, ToleranceView
from funds.reports import tables, words
from funds.reports.cap_steps import cap_section
from funds.reports.results import figures_of, gauge_of, steps_link, tolerance_link
from innovation.reports.content import Chart, Gauge, Section, Source


@dataclass(frozen=True)
class Result:
    """One target at one moment with the answer to show; every part is made once, for page and files alike."""

    portfolio: Portfolio
    answer: Answer
    time_line: Chart | None = None

    @property
    def view(self) -> ToleranceView:
        return self.portfolio.view

    @property
    def sentence(self) -> str:
        return words.sentence(self.view.target, self.answer)

    @property
    def outcome(self) -> str:
        return words.outcome(self.view.target, self.answer)

    @property
    def spoken(self) -> list[Answer]:
        """The answers of documents that say something about the scope."""
        return [answer for answer in self.view.answers if answer.rule or answer.mixed or answer.problem]

    @property
    def explanation(self) -> str:
        return words.explanation(self.view.target, self.answer)

    @property
    def tone(self) -> str:
        """How the explanation is coloured: a passed cap is bad news, all else is information."""
        return "bad" if words.status_of(self.answer).tone == "bad" and self.has_rate else "info"

    @cached_property
    def rows(self) -> list[HoldingRow]:
        return self.portfolio.rows(self.answer.rate)

    @property
    def has_rate(self) -> bool:
        return not words.has_no_loss_rate(self.view.target)

    @property
    def has_history(self) -> bool:
        """Whether a time line is drawn: not for one project, whose events say more."""
        return self.has_rate and self.view.target.investment is None and bool(self.view.holdings)

    @cached_property
    def gauges(self) -> tuple[Gauge, ...]:
        """One for each document in force, then one for each stage that has a cap of its own."""
        if not self.has_rate:
            return ()
        whole = [
            gauge_of(self.view, answer, label=_gauge_label(self.view, answer), link=steps_link(self.view, answer))
            for answer in self.view.answers
        ]
        stages = [
            gauge_of(
                self.view,
                answer,
                label=_("Stage: %(stage)s") % {"stage": words.stage_label(answer.question.stage)},
                link=tolerance_link(Target.of_stage(self.view.funds[0], answer.question.stage), self.view.moment),
            )
            for answer in self.view.stage_answers
        ]
        return tuple(gauge for gauge in (*whole, *stages) if gauge is not None)

    def headline(self) -> Section:
        notes = (self.explanation,) if self.explanation else ()
        return Section(_("Result"), gauges=self.gauges, figures=figures_of(self.view, self.answer), notes=notes)

    def over_time(self) -> Section | None:
        return Section(_("Over time"), charts=(self.time_line,)) if self.time_line else None

    def by_stage(self) -> Section | None:
        found = tuple(filter(None, (tables.stages_table(self.view), tables.weights_table(self.answer))))
        return Section(_("By stage"), tables=found) if found and self.has_rate else None

    def readings(self) -> Section | None:
        if not self.has_rate:
            return None
        return Section(
            _("Readings and definition"),
            tables=(tables.readings_table(self.answer), tables.definition_table(self.answer)),
        )

    def rules(self) -> Section:
        return Section(_("Rules in force"), tables=(tables.rules_table(self.view),), notes=tables.rule_notes(self.view))

    def bridge(self) -> Section | None:
        if not self.has_rate:
            return None
        return Section(_("From the holdings to the loss"), tables=(tables.bridge_table(self.view, self.answer),))

    def to_the_cap(self) -> Section | None:
        return cap_section(self.view, self.answer)

    def holdings(self) -> Section:
        return Section(_("Holdings"), tables=(tables.holdings_table(self.view, self.rows),))

    def sections(self) -> tuple[Section, ...]:
        """All parts in the order of the report."""
        parts = (
            self.headline(), self.over_time(), self.by_stage(), self.readings(), self.bridge(), self.to_the_cap(),
            self.holdings(), self.rules(),
        )  # fmt: skip
        return tuple(part for part in parts if part is not None)

    def sources(self) -> tuple[Source, ...]:
        """What the figures rest on: the policies, and the inputs as a hash."""
        found = [
            Source(
                tables.document_label(answer),
                tables.scope_of_rule(answer),
                f"{answer.document.code} v{answer.document.version}",
                unverified=answer.unverified,
            )
            for answer in self.view.answers
            if answer.document is not None
        ]
        engine = _("engine %(engine)s, default definition %(definition)s") % {
            "engine": self.view.engine_version,
            "definition": self.view.definition_version,
        }
        return (*found, Source(_("Ledger, valuations and rules"), engine, self.view.inputs_hash))


def _gauge_label(view: ToleranceView, answer: Answer) -> str:
    label = words.scope_label(answer)
    if sum(bool(a.rule or a.mixed) for a in view.answers) > 1 and answer.document is not None:
        return f"{label} · {answer.document.jurisdiction or answer.document.code}"
    return label


def result_of(portfolio: Portfolio, *, document_id: int | None = None, time_line: Chart | None = None) -> Result:
    """The result to show: the asked document's answer, else the one nearest to its cap."""
    view = portfolio.view
    asked = (a for a in view.answers if a.document is not None and a.document.pk == document_id)
    return Result(portfolio, next(asked, view.main), time_line)
