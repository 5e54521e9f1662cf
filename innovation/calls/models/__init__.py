"""Records of calls and applications."""

from innovation.calls.models.agreements import Agreement, AgreementShare, DueChange, Milestone, Signature
from innovation.calls.models.answers import Answer, AnswerFile, InfoRequest, Submission
from innovation.calls.models.appeals import Appeal
from innovation.calls.models.applications import Application, ApplicationMember, Partner
from innovation.calls.models.bars import Bar
from innovation.calls.models.board import AgendaItem, BoardVote, Meeting, MeetingMember, Minutes, Recusal
from innovation.calls.models.calls import Call, CallDocument
from innovation.calls.models.decisions import Condition, Decision, Proposal
from innovation.calls.models.definition_cases import DefinitionCase
from innovation.calls.models.definitions import (
    DeadlineDefinition,
    Definition,
    FormDefinition,
    MessageTemplate,
    ProcessDefinition,
    RubricDefinition,
    ScoreSheet,
)
from innovation.calls.models.earlier import AwardImport, EarlierAward
from innovation.calls.models.entitlements import Entitlement, WebhookSubscription
from innovation.calls.models.late import LateDocument
from innovation.calls.models.messages import MessageBatch, MessageLine, MessageRun
from innovation.calls.models.money import ChangeRequest, MilestoneCheck, MilestoneReport, Payment, ReportFile
from innovation.calls.models.needs import Need
from innovation.calls.models.notices import Notice, Objection, ObjectionFile
from innovation.calls.models.reviewers import ReviewerProfile, ReviewerRelation
from innovation.calls.models.reviews import DiscussionRound, Review, ReviewSummary, ReviewVersion
from innovation.calls.models.screening import (
    GateOverride,
    GateResult,
    LikenessRun,
    Screening,
    SharedDetail,
    TextLikeness,
)
from innovation.calls.models.strategy import Goal, Programme

__all__ = [
    "AgendaItem",
    "Agreement",
    "AgreementShare",
    "Answer",
    "AnswerFile",
    "Appeal",
    "Application",
    "ApplicationMember",
    "AwardImport",
    "Bar",
    "BoardVote",
    "Call",
    "CallDocument",
    "ChangeRequest",
    "Condition",
    "DeadlineDefinition",
    "Decision",
    "Definition",
    "DefinitionCase",
    "DiscussionRound",
    "DueChange",
    "EarlierAward",
    "Entitlement",
    "FormDefinition",
    "GateOverride",
    "GateResult",
    "Goal",
    "InfoRequest",
    "LateDocument",
    "LikenessRun",
    "Meeting",
    "MeetingMember",
    "MessageBatch",
    "MessageLine",
    "MessageRun",
    "MessageTemplate",
    "Milestone",
    "MilestoneCheck",
    "MilestoneReport",
    "Minutes",
    "Need",
    "Notice",
    "Objection",
    "ObjectionFile",
    "Partner",
    "Payment",
    "ProcessDefinition",
    "Programme",
    "Proposal",
    "Recusal",
    "ReportFile",
    "Review",
    "ReviewSummary",
    "ReviewVersion",
    "ReviewerProfile",
    "ReviewerRelation",
    "RubricDefinition",
    "ScoreSheet",
    "Screening",
    "SharedDetail",
    "Signature",
    "Submission",
    "TextLikeness",
    "WebhookSubscription",
]
