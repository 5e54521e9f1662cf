"""Rubrics: qualification rules as data, versions by date and kind of application, scored exactly (spec. 4.2)."""

from innovation.calls.rules.rubric.check import RubricFault, check_rubric
from innovation.calls.rules.rubric.engine import Result, Route, Status, choose, run

__all__ = ["Result", "Route", "RubricFault", "Status", "check_rubric", "choose", "run"]
