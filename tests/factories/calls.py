"""Calls and applications for tests: ``ApplicationFactory(state="in_review")`` stands in any state at once."""

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone

from innovation.calls.choices import ApplicationState, CallState, DefinitionState, MemberRole
from innovation.calls.models import (
    Application,
    ApplicationMember,
    Call,
    FormDefinition,
    Goal,
    ProcessDefinition,
    ScoreSheet,
)
from innovation.calls.rules.workflow import SHIPPED
from innovation.organisations.choices import MembershipRole
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory

FORM = {
    "sections": [
        {
            "key": "project",
            "title": {"en": "The project", "zh": "项目情况"},
            "fields": [
                {"key": "title", "type": "text", "label": {"en": "Title", "zh": "项目名称"}, "column": "title",
                 "required_at": ["submitted"], "limits": {"max_length": 120}},
                {"key": "summary", "type": "long_text", "label": {"en": "Summary", "zh": "摘要"},
                 "required_at": ["submitted"], "limits": {"max_length": 2000}},
            ],
        },
        {
            "key": "money",
            "title": {"en": "Money", "zh": "经费"},
            "fields": [
                {"key": "requested", "type": "money", "label": {"en": "Requested", "zh": "申请经费"},
                 "column": "requested_fen", "required_at": ["submitted"]},
                {"key": "own", "type": "money", "label": {"en": "Own money", "zh": "自筹经费"}, "column": "own_fen",
                 "required_at": ["submitted"]},
            ],
        },
    ],
    "rules": [],
}  # fmt: skip
SHEET = {
    "scale": 10,
    "criteria": [
        {"key": "novelty", "text": {"en": "Novelty", "zh": "创新性"}, "weight": 2},
        {"key": "team", "text": {"en": "Team", "zh": "团队"}, "weight": 1},
        {"key": "market", "text": {"en": "Market", "zh": "市场"}, "weight": 1, "not_applicable": True},
    ],
}


class _Published(factory.django.DjangoModelFactory):
    """A definition that is published already."""

    class Meta:
        abstract = True

    family = factory.Sequence(lambda number: f"test-{number}")
    title_zh = "试验"
    title_en = "Trial"
    state = DefinitionState.PUBLISHED
    published_at = factory.LazyFunction(timezone.now)


class FormFactory(_Published):
    class Meta:
        model = FormDefinition

    content = FORM


class ProcessFactory(_Published):
    class Meta:
        model = ProcessDefinition

    class Params:
        key = "rd_fund"

    content = factory.LazyAttribute(lambda process: SHIPPED[process.key])


class ScoreSheetFactory(_Published):
    class Meta:
        model = ScoreSheet

    content = SHEET


class GoalFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Goal

    code = factory.Sequence(lambda number: f"goal-{number}")
    title_zh = "提升基础能力"
    title_en = "Raise basic capacity"


class CallFactory(factory.django.DjangoModelFactory):
    """A published call, open from yesterday for thirty days; ``process__key="challenge"`` for another process."""

    class Meta:
        model = Call

    code = factory.Sequence(lambda number: f"call-{number}")
    kind = "funding"
    title_zh = "研发专项资金申报"
    title_en = "Research fund"
    goal = factory.SubFactory(GoalFactory)
    form = factory.SubFactory(FormFactory)
    process = factory.SubFactory(ProcessFactory)
    score_sheet = factory.SubFactory(ScoreSheetFactory)
    opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    closes_at = factory.LazyAttribute(lambda call: call.opens_at + timedelta(days=30))
    state = CallState.PUBLISHED
    published_at = factory.LazyAttribute(lambda call: call.opens_at)


class ApplicationFactory(factory.django.DjangoModelFactory):
    """A case in any state, of a new organisation whose lead ``lead`` is; answers are those given."""

    class Meta:
        model = Application
        skip_postgeneration_save = True

    call = factory.SubFactory(CallFactory)
    form = factory.SelfAttribute("call.form")
    process = factory.SelfAttribute("call.process")
    organisation = factory.SubFactory(OrganisationFactory)
    title = factory.Sequence(lambda number: f"项目{number}")
    is_exclusive = factory.SelfAttribute("call.one_per_organisation")
    created_by = factory.SubFactory(UserFactory, role="applicant")
    number = factory.LazyAttributeSequence(
        lambda case, number: None if case.state == ApplicationState.DRAFT else f"{case.call.code}-{number:04d}"
    )
    submitted_at = factory.LazyAttribute(lambda case: None if case.state == ApplicationState.DRAFT else timezone.now())
    state = ApplicationState.DRAFT

    @factory.post_generation
    def lead(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        MembershipFactory(organisation=self.organisation, user=self.created_by, role=MembershipRole.LEAD)
        ApplicationMember.objects.create(application=self, user=self.created_by, role=MemberRole.LEAD)
