"""What the funds part makes of a signed funding case: a proposal in the pipeline of the fund that its call names."""

from typing import Any

from django.utils.translation import gettext as _

from funds.actions.deals import open_from_case
from funds.choices.deals import DealSource, Instrument
from funds.choices.records import Stage
from funds.models import Fund
from innovation.accounts.models import User
from innovation.calls.models import Application, Call
from innovation.core.errors import RuleViolation


def make_deal(case: Application, actor: User | None) -> dict[str, Any]:
    """Open a proposal of the fund in the call's rules (``"fund"``: its code), none where the call names no fund.

    ``"stage"`` and ``"instrument"`` of the rules are used where given. A case without an organisation or award has
    nothing to invest in. Raises ``NO_FUND`` for a code that is not known.
    """
    code = case.call.rules.get("fund")
    if not code or case.organisation is None or not case.award_fen:
        return {}
    fund = _fund(code)
    lead = case.officer or case.call.officer or case.decisions.latest("pk").proposed_by
    deal = open_from_case(
        fund=fund, company=case.organisation, stage=case.call.rules.get("stage", Stage.OTHER),
        instrument=case.call.rules.get("instrument", Instrument.COMMON), amount_fen=case.award_fen,
        source=DealSource.CONTEST, lead=lead,
        summary=f"{case.number} {case.title}",
    )  # fmt: skip
    return {"label": deal.code, "url": deal.get_absolute_url()}


def check_fund(call: Call) -> None:
    """A call names a fund that exists, or none. Raises ``NO_FUND``."""
    code = call.rules.get("fund")
    if code and not Fund.objects.filter(code=code).exists():
        raise _unknown(code)


def _fund(code: str) -> Fund:
    """The fund, locked: its proposals are numbered one after the other, also when two cases are signed at once."""
    fund = Fund.objects.select_for_update(no_key=True, of=("self",)).filter(code=code).first()
    if fund is None:
        raise _unknown(code)
    return fund


def _unknown(code: str) -> RuleViolation:
    return RuleViolation("NO_FUND", _("The fund %(code)s of the call is not known.") % {"code": code}, field="rules")
