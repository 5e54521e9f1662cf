"""Laboratories with posts for tests of the support ratio: ``staffed(laboratory, researchers=3, technicians=1)``."""

from datetime import date

from talent.choices.people import FrascatiClass, PostClass, PostDuty
from talent.models import Affiliation, Laboratory
from tests.factories.talent import AffiliationFactory, LaboratoryFactory

RESEARCHER = {
    "duty": PostDuty.RESEARCH, "post_class": PostClass.TECHNICAL, "frascati_class": FrascatiClass.RESEARCHER,
}  # fmt: skip
TECHNICIAN = {
    "duty": PostDuty.LAB_OPERATION, "post_class": PostClass.TECHNICAL, "frascati_class": FrascatiClass.TECHNICIAN,
}  # fmt: skip
ADMINISTRATOR = {
    "duty": PostDuty.RESEARCH_ADMINISTRATION, "post_class": PostClass.MANAGEMENT,
    "frascati_class": FrascatiClass.SUPPORT,
}  # fmt: skip


def post(laboratory: Laboratory, kind: dict[str, str], fte_centi: int = 100, **fields: object) -> Affiliation:
    """One post of a new person."""
    return AffiliationFactory(laboratory=laboratory, fte_centi=fte_centi, **kind, **fields)


def staffed(
    laboratory: Laboratory | None = None, *, researchers: int = 0, technicians: int = 0, administrators: int = 0
) -> Laboratory:
    """A laboratory with that many full-time posts of each kind, held since 2024."""
    laboratory = laboratory or LaboratoryFactory(opened_on=date(2020, 1, 1))
    for kind, number in ((RESEARCHER, researchers), (TECHNICIAN, technicians), (ADMINISTRATOR, administrators)):
        for _ in range(number):
            post(laboratory, kind)
    return laboratory
