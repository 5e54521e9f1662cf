"""The forms of the funds part, one module per noun."""

from funds.forms.moments import SCOPE, MomentForm, ScopeForm
from funds.forms.performance import FundPerformanceForm, PerformanceForm, RateRowsForm
from funds.forms.stress import RunForm, SaveScenarioForm, WhatIfForm

__all__ = [
    "SCOPE",
    "FundPerformanceForm",
    "MomentForm",
    "PerformanceForm",
    "RateRowsForm",
    "RunForm",
    "SaveScenarioForm",
    "ScopeForm",
    "WhatIfForm",
]
