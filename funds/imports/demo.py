"""Saved mappings that the demonstration brings, so that a first file needs no choosing."""

from funds.choices.files import DateOrder, Layout
from funds.models import ColumnMapping
from funds.rules.portfolio_file import Mapping

STARTUP_LIST = Mapping(
    layout=Layout.HOLDINGS,
    unit="yuan",
    columns={
        "fund": "state_code",
        "investment": "Unnamed: 0",
        "company": "name",
        "value_date": "first_funding_at",
        "amount": "funding_total_usd",
        "outcome": "status",
        "lost_on": "closed_at",
    },
    date_order=DateOrder.MDY,
    fund_prefix="US-",
    create_funds=True,
    group_code="US-STARTUPS",
    stage="venture",
    loss_value="closed",
    loss_not_before_investment=True,
)
"""A public list of start-ups: a fund per state, total loss where a company is closed. Its dollars are read as yuan."""


def save_mappings() -> None:
    """Keep the mapping for files of this kind; again is harmless."""
    ColumnMapping.objects.get_or_create(
        name="Public start-up list (a fund per state)", defaults={"content": STARTUP_LIST.as_data()}
    )
