"""Answers of the rule book in the reader's words. Nothing is computed here and no code is shown."""

from collections.abc import Mapping
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funds.choices.records import FundClass, Stage
from funds.choices.tolerance import ScopeLevel, StatusReason, ToleranceStatus, WarningLevel
from funds.queries.answers import Answer
from funds.queries.tolerance import Target
from funds.rules.status import CapTerms
from funds.rules.theta import Resolved, Theta
from innovation.core.figures import percent_text, points_text
from innovation.reports.content import Status

Words = str | Promise
STAGES = dict(Stage.choices)
STATUS_ONLY = {
    ToleranceStatus.NO_RULE: "idle",
    ToleranceStatus.NO_DATA: "idle",
    ToleranceStatus.NOT_APPLICABLE: "idle",
    ToleranceStatus.NOT_LIMITED: "info",
    ToleranceStatus.EXCEEDED: "bad",
    ToleranceStatus.NOT_TOLERABLE: "bad",
}
BY_LEVEL = {
    WarningLevel.NONE: "info",
    WarningLevel.GREEN: "ok",
    WarningLevel.YELLOW: "notice",
    WarningLevel.ORANGE: "notice",
    WarningLevel.RED: "bad",
}
DEFINITION_FIELDS = (
    ("basis", gettext_lazy("Losses counted")),
    ("netting", gettext_lazy("Gains set off")),
    ("denominator", gettext_lazy("Divided by")),
    ("money_view", gettext_lazy("Whose money")),
    ("fees", gettext_lazy("Fees and expenses")),
    ("income", gettext_lazy("Dividends and interest")),
    ("look_through", gettext_lazy("Interests in sub-funds")),
)
_FLAGS: Mapping[str, tuple[Words, Words]] = {
    "fees": (gettext_lazy("Count as a loss"), gettext_lazy("Do not count")),
    "income": (gettext_lazy("Count as a gain"), gettext_lazy("Do not count")),
    "look_through": (gettext_lazy("Looked through to their projects"), gettext_lazy("One holding each")),
}


def name_of(target: Target) -> str:
    """What is asked about, as a heading."""
    if target.group is not None:
        return in_stage(target.group.name, target.stage)
    if target.investment is not None:
        return f"{target.investment.company.name} ({target.investment.code})"
    return in_stage(target.fund.name if target.fund else "", target.stage)


def in_stage(name: str, stage: str) -> str:
    """A fund or group with the stage that is asked about, if one is."""
    return _("%(fund)s, stage %(stage)s") % {"fund": name, "stage": stage_label(stage)} if stage else name


def stage_label(code: str) -> str:
    """A stage in words; a code that an import brought and nobody named stays as it is."""
    return str(STAGES.get(code, code))


def status_of(answer: Answer) -> Status:
    """Status and warning level together: the tone of the level, the words of both."""
    tested = answer.tolerance
    if answer.problem is not None:
        return Status(_("Rules contradict each other"), "bad")
    if tested.reason == StatusReason.CAP_UNKNOWN:
        return Status(_("Cap not known"), "idle")
    tone = STATUS_ONLY.get(tested.status) or BY_LEVEL[tested.level]
    label = str(tested.status.label)
    if tested.status in STATUS_ONLY or tested.level in {WarningLevel.NONE, WarningLevel.GREEN}:
        return Status(label, tone)
    return Status(f"{label} · {LEVELS[tested.level]}", tone)


LEVELS: Mapping[WarningLevel, Words] = {
    WarningLevel.YELLOW: gettext_lazy("yellow"),
    WarningLevel.ORANGE: gettext_lazy("orange"),
    WarningLevel.RED: gettext_lazy("red"),
}


def level_label(level: WarningLevel) -> str:
    """The warning level as a word of its own."""
    return str(level.label)


def has_no_loss_rate(target: Target) -> bool:
    """Grant money is given away and has no loss rate (domain 1)."""
    return target.fund is not None and target.fund.fund_class == FundClass.GRANT


def sentence(target: Target, answer: Answer) -> str:
    """The result in one sentence with the name of what was asked: the summary of a report."""
    return _("%(name)s: %(result)s") % {"name": name_of(target), "result": outcome(target, answer)}


def outcome(target: Target, answer: Answer) -> str:
    """The result in one sentence, for a page whose heading is the name."""
    if has_no_loss_rate(target):
        return _("grant money, which has no loss rate")
    if answer.rate.rate is None:
        return _("nothing was invested by this day")
    return _SENTENCES[_case(answer) if target.is_capped else "GROUP_STAGE"] % _shares(answer)


def _shares(answer: Answer) -> dict[str, str]:
    cap, rate = answer.tolerance.effective_cap, answer.rate.rate
    gap = abs(cap - rate) if cap is not None and rate is not None else None
    return {"rate": percent_text(rate), "cap": percent_text(cap), "gap": points_text(gap)}


def _case(answer: Answer) -> str:
    tested = answer.tolerance
    if answer.problem is not None:
        return "AMBIGUOUS"
    if tested.status == ToleranceStatus.NO_RULE:
        if tested.reason == StatusReason.CAP_UNKNOWN:
            return "CAP_UNKNOWN"
        return "NO_CLAUSE" if answer.document else "NO_POLICY"
    if tested.status == ToleranceStatus.TOLERABLE_SUBJECT_TO_DUTY and tested.effective_cap is None:
        return "PROJECT_FREE"
    return tested.status.value


_SENTENCES: Mapping[str, Words] = {
    "WITHIN": gettext_lazy("loss rate %(rate)s, cap %(cap)s, %(gap)s left"),
    "WITHIN_SPECIAL_TIER": gettext_lazy(
        "loss rate %(rate)s, within the approved special tier of %(cap)s, %(gap)s left"
    ),
    "EXCEEDED": gettext_lazy("loss rate %(rate)s, %(gap)s above the cap of %(cap)s"),
    "NOT_LIMITED": gettext_lazy("loss rate %(rate)s; its policy sets no cap"),
    "NO_POLICY": gettext_lazy("loss rate %(rate)s; no policy with a cap was in force"),
    "GROUP_STAGE": gettext_lazy(
        "loss rate %(rate)s; caps speak of whole groups and of stages within one fund, not of a stage across a group"
    ),
    "NO_CLAUSE": gettext_lazy("loss rate %(rate)s; the policy in force says nothing about this scope"),
    "CAP_UNKNOWN": gettext_lazy("loss rate %(rate)s; its policy sets a cap whose value is not known"),
    "AMBIGUOUS": gettext_lazy("loss rate %(rate)s; its policy gives no single answer"),
    "NO_DATA": gettext_lazy("nothing was invested by this day"),
    "TOLERABLE_SUBJECT_TO_DUTY": gettext_lazy("%(rate)s of the base lost, tolerable up to %(cap)s if duty is proven"),
    "PROJECT_FREE": gettext_lazy("%(rate)s of the base lost; the policy does not judge one project alone"),
    "NOT_TOLERABLE": gettext_lazy("%(rate)s of the base lost, above the %(cap)s tolerated for one project"),
}


def explanation(target: Target, answer: Answer) -> str:
    """What the status means and what happens next; empty where the figures say all."""
    if has_no_loss_rate(target):
        return _(
            "A grant is spent, not invested: it has neither cost nor fair value. Its ledger lists what was paid out."
        )
    if answer.problem is not None:
        return _(
            "%(problem)s Nothing is tested until staff settle which rule applies: end one binding, or make a new "
            "version of the document. The figures below use the default definition of the product."
        ) % {"problem": answer.problem.message}
    if answer.rate.rate is not None and not target.is_capped:
        return ""
    case = "NO_DATA" if answer.rate.rate is None else _case(answer)
    return str(_EXPLANATIONS.get(case, ""))


_EXPLANATIONS: Mapping[str, Words] = {
    "NO_DATA": gettext_lazy(
        "Without invested money there is no loss rate. Choose a later day, or import the portfolio first."
    ),
    "NO_POLICY": gettext_lazy(
        "The readings below are shown without a cap. A fund officer binds a policy in the administration."
    ),
    "NO_CLAUSE": gettext_lazy(
        "Its clauses speak of other kinds of funds, stages or modes. Check the policy categories of the fund, or ask "
        "about one stage or one project."
    ),
    "CAP_UNKNOWN": gettext_lazy(
        "The document names a cap but its figure is not public. Nothing is tested: unknown is neither no cap nor a "
        "cap of zero. Staff enter the figure once the text is at hand."
    ),
    "NOT_LIMITED": gettext_lazy("The policy judges the whole of the fund and sets no ceiling for the loss rate."),
    "EXCEEDED": gettext_lazy(
        "Above the cap does not mean guilty: only a decided exemption case says whether duties were fulfilled."
    ),
    "TOLERABLE_SUBJECT_TO_DUTY": gettext_lazy(
        "A number alone never exempts: an exemption case examines the evidence of fulfilled duties."
    ),
    "PROJECT_FREE": gettext_lazy(
        "A number alone never exempts: an exemption case examines the evidence of fulfilled duties."
    ),
    "NOT_TOLERABLE": gettext_lazy(
        "Above the cap does not mean guilty: only a decided exemption case says whether duties were fulfilled."
    ),
}


def special_tier(terms: CapTerms | None) -> str:
    """The second cap of a rule and whether it is open; empty where the rule has none."""
    if terms is None or terms.special is None:
        return ""
    special = terms.special
    words = {"cap": percent_text(special.cap)}
    if special.is_open:
        return _("Special tier of %(cap)s is open: condition met and approved") % words
    if special.condition_met:
        return _("Special tier of %(cap)s is asked for, not approved yet") % words
    return _("Special tier of %(cap)s was not asked for") % words


def scope_label(answer: Answer) -> str:
    """The scope of a rule with its stages."""
    level = answer.question.subject.level
    if level == ScopeLevel.STAGE_IN_FUND:
        return stage_label(answer.question.stage)
    return str(level.label)


def value_of_field(theta: Theta, name: str) -> str:
    """One field of a definition in words."""
    value = getattr(theta, name)
    return flag_words(name, value=value) if name in _FLAGS else str(value.label)


def flag_words(name: str, *, value: bool) -> str:
    """One of the yes-or-no fields of a definition in words."""
    return str(_FLAGS[name][0 if value else 1])


def origin_of_field(resolved: Resolved, name: str, *, ruled: bool) -> str:
    """Who says so: the policy, what it implies, or the product."""
    if name in resolved.from_default or not ruled:
        return _("Default of the product, not law")
    if name in resolved.implied:
        return _("Follows from what the policy states")
    return _("Stated by the policy")


def use_of_reading(answer: Answer) -> str:
    """What the reading that is tested rests on: the policy's words, the product's default, or both."""
    fields = {name for name, _label in DEFINITION_FIELDS}
    silent = answer.rule is None or fields <= answer.resolved.from_default
    stated = answer.rule is not None and not fields & answer.resolved.from_default
    if answer.tolerance.effective_cap is None:
        return _("Stated by the policy") if stated else _("Default of the product") if silent else _("In part stated")
    if silent:
        return _("Used for the test (default of the product)")
    return _("Used for the test (stated by the policy)") if stated else _("Used for the test")


def reading_label(theta: Theta) -> str:
    """A definition in one line: losses; gains set off; base."""
    extras = [_("fees count")] if theta.fees else []
    parts = [theta.basis.label, theta.netting.label, _("over %(base)s") % {"base": theta.denominator.label.lower()}]
    return "; ".join([*(str(part) for part in parts), *extras])


def source_words(text: str) -> str:
    """The source of a figure; of what the product ships, in the reader's language."""
    return str(SHIPPED_SOURCES.get(text, text))


SHIPPED_SOURCES: Mapping[str, Words] = {
    "proposal of the product": gettext_lazy("Proposal of this product, not law"),
    "proposal of the product; IPEV demands calibration and names no figure": gettext_lazy(
        "Proposal of this product; IPEV demands calibration and names no figure"
    ),
    "proposal of the product after IPEV: the price of the last round is no default": gettext_lazy(
        "Proposal of this product after IPEV: the price of the last round is no default"
    ),
}


def share_words(share: Fraction) -> str:
    """An exact share as people write it: 2/5 (40.0 %)."""
    return f"{share.numerator}/{share.denominator} ({percent_text(share)})"
