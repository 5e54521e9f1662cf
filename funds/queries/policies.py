"""Policies as the rule book reads them: what binds whom, which special cases are approved, the default definition.

Three statements load everything about some funds and groups, for every date and moment of knowledge at once, so
that a time line asks no more often than a single date.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject

from funds.choices.records import InvestmentMode
from funds.choices.tolerance import CapState, CapTest, MeasuredAt, RuleType, ScopeLevel
from funds.data.policies import FILE
from funds.models import (
    Fund,
    FundGroupMember,
    FundPolicyBinding,
    LossRateDefinition,
    PolicyDocument,
    SpecialTierApproval,
    ToleranceRule,
)
from funds.queries.breaches import BreachRun, Runs, run_rows, runs_of, speaking
from funds.queries.life import Life, Periods, life_of, period_rows, periods_of
from funds.queries.sums import Moment
from funds.rules import caps
from funds.rules.status import CapTerms, SpecialTier, Thresholds
from funds.rules.theta import DefaultTheta


@dataclass(frozen=True, slots=True)
class Approval:
    """A special case asked for under one binding and one rule; ``state`` is the outcome, known from ``decided_at``."""

    rule_id: int
    state: str
    valid_from: date
    valid_to: date | None
    requested_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Membership:
    """A fund in a group from ``since`` to ``until``, both inclusive; None is open."""

    group_id: int
    fund_id: int
    since: date
    until: date | None

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Bound:
    """A document that binds at one moment: through which bindings, and whether its day of effect is unknown.

    ``runs`` are the finished simulations about its caps that may speak then, the latest first.
    """

    document: PolicyDocument
    law: caps.Document
    bindings: tuple[FundPolicyBinding, ...]
    indicative: bool
    runs: tuple[BreachRun, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyBook:
    """What the policies say about some funds and groups."""

    by_fund: dict[int, list[FundPolicyBinding]]
    by_group: dict[int, list[FundPolicyBinding]]
    memberships: tuple[Membership, ...]
    approvals: dict[int, tuple[Approval, ...]]
    law: dict[caps.Key, caps.Document]
    rules: dict[int, ToleranceRule]
    definitions: tuple[LossRateDefinition, ...]
    runs: Runs
    periods: Periods

    def life(self, fund: Fund, moment: Moment) -> Life:
        """The fund's life by its periods known at the moment, else by the days typed with it."""
        return life_of(fund, self.periods, moment.known_at)

    def bound(self, moment: Moment, *, fund_id: int | None = None, group_id: int | None = None) -> list[Bound]:
        """Documents in force for a fund (its own and those of its groups on that day) or for a group."""
        if group_id is not None:
            candidates = self.by_group.get(group_id, [])
        else:
            groups = [group for group in self.by_group if fund_id in self.members_on(group, moment.as_of)]
            candidates = [*self.by_fund.get(fund_id or 0, ()), *(b for group in groups for b in self.by_group[group])]
        by_document: dict[int, list[tuple[FundPolicyBinding, caps.Document, bool]]] = defaultdict(list)
        for binding in candidates:
            plain = _plain_binding(binding)
            for law, indicative in caps.bound_documents([plain], self.law, moment.as_of, moment.known_at):
                by_document[binding.document_id].append((binding, law, indicative))
        runs = self.runs.get(("fund", fund_id or 0) if group_id is None else ("group", group_id), ())
        return [
            Bound(
                own[0][0].document,
                own[0][1],
                tuple(binding for binding, _, _ in own),
                own[0][2],
                speaking(runs, document_id, moment),
            )
            for document_id, own in by_document.items()
        ]

    def change_days(self, fund_id: int) -> list[date]:
        """The days, rising, from which on ``bound`` or an approval may differ for a fund, whatever is known."""
        groups = {m.group_id for m in self.memberships if m.fund_id == fund_id}
        bindings = [*self.by_fund.get(fund_id, ()), *(b for group in groups for b in self.by_group.get(group, ()))]
        spans = [(b.valid_from, b.valid_to) for b in bindings]
        spans += [(b.document.effective_from, b.document.effective_to) for b in bindings]
        spans += [(a.valid_from, a.valid_to) for b in bindings for a in self.approvals.get(b.pk, ())]
        spans += [(m.since, m.until) for m in self.memberships if m.fund_id == fund_id]
        starts = {since for since, _ in spans if since is not None}
        return sorted(starts | {until + timedelta(days=1) for _, until in spans if until is not None})

    def members_on(self, group_id: int, day: date) -> frozenset[int]:
        """The funds of a bound group on a day."""
        return frozenset(m.fund_id for m in self.memberships if m.group_id == group_id and m.holds_on(day))

    def definition(self, moment: Moment) -> LossRateDefinition:
        """The product's reading in force; before the first was recorded, the first."""
        known = [d for d in self.definitions if d.recorded_at <= moment.known_at]
        return known[-1] if known else self.definitions[0]

    def default(self, moment: Moment) -> DefaultTheta:
        """The definition in force as plain values."""
        return _default_theta(json.dumps(self.definition(moment).theta, sort_keys=True))

    def terms(self, rule: ToleranceRule, bound: Bound, default: DefaultTheta, moment: Moment) -> CapTerms:
        """The ceiling of a rule with its special tier as approved by ``known_at`` for ``as_of``."""
        return CapTerms(
            cap_state=CapState(rule.cap_state),
            cap=rule.cap,
            test=CapTest(rule.test),
            special=self._special(rule, bound, moment),
            binding_at=binding_moments(rule, default),
        )

    def _special(self, rule: ToleranceRule, bound: Bound, moment: Moment) -> SpecialTier | None:
        if rule.special_cap is None:
            return None
        claimed = approved = False
        for binding in bound.bindings:
            for approval in self.approvals.get(binding.pk, ()):
                if approval.rule_id != rule.pk or approval.requested_at > moment.known_at:
                    continue
                if approval.valid_from > moment.as_of or (approval.valid_to and approval.valid_to < moment.as_of):
                    continue
                decided = approval.decided_at is not None and approval.decided_at <= moment.known_at
                refused = decided and approval.state == SpecialTierApproval.State.REFUSED
                claimed |= not refused
                approved |= decided and not refused
        return SpecialTier(rule.special_cap, claimed, approved or (claimed and not rule.special_approval_required))


def _approvals(**target: OuterRef) -> ArraySubquery:
    """The special cases asked for under a binding's document for its target."""
    names = ("rule_id", "state", "valid_from", "valid_to", "requested_at", "decided_at")
    rows = SpecialTierApproval.objects.filter(binding__document_id=OuterRef("document_id"), **target).order_by("pk")
    return ArraySubquery(rows.values(row=JSONObject(**{name: name for name in names})))


def _bindings(fund_ids: Collection[int] | None, group_ids: Collection[int] | None) -> tuple[FundPolicyBinding, ...]:
    """The bindings of these funds, their groups and these groups, with members and special cases, in one statement."""
    bindings = FundPolicyBinding.objects.select_related("document").order_by("pk")
    if fund_ids is not None or group_ids is not None:
        bindings = bindings.filter(
            Q(fund_id__in=fund_ids or ())
            | Q(group_id__in=group_ids or ())
            | Q(group_id__in=FundGroupMember.objects.filter(fund_id__in=fund_ids or ()).values("group_id"))
        )
    return tuple(
        bindings.annotate(
            member_rows=ArraySubquery(
                FundGroupMember.objects.filter(group_id=OuterRef("group_id"))
                .order_by("pk")
                .values(row=JSONObject(fund="fund_id", since="valid_from", until="valid_to"))
            ),
            # A binding that was ended lives on in its successor, and so do the special cases of the same target.
            # Two lookups, each by its own index: one by "this fund or this group" would read all for each.
            fund_approvals=_approvals(binding__fund_id=OuterRef("fund_id")),
            group_approvals=_approvals(binding__group_id=OuterRef("group_id")),
        )
    )


def load_policies(*, fund_ids: Collection[int] | None = None, group_ids: Collection[int] | None = None) -> PolicyBook:
    """The policies of some funds (their groups included) and groups; of all when neither is given. Three statements."""
    found = _bindings(fund_ids, group_ids)
    documents = {binding.document_id: binding.document for binding in found}
    rules = {rule.pk: rule for rule in ToleranceRule.objects.filter(document_id__in=documents).order_by("pk")}
    by_document: dict[int, list[caps.Rule]] = defaultdict(list)
    for rule in rules.values():
        by_document[rule.document_id].append(_plain_rule(rule))
    everything = fund_ids is None and group_ids is None
    finished = run_rows(fund_ids=fund_ids, group_ids=group_ids)
    periods = period_rows(None if everything else _funds_of(found, fund_ids))
    asked = LossRateDefinition.objects.annotate(run_rows=finished, period_rows=periods)
    definitions = tuple(asked.order_by("recorded_at", "pk"))
    by_fund: dict[int, list[FundPolicyBinding]] = defaultdict(list)
    by_group: dict[int, list[FundPolicyBinding]] = defaultdict(list)
    for binding in found:
        if binding.group_id is None:
            by_fund[binding.fund_id].append(binding)
        else:
            by_group[binding.group_id].append(binding)
    return PolicyBook(
        by_fund=dict(by_fund),
        by_group=dict(by_group),
        memberships=tuple(
            Membership(group, row["fund"], date.fromisoformat(row["since"]), _day(row["until"]))
            for group, own in by_group.items()
            for row in own[0].member_rows
        ),
        approvals={
            binding.pk: tuple(_approval(row) for row in (*binding.fund_approvals, *binding.group_approvals))
            for binding in found
            if binding.fund_approvals or binding.group_approvals
        },
        law={
            pk: caps.Document(pk, tuple(by_document[pk]), document.effective_from, document.effective_to)
            for pk, document in documents.items()
        },
        rules=rules,
        definitions=definitions,
        runs=runs_of(definitions[0].run_rows),
        periods=periods_of(definitions[0].period_rows),
    )


def _funds_of(found: Iterable[FundPolicyBinding], fund_ids: Collection[int] | None) -> set[int]:
    """The funds asked about and those in the bound groups."""
    return {*(fund_ids or ()), *(row["fund"] for binding in found for row in binding.member_rows)}


@cache
def _default_theta(data: str) -> DefaultTheta:
    return DefaultTheta.from_data(json.loads(data))


def binding_moments(rule: ToleranceRule | None, default: DefaultTheta) -> frozenset[MeasuredAt]:
    """The moments at which a rule binds; the default's where the text states none."""
    if rule is None or rule.binding_at is None:
        return default.measured_binding
    return frozenset(MeasuredAt(moment) for moment in rule.binding_at)


def thresholds(rule: ToleranceRule | None) -> Thresholds:
    """Where the warning levels of a rule begin; the shipped ones where no single rule speaks."""
    shipped = shipped_thresholds()
    if rule is None:
        return shipped
    return replace(shipped, yellow=Fraction(rule.yellow_num, 100), orange=Fraction(rule.orange_num, 100))


@cache
def shipped_thresholds() -> Thresholds:
    """The proposal of ``funds/data/warning_levels.json``."""
    return Thresholds.from_data(json.loads((FILE.parent / "warning_levels.json").read_text(encoding="utf-8")))


def _plain_binding(binding: FundPolicyBinding) -> caps.Binding:
    return caps.Binding(
        binding.document_id, binding.valid_from, binding.valid_to, binding.recorded_at, binding.superseded_at
    )


def _plain_rule(rule: ToleranceRule) -> caps.Rule:
    return caps.Rule(
        id=rule.pk,
        scope=ScopeLevel(rule.scope),
        cap_state=CapState(rule.cap_state),
        cap=rule.cap,
        rule_type=RuleType(rule.rule_type),
        fund_filter=rule.fund_filter or None,
        stages=frozenset(rule.stages) or None,
        mode=InvestmentMode(rule.mode) if rule.mode else None,
    )


def _approval(row: dict[str, str | None]) -> Approval:
    return Approval(
        rule_id=row["rule_id"],
        state=row["state"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
        requested_at=datetime.fromisoformat(row["requested_at"]),
        decided_at=datetime.fromisoformat(row["decided_at"]) if row["decided_at"] else None,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
