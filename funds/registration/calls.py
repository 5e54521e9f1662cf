"""What the funds part adds to calls: the kind ``funding``, whose signed cases enter the investment pipeline."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funds.actions.calls import check_fund, make_deal
from innovation.calls import kinds

FUNDING = kinds.Kind("funding", _("Funding"), handlers=(("sign", make_deal),), check=check_fund)


def register(section: Promise) -> None:
    """Called once with the heading of the funds part."""
    kinds.register(FUNDING)
