"""The forms of the funds part, one module per noun."""

from funds.forms.moments import SCOPE, MomentForm, ScopeForm

__all__ = ["SCOPE", "MomentForm", "ScopeForm"]
