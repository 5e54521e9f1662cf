"""Demands, matching profiles and mandates for tests."""

from datetime import date, timedelta

import factory
from django.utils import timezone

from talent.choices.matching import ConflictSource, MatchLevel, MatchSector, MatchSkill, MatchStage
from talent.choices.people import RoleKind
from talent.choices.privacy import Purpose
from talent.models import ConflictDeclaration, Demand, Mandate, MatchProfile, Technology
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.talent import PersonFactory, RoleProfileFactory
from tests.factories.talent_privacy import agree


class MatchProfileFactory(factory.django.DjangoModelFactory):
    """A technology manager in force with all skills; ``person__with_account=True`` gives an account."""

    class Meta:
        model = MatchProfile
        skip_postgeneration_save = True

    person = factory.SubFactory(PersonFactory)
    skills = MatchSkill.values
    sectors = [MatchSector.BIOLOGY]
    stages = [MatchStage.PILOT]
    level = MatchLevel.MIDDLE

    @factory.post_generation
    def role(self, create, extracted, **kwargs):
        RoleProfileFactory(person=self.person, kind=extracted or RoleKind.TECH_MANAGER)
        agree(self.person, Purpose.MATCHING)


class TechnologyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Technology

    code = factory.Sequence(lambda number: f"TEC-{number:03d}")
    name_zh = factory.Sequence(lambda number: f"试验技术{number}")
    name_en = factory.Sequence(lambda number: f"Trial technology {number}")
    organisation = factory.SubFactory(OrganisationFactory)
    sector = MatchSector.BIOLOGY
    trl = 5


class DemandFactory(factory.django.DjangoModelFactory):
    """An open demand for a technology manager over the next half year."""

    class Meta:
        model = Demand

    code = factory.Sequence(lambda number: f"DEM-{number:03d}")
    name_zh = factory.Sequence(lambda number: f"试验需求{number}")
    name_en = factory.Sequence(lambda number: f"Trial demand {number}")
    organisation = factory.SubFactory(OrganisationFactory)
    sector = MatchSector.BIOLOGY
    stage = MatchStage.PILOT
    skills = [MatchSkill.MARKET, MatchSkill.LAW]
    starts_on = factory.LazyFunction(timezone.localdate)
    ends_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=180))


def declared_none(profile: MatchProfile, *demands: Demand) -> None:
    """The person says that no interest stands in the owners of ``demands``."""
    ConflictDeclaration.objects.bulk_create(
        ConflictDeclaration(person=profile.person, organisation=demand.organisation, source=ConflictSource.NONE)
        for demand in demands
    )


class MandateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Mandate

    person = factory.LazyFunction(lambda: MatchProfileFactory().person)
    demand = factory.SubFactory(DemandFactory)
    load = 2
    starts_on = factory.SelfAttribute("demand.starts_on")
    ends_on = factory.SelfAttribute("demand.ends_on")
    answer_by = date(2099, 1, 1)
    proposed_by = factory.SubFactory(UserFactory, role="talent_officer")
