"""The forms of the funds part, one module per noun."""

from funds.forms.moments import SCOPE, MomentForm, ScopeForm
from funds.forms.performance import FundPerformanceForm, PerformanceForm, RateRowsForm

__all__ = ["SCOPE", "FundPerformanceForm", "MomentForm", "PerformanceForm", "RateRowsForm", "ScopeForm"]
