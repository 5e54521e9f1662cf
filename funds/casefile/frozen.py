"""The frozen set in the reader's words: policy then and now, ledger position, valuation, rate under every reading."""

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from funds.casefile.parts import Grid, Part
from funds.casefile.words import moment_text, money, short
from funds.choices.ledger import EventKind
from funds.choices.records import ValuationMethod
from funds.choices.tolerance import Basis, Denominator, Netting, ScopeLevel, ToleranceStatus
from innovation.core.figures import DASH, percent_text

_RIGHT = frozenset


def amount(value: Any) -> str:
    """Fen as frozen (an integer or ``"num/den"``) in 万元."""
    return DASH if value is None else money(Fraction(value))


def share(value: Any) -> str:
    """A frozen fraction as percent."""
    return DASH if value is None else percent_text(Fraction(value))


def _moment(frozen: str | None) -> str:
    """A moment as frozen (ISO with offset)."""
    return DASH if frozen is None else moment_text(datetime.fromisoformat(frozen))


class FrozenWords:
    """Sections made from the frozen content alone: the records behind it may have changed since."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content

    def parts(self) -> list[Part]:
        return [self.summary(), self.policies(), self.rates(), self.books()]

    def summary(self) -> Part:
        content = self.content
        times, ledger, decision = content["times"], content["ledger"], content["decision"]
        voters = ", ".join(voter["name"] for voter in decision["voters"])
        facts = [
            (_("As of"), times["as_of"]),
            (_("Known at"), _moment(times["known_at"])),
            (_("Day of the investment decision"), times["decided_on"] or _("not known")),
            (_("Last entry of the ledger"), f"{ledger['seq']} · {ledger['head']}"),
            (_("Minutes of the investment decision"), self._minutes(decision)),
            (_("Voted in the investment decision"), voters or DASH),
            (_("Definition of the loss rate"), content["definition"]["version"]),
            (_("Engine"), content["engine"]),
        ]
        return Part("frozen", _("What was known"), facts)

    def _minutes(self, decision: dict[str, Any]) -> str:
        """Documents by their hash, decisions of the committee by number, day and fingerprint."""
        papers = [short(sha256) for sha256 in decision["minutes"]]
        papers += [f"{row['number']} ({row['met_on']}) {short(row['sha256'])}" for row in decision["committee"]]
        return ", ".join(papers) or decision["no_minutes_reason"]

    def policies(self) -> Part:
        content = self.content
        now = _document_grid(_("In force when the loss occurred"), content["policy"])
        grids = [now]
        if content["policy_at_decision"] is not None:
            grids.append(
                _document_grid(_("In force on the day of the investment decision"), content["policy_at_decision"])
            )
        warning = ""
        if content["policies_differ"]:
            warning = _("The policy has changed since the investment decision: the panel says which one it applied.")
        return Part("policy", _("Policy"), grids=grids, warning=warning)

    def rates(self) -> Part:
        return Part(
            "rates",
            _("Loss rate under every reading"),
            grids=[_rate_grid(rate) for rate in self.content["rates"]],
            paragraphs=[
                _("No public text gives a formula, so every reading is shown; the one that the policy uses is marked.")
            ],
        )

    def books(self) -> Part:
        holding = self.content["position"]["holding"]
        labels = (
            ("cost", _("Cost")), ("relieved", _("Cost relieved")), ("remaining", _("Remaining cost")),
            ("proceeds", _("Proceeds")), ("realised_loss", _("Realised loss")), ("impairment", _("Impairment")),
            ("fair_value", _("Fair value")),
        )  # fmt: skip
        facts = [(label, amount(holding[name])) for name, label in labels] if holding else []
        return Part("books", _("Ledger position and valuation"), facts, grids=[self._events(), self._values()])

    def _events(self) -> Grid:
        heads = (_("No."), _("Value date"), _("Kind"), _("Amount"), _("Cost relieved"), _("Hash"))
        rows = [
            (str(row["seq"]), row["value_date"], EventKind(row["kind"]).label, amount(row["amount_fen"]),
             amount(row["cost_relieved_fen"]), short(row["hash"]))
            for row in self.content["ledger"]["events"]
        ]  # fmt: skip
        return Grid(heads, rows, _("Entries of the ledger"), _RIGHT({0, 3, 4}), _("No entry."))

    def _values(self) -> Grid:
        heads = (_("Valid at"), _("Recorded"), _("Superseded"), _("Fair value"), _("Method"), _("Document"))
        rows = [
            (row["valid_at"], _moment(row["recorded_at"]), _moment(row["superseded_at"]),
             amount(row["fair_value_fen"]), ValuationMethod(row["method"]).label, row["document"])
            for row in self.content["valuations"]
        ]  # fmt: skip
        return Grid(
            heads, rows, _("Valuations"), _RIGHT({3}), _("No valuation was recorded; the holding stands at cost.")
        )


def _document_grid(title: str, documents: Iterable[dict[str, Any]]) -> Grid:
    heads = (_("Document"), _("Rule"), _("Cap"), _("Wording"), _("Source"))
    rows = []
    for document in documents:
        name = f"{document['title_zh'] or document['code']} {document['number']} · v{document['version']}"
        for rule in document["rules"]:
            flag = _("Verified") if rule["status"] == "verified" else _("Unverified")
            rows.append((name, rule["code"], _cap(rule), rule["wording_zh"], flag))
    return Grid(heads, rows, title, empty=_("No policy bound the fund."))


def _cap(rule: dict[str, Any]) -> str:
    if rule["cap_num"] is None:
        return _("no ceiling") if rule["cap_state"] == "NOT_LIMITED" else _("not known")
    text = percent_text(Fraction(rule["cap_num"], rule["cap_den"]))
    if rule["special_num"] is None:
        return text
    special = percent_text(Fraction(rule["special_num"], rule["special_den"]))
    return _("%(cap)s, special case %(special)s") % {"cap": text, "special": special}


def _rate_grid(rate: dict[str, Any]) -> Grid:
    heads = (_("Definition"), _("Loss, signed"), _("Base"), _("Loss rate"), _("Use"))
    rows = [
        (_reading(reading["theta"]), amount(reading["numerator"]), amount(reading["denominator"]),
         share(reading["rate"]), _("Policy") if reading["policy"] else "")
        for reading in rate["readings"]
    ]  # fmt: skip
    words = [ScopeLevel(rate["scope"]).label, rate["document"] or _("no policy"), ToleranceStatus(rate["status"]).label]
    if rate["cap"] is not None:
        words.append(_("cap %(cap)s") % {"cap": share(rate["cap"])})
    return Grid(heads, rows, " · ".join(map(str, words)), _RIGHT({1, 2, 3}))


def _reading(theta: dict[str, Any]) -> str:
    joint = ";" if (get_language() or "").startswith("zh") else "; "
    labels = (Basis(theta["basis"]).label, Netting(theta["netting"]).label, Denominator(theta["denominator"]).label)
    return joint.join(str(label) for label in labels)
