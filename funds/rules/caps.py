"""Which tolerance rule applies to a fund, and the weighted cap of a mixed fund (domain 4.4)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from funds.choices.records import InvestmentMode
from funds.choices.tolerance import CapState, RuleType, ScopeLevel
from funds.rules.figures import Money
from innovation.core.errors import RuleViolation

Key = int | str


@dataclass(frozen=True, slots=True)
class Rule:
    """The parts of a tolerance rule that decide where it applies, and its ceiling as a fraction of 1.

    None in ``fund_filter``, ``stages`` or ``mode`` means that the text states none and the rule applies to all.
    """

    id: Key
    scope: ScopeLevel
    cap_state: CapState
    cap: Fraction | None = None
    rule_type: RuleType = RuleType.CAP
    fund_filter: str | None = None
    stages: frozenset[str] | None = None
    mode: InvestmentMode | None = None

    @property
    def stated_filters(self) -> int:
        """How many filters the text states: the more, the more special the rule."""
        return sum(stated is not None for stated in (self.fund_filter, self.stages, self.mode))


@dataclass(frozen=True, slots=True)
class Document:
    """A policy document with its rules and the days it is in force, both inclusive.

    ``effective_from`` None means that the day is not known: results are indicative only. ``effective_to`` None
    means that no end is set.
    """

    id: Key
    rules: tuple[Rule, ...]
    effective_from: date | None = None
    effective_to: date | None = None


@dataclass(frozen=True, slots=True)
class Binding:
    """A document bound to a fund or group from ``valid_from`` to ``valid_to`` (inclusive, None is open).

    Known from ``recorded_at`` until ``superseded_at``.
    """

    document: Key
    valid_from: date
    valid_to: date | None
    recorded_at: datetime
    superseded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be tested: the level, the fund's categories, and the stages and modes that occur in it.

    For PROJECT: the project's stage and mode. For STAGE_IN_FUND: that stage and the modes occurring in it. For FUND
    and FUND_GROUP: the declared stage and mode of a fund, or all that occur; a rule with a stated stage or mode
    applies to a whole fund only when nothing else occurs in it.
    """

    level: ScopeLevel
    categories: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    modes: frozenset[InvestmentMode] = frozenset()


@dataclass(frozen=True, slots=True)
class Selected:
    """The rule of one bound document for a subject; ``rule`` None when the document says nothing about it.

    ``indicative``: the document's effective date is not known, so no result binds.
    """

    document: Key
    rule: Rule | None
    indicative: bool


@dataclass(frozen=True, slots=True)
class StageCap:
    """Invested cost of one stage in fen and what the policy says about that stage."""

    stage: str
    cost: Money
    cap_state: CapState
    cap: Fraction | None = None


@dataclass(frozen=True, slots=True)
class MixedCap:
    """The weighted cap of a mixed fund; ``cap`` is None unless the state is LIMIT."""

    cap_state: CapState
    cap: Fraction | None = None


def bound_documents(
    bindings: Iterable[Binding], documents: Mapping[Key, Document], as_of: date, known_at: datetime
) -> list[tuple[Document, bool]]:
    """The documents in force for a fund on ``as_of`` as known at ``known_at``, each with whether it is indicative.

    A document that was not yet or no longer in force on that day is left out, whatever its binding says.
    """
    found: dict[Key, tuple[Document, bool]] = {}
    for binding in bindings:
        document = documents[binding.document]
        if (
            binding.valid_from <= as_of
            and (binding.valid_to is None or as_of <= binding.valid_to)
            and binding.recorded_at <= known_at
            and (binding.superseded_at is None or known_at < binding.superseded_at)
            and (document.effective_from is None or document.effective_from <= as_of)
            and (document.effective_to is None or as_of <= document.effective_to)
        ):
            found[document.id] = (document, document.effective_from is None)
    return list(found.values())


def select_rules(bound: Iterable[tuple[Document, bool]], subject: Subject) -> list[Selected]:
    """One answer per bound document: district and city are both evaluated and both shown.

    Raises RuleViolation ``AMBIGUOUS_RULE`` as :func:`select_rule`.
    """
    return [Selected(document.id, select_rule(document.rules, subject), indicative) for document, indicative in bound]


def select_rule(rules: Iterable[Rule], subject: Subject) -> Rule | None:
    """The rule of one document that applies to the subject: of the matching ones that with most stated filters.

    Loss-share rows are never ceilings and never match. Raises RuleViolation ``AMBIGUOUS_RULE`` on a tie: staff
    decide, the product never chooses in silence.
    """
    matching = [rule for rule in rules if matches(rule, subject)]
    if not matching:
        return None
    most = max(rule.stated_filters for rule in matching)
    best = [rule for rule in matching if rule.stated_filters == most]
    if len(best) > 1:
        names = sorted(str(rule.id) for rule in best)
        raise RuleViolation(
            "AMBIGUOUS_RULE",
            _("Several rules of one document apply equally: %(rules)s. State which one is meant in the policy's data.")
            % {"rules": ", ".join(names)},
            facts={"rules": names},
        )
    return best[0]


def matches(rule: Rule, subject: Subject) -> bool:
    """Whether a ceiling's scope, fund filter, stages and mode fit the subject (domain 4.4, step 2)."""
    if rule.rule_type != RuleType.CAP or rule.scope != subject.level:
        return False
    if rule.fund_filter is not None and rule.fund_filter not in subject.categories:
        return False
    if rule.stages is not None and not (subject.stages and subject.stages <= rule.stages):
        return False
    if rule.mode is None:
        return True
    if subject.level == ScopeLevel.STAGE_IN_FUND:
        # The rule then speaks of that mode's part of the stage.
        return rule.mode in subject.modes
    return subject.modes == {rule.mode}


def weighted_cap(rules: Sequence[Rule], subject: Subject, cost_by_stage: Mapping[str, Money]) -> MixedCap | None:
    """The cap of a mixed fund for which a document has no fund-level row; invested cost by stage in fen.

    None when the document sets no ceiling for any of its stages either: then there is no rule, not an unknown one.
    """
    stages = frozenset(stage for stage, cost in cost_by_stage.items() if cost > 0)
    spoken_for = any(
        rule.rule_type == RuleType.CAP
        and rule.scope in {ScopeLevel.FUND, ScopeLevel.STAGE_IN_FUND}
        and rule.stages is not None
        and rule.stages & stages
        for rule in rules
    )
    return mixed_cap(stage_caps(rules, subject, cost_by_stage)) if spoken_for else None


def stage_caps(rules: Sequence[Rule], subject: Subject, cost_by_stage: Mapping[str, Money]) -> list[StageCap]:
    """For each stage of a mixed fund the ceiling that the document sets for it, to be weighted by invested cost.

    A fund-level row for that stage goes before a stage-level row. A stage that the document does not mention is
    UNKNOWN, so that the mixed cap is not evaluated rather than guessed. Costs in fen.
    """
    caps = []
    for stage, cost in sorted(cost_by_stage.items()):
        stages = frozenset({stage})
        rule = None
        for level in (ScopeLevel.FUND, ScopeLevel.STAGE_IN_FUND):
            rule = rule or select_rule(rules, Subject(level, subject.categories, stages, subject.modes))
        caps.append(
            StageCap(stage, cost, CapState.UNKNOWN) if rule is None else StageCap(stage, cost, rule.cap_state, rule.cap)
        )
    return caps


def mixed_cap(stages: Iterable[StageCap]) -> MixedCap:
    """The cap of a mixed fund, weighted by invested cost: ``Σ w_k·cap_k``, exact and reduced (domain 4.4).

    Stages without cost do not count. A stage without limit counts with cap 1; all without limit: NOT_LIMITED; any
    unknown: UNKNOWN; nothing invested: NO_DATA.
    """
    invested = [stage for stage in stages if stage.cost > 0]
    if not invested:
        return MixedCap(CapState.NO_DATA)
    states = {stage.cap_state for stage in invested}
    if CapState.UNKNOWN in states:
        return MixedCap(CapState.UNKNOWN)
    if states == {CapState.NOT_LIMITED}:
        return MixedCap(CapState.NOT_LIMITED)
    total = sum((Fraction(stage.cost) for stage in invested), Fraction(0))
    weighted = sum((stage.cost * (Fraction(1) if stage.cap is None else stage.cap) for stage in invested), Fraction(0))
    return MixedCap(CapState.LIMIT, weighted / total)
