"""θ, the definition of a loss rate: policy data, since no public text gives a formula (domain 4.2)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from funds.choices.tolerance import Basis, CapTest, Denominator, MeasuredAt, MoneyView, Netting, ScopeLevel
from funds.rules.figures import HoldingId
from innovation.core.errors import RuleViolation

NET_OF_REALISED_GAINS = frozenset({Netting.REALISED_GAINS, Netting.ALL_GAINS})
RULE_FIELDS = frozenset({"basis", "netting", "denominator", "money_view", "fees", "income", "look_through"})
FEE_DENOMINATORS = frozenset({Denominator.INVESTED_COST, Denominator.PAID_IN, Denominator.COMMITTED})

Choice = TypeVar("Choice", bound=Enum)


@dataclass(frozen=True, slots=True)
class Scope:
    """The holdings S that a rate is about.

    ``stages`` (of STAGE_IN_FUND) and ``holding`` (of PROJECT) choose; ``mode`` narrows everything to direct or
    sub-fund investments, for rules that speak of one of them only. FUND_GROUP is summed over funds by
    :func:`funds.rules.loss.group_rate`; within one of its funds it means all holdings.
    """

    level: ScopeLevel = ScopeLevel.FUND
    stages: frozenset[str] = frozenset()
    holding: HoldingId | None = None
    mode: str | None = None

    def __post_init__(self) -> None:
        if (self.level == ScopeLevel.STAGE_IN_FUND) != bool(self.stages):
            raise _invalid("SCOPE_STAGE", _("A stage scope names its stage, and no other scope does."), "scope")
        if (self.level == ScopeLevel.PROJECT) != (self.holding is not None):
            raise _invalid("SCOPE_PROJECT", _("A project scope names its project, and no other scope does."), "scope")


FUND_SCOPE = Scope()


@dataclass(frozen=True, slots=True)
class Theta:
    """One definition of the loss rate. Invalid combinations cannot be built: RuleViolation names the field."""

    basis: Basis = Basis.REALISED_PLUS_UNREALISED
    netting: Netting = Netting.NONE
    denominator: Denominator = Denominator.INVESTED_COST
    money_view: MoneyView = MoneyView.FUND_TOTAL
    fees: bool = False
    income: bool = False
    look_through: bool = False
    scope: Scope = FUND_SCOPE

    def __post_init__(self) -> None:
        problem = next(self._problems(), None)
        if problem:
            raise problem

    def _problems(self) -> Iterator[RuleViolation]:
        if self.basis == Basis.NAV_SHORTFALL:
            if self.netting != Netting.ALL_GAINS:
                yield _invalid("THETA_NAV_NETTING", _("A shortfall of net asset value sets off all gains."), "netting")
            if self.denominator != Denominator.PAID_IN:
                yield _invalid(
                    "THETA_NAV_DENOMINATOR",
                    _("A shortfall of net asset value is measured against paid-in capital."),
                    "denominator",
                )
            if self.scope.level != ScopeLevel.FUND or self.scope.mode:
                yield _invalid("THETA_NAV_SCOPE", _("Net asset value exists for a whole fund only."), "scope")
            if self.fees:
                yield _invalid(
                    "THETA_NAV_FEES", _("Net asset value has paid the fees already; they do not count twice."), "fees"
                )
        if self.denominator == Denominator.EXITED_COST and self.basis != Basis.REALISED:
            yield _invalid("THETA_EXITED_COST", _("Exited cost is the measure of realised losses only."), "denominator")
        if self.fees and (self.scope.level != ScopeLevel.FUND or self.scope.mode):
            yield _invalid("THETA_FEES_SCOPE", _("Fees belong to a whole fund, not to a part of it."), "fees")
        if self.fees and self.denominator not in FEE_DENOMINATORS:
            yield _invalid(
                "THETA_FEES_DENOMINATOR",
                _("Fees count only against invested cost, paid-in capital or commitments."),
                "fees",
            )

    @property
    def code(self) -> str:
        """Short stable name of the reading, e.g. ``REALISED/NONE/INVESTED_COST`` with ``+FEES`` and the like."""
        extras = "".join(
            f"+{name}"
            for name, given in (("FEES", self.fees), ("INCOME", self.income), ("LOOK_THROUGH", self.look_through))
            if given
        )
        return f"{self.basis.value}/{self.netting.value}/{self.denominator.value}{extras}"

    def as_data(self) -> dict[str, Any]:
        """Plain values for storage and hashing, in a fixed order."""
        return {
            "basis": self.basis.value,
            "netting": self.netting.value,
            "denominator": self.denominator.value,
            "money_view": self.money_view.value,
            "fees": self.fees,
            "income": self.income,
            "look_through": self.look_through,
            "scope": {
                "level": self.scope.level.value,
                "stages": sorted(self.scope.stages),
                "id": self.scope.holding,
                "mode": self.scope.mode,
            },
        }


@dataclass(frozen=True, slots=True)
class DefaultTheta:
    """What the product proposes where a text is silent: one versioned row of data, no law.

    ``income`` None: income counts as a gain exactly when realised gains are set off.
    """

    basis_warning: Basis
    basis_final: Basis
    netting: Netting
    denominator: Denominator
    money_view: MoneyView
    fees: bool
    income: bool | None
    look_through: bool
    measured_binding: frozenset[MeasuredAt]
    test: CapTest

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "DefaultTheta":
        """Read the row ``default_theta`` of the policy data; raises RuleViolation for a value that does not exist."""
        income = data.get("income")
        return cls(
            basis_warning=choice(Basis, data["basis_warning"], "basis_warning"),
            basis_final=choice(Basis, data["basis_final"], "basis_final"),
            netting=choice(Netting, data["netting"], "netting"),
            denominator=choice(Denominator, data["denominator"], "denominator"),
            money_view=choice(MoneyView, data["money_view"], "money_view"),
            fees=_flag(data["fees"], "fees"),
            income=income if isinstance(income, bool) else None,
            look_through=_flag(data["look_through"], "look_through"),
            measured_binding=frozenset(
                choice(MeasuredAt, moment, "measured_binding") for moment in data["measured_binding"]
            ),
            test=choice(CapTest, data["test"], "test"),
        )


@dataclass(frozen=True, slots=True)
class Resolved:
    """A complete θ, with the fields that the text left open.

    ``from_default``: filled by the product's proposal. ``implied``: filled because what the text states leaves one
    value only (a NAV shortfall nets all gains over paid-in capital; exited cost measures realised losses).
    """

    theta: Theta
    from_default: frozenset[str]
    implied: frozenset[str]


def resolve(
    rule_theta: Mapping[str, Any] | None, default: DefaultTheta, *, scope: Scope = FUND_SCOPE, final: bool = False
) -> Resolved:
    """Complete the θ that a rule states with the default, and say which fields came from where.

    ``final`` takes the default basis of the final test instead of that of the warning. Raises RuleViolation when a
    value does not exist or what the text states contradicts itself.
    """
    stated = {name: value for name, value in (rule_theta or {}).items() if value is not None}
    unknown = stated.keys() - RULE_FIELDS
    if unknown:
        raise _invalid(
            "THETA_UNKNOWN_FIELD",
            _("The definition of a loss rate has no field “%(name)s”.") % {"name": min(unknown)},
            min(unknown),
        )
    implied = _implied(stated)
    merged: dict[str, Any] = {
        "basis": default.basis_final if final else default.basis_warning,
        "netting": default.netting,
        "denominator": default.denominator,
        "money_view": default.money_view,
        "look_through": default.look_through,
        **implied,
        **stated,
    }
    basis = choice(Basis, merged["basis"], "basis")
    netting = choice(Netting, merged["netting"], "netting")
    denominator = choice(Denominator, merged["denominator"], "denominator")
    # The default's fees fill in only where fees can be counted at all; stated fees are tested as they stand.
    can_bear_fees = scope == FUND_SCOPE and denominator in FEE_DENOMINATORS and basis != Basis.NAV_SHORTFALL
    derived_income = netting in NET_OF_REALISED_GAINS if default.income is None else default.income
    theta = Theta(
        basis=basis,
        netting=netting,
        denominator=denominator,
        money_view=choice(MoneyView, merged["money_view"], "money_view"),
        fees=_flag(stated.get("fees", default.fees and can_bear_fees), "fees"),
        income=_flag(stated.get("income", derived_income), "income"),
        look_through=_flag(merged["look_through"], "look_through"),
        scope=scope,
    )
    return Resolved(
        theta=theta,
        from_default=RULE_FIELDS - stated.keys() - implied.keys(),
        implied=frozenset(implied.keys() - stated.keys()),
    )


def _implied(stated: Mapping[str, Any]) -> dict[str, Any]:
    if stated.get("basis") == Basis.NAV_SHORTFALL:
        return {"netting": Netting.ALL_GAINS, "denominator": Denominator.PAID_IN}
    if stated.get("denominator") == Denominator.EXITED_COST:
        return {"basis": Basis.REALISED}
    return {}


@dataclass(frozen=True, slots=True)
class Reading:
    """One of the answers that stand side by side; ``policy`` marks the one the policy uses."""

    theta: Theta
    policy: bool

    @property
    def code(self) -> str:
        return self.theta.code


# The readings of portfolio A in the domain text, from the strictest to the most lenient, and impairment beside them.
_STANDARD = (
    (Basis.REALISED, Netting.NONE, Denominator.INVESTED_COST),
    (Basis.REALISED, Netting.NONE, Denominator.EXITED_COST),
    (Basis.REALISED_PLUS_IMPAIRMENT, Netting.NONE, Denominator.INVESTED_COST),
    (Basis.REALISED_PLUS_UNREALISED, Netting.NONE, Denominator.INVESTED_COST),
    (Basis.REALISED_PLUS_UNREALISED, Netting.WITHIN_PROJECT, Denominator.INVESTED_COST),
    (Basis.REALISED_PLUS_UNREALISED, Netting.REALISED_GAINS, Denominator.INVESTED_COST),
    (Basis.REALISED_PLUS_UNREALISED, Netting.ALL_GAINS, Denominator.INVESTED_COST),
    (Basis.NAV_SHORTFALL, Netting.ALL_GAINS, Denominator.PAID_IN),
)


def standard_readings(policy: Theta) -> tuple[Reading, ...]:
    """The readings to show beside each other for the policy's scope, money view and look-through.

    The policy's own θ is among them, marked; it comes first when it is none of the standard ones. The net asset
    value is left out where it does not exist (parts of a fund, groups).
    """
    whole_fund = policy.scope.level == ScopeLevel.FUND and not policy.scope.mode
    thetas = [
        replace(
            policy,
            basis=basis,
            netting=netting,
            denominator=denominator,
            fees=False,
            income=netting in NET_OF_REALISED_GAINS and basis != Basis.NAV_SHORTFALL,
        )
        for basis, netting, denominator in _STANDARD
        if whole_fund or basis != Basis.NAV_SHORTFALL
    ]
    if policy not in thetas:
        thetas.insert(0, policy)
    return tuple(Reading(theta, theta == policy) for theta in thetas)


def choice(kind: type[Choice], value: Any, field: str) -> Choice:
    """``value`` as a member of ``kind``; RuleViolation ``THETA_UNKNOWN_VALUE`` when there is none."""
    try:
        return kind(value)
    except ValueError:
        raise RuleViolation(
            "THETA_UNKNOWN_VALUE",
            _("“%(value)s” is no value of “%(field)s”.") % {"value": value, "field": field},
            field=field,
            facts={"value": value, "allowed": [member.value for member in kind]},
        ) from None


_KINDS: Mapping[str, type[Enum]] = {
    "basis": Basis, "netting": Netting, "denominator": Denominator, "money_view": MoneyView,
}  # fmt: skip


def value_of_field(name: str, value: Any) -> Any:
    """A stored or typed value of one of :data:`RULE_FIELDS` as θ holds it; RuleViolation when there is no such."""
    if name not in RULE_FIELDS:
        raise _invalid(
            "THETA_UNKNOWN_FIELD", _("The definition of a loss rate has no field “%(name)s”.") % {"name": name}, name
        )
    kind = _KINDS.get(name)
    return _flag(value, name) if kind is None else choice(kind, value, name)


def _flag(value: Any, field: str) -> bool:
    if not isinstance(value, bool):
        raise RuleViolation(
            "THETA_UNKNOWN_VALUE",
            _("“%(value)s” is no value of “%(field)s”.") % {"value": value, "field": field},
            field=field,
            facts={"value": value, "allowed": [True, False]},
        )
    return value


def _invalid(code: str, message: Any, field: str) -> RuleViolation:
    return RuleViolation(code, message, field=field)
