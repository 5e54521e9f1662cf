"""Records of calls and applications."""

from innovation.calls.models.answers import Answer, AnswerFile, InfoRequest, Submission
from innovation.calls.models.applications import Application, ApplicationMember, Partner
from innovation.calls.models.bars import Bar
from innovation.calls.models.calls import Call, CallDocument
from innovation.calls.models.definitions import (
    DeadlineDefinition,
    Definition,
    FormDefinition,
    MessageTemplate,
    ProcessDefinition,
    RubricDefinition,
    ScoreSheet,
)
from innovation.calls.models.strategy import Goal, Programme

__all__ = [
    "Answer",
    "AnswerFile",
    "Application",
    "ApplicationMember",
    "Bar",
    "Call",
    "CallDocument",
    "DeadlineDefinition",
    "Definition",
    "FormDefinition",
    "Goal",
    "InfoRequest",
    "MessageTemplate",
    "Partner",
    "ProcessDefinition",
    "Programme",
    "RubricDefinition",
    "ScoreSheet",
    "Submission",
]
