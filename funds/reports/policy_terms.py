"""Other terms of a policy document in the reader's words: what the shipped data name by keys and units."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from funds.models import PolicyTerm
from innovation.core.figures import percent_text
from innovation.core.money import Unit

Words = str | Promise
LABELS: Mapping[str, Words] = {
    "angel_government_share_max": gettext_lazy("Government share in angel funds, at most"),
    "angel_share_min": gettext_lazy("Share put into angel-stage companies, at least"),
    "articles": gettext_lazy("Number of articles"),
    "committee": gettext_lazy("Investment committee"),
    "direct_share_of_new_money_max": gettext_lazy("Share of new money for direct investment, at most"),
    "first_phase_size": gettext_lazy("Size of the first phase"),
    "fund_size": gettext_lazy("Size of the fund"),
    "funded_by": gettext_lazy("Funded by"),
    "government_share_angel_seed": gettext_lazy("Government share in angel, seed and transfer funds"),
    "government_share_max": gettext_lazy("Government share, at most"),
    "guideline": gettext_lazy("Guideline"),
    "holding_years_max_angel": gettext_lazy("Angel projects are held for at most"),
    "holding_years_max_industry_direct": gettext_lazy("Direct industry projects are held for at most"),
    "holding_years_max_seed": gettext_lazy("Seed projects are held for at most"),
    "industry_class_size_min": gettext_lazy("Size of the industry class, at least"),
    "investee_equity_max": gettext_lazy("Share in one company, at most"),
    "ledger": gettext_lazy("Books"),
    "life_years": gettext_lazy("Life of the fund"),
    "life_years_max": gettext_lazy("Life of the fund, at most"),
    "management_fee": gettext_lazy("Management fee"),
    "mother_fund_size": gettext_lazy("Size of the mother fund"),
    "profit_concession_max": gettext_lazy("Profit concession, at most"),
    "reinvestment_multiple_min": gettext_lazy("Multiple of local reinvestment, at least"),
    "seed_and_angel_share_of_direct_max": gettext_lazy("Seed and angel share of direct investment, at most"),
    "seed_and_angel_size": gettext_lazy("Size of seed and angel funds"),
    "single_project_share_max": gettext_lazy("One project, at most"),
    "supported_companies": gettext_lazy("Companies supported"),
    "ticket_max": gettext_lazy("One investment, at most"),
    "total_size_min": gettext_lazy("Total size, at least"),
    "vc_class_size_min": gettext_lazy("Size of the venture class, at least"),
}
TEXTS: Mapping[str, Words] = {
    "direct money keeps its own ledger": gettext_lazy("direct money keeps its own ledger"),
    "external experts in the investment committee": gettext_lazy("external experts in the investment committee"),
    "1.5%-2% of paid-in in the investment period; on un-exited amount in the exit period, rate not above the first": (
        gettext_lazy(
            "1.5%-2% of paid-in in the investment period; on un-exited amount in the exit period, rate not above "
            "the first"
        )
    ),
    "近80家企业,累计获批专利2000余项 (press article of 2025-05)": gettext_lazy(
        "近80家企业,累计获批专利2000余项 (press article of 2025-05)"
    ),
}


def term_label(term: PolicyTerm) -> str:
    """What the term is about; a key that staff made up stays as it is."""
    return str(LABELS.get(term.key, term.key))


def term_value(term: PolicyTerm) -> str:
    """The value with its unit, as people write it."""
    if term.unit == "text":
        return str(TEXTS.get(term.value, term.value))
    try:
        number = Decimal(term.value)
    except InvalidOperation:
        return f"{term.value} {term.unit}"
    plain = f"{number.normalize():f}"
    in_words: dict[str, Callable[[], str]] = {
        "ratio": lambda: percent_text(Fraction(number)),
        "years": lambda: ngettext("%(count)s year", "%(count)s years", int(number)) % {"count": plain},
        "x": lambda: f"{plain}×",
        "items": lambda: plain,
        "articles": lambda: plain,
    }
    in_words |= {unit: (lambda named=unit: f"{plain} {Unit.from_text(named).behind}") for unit in ("万元", "亿元")}
    return in_words.get(term.unit, lambda: f"{plain} {term.unit}")()
