"""Kept ratios: one statement a month end, unknown never zero, nothing kept changes, definitions by version."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.organisations.choices import MembershipRole
from talent.actions import plans, ratio
from talent.choices.ratio import RatioState
from talent.models import (
    Laboratory,
    ProgrammeLaboratory,
    RatioDefinition,
    RatioMonthEnd,
    RatioSnapshot,
    StaffPlan,
    StaffReturn,
)
from talent.models.staffing import LaboratoryProgramme
from talent.queries.plans import PlanInputs
from talent.queries.ratio import Scope, alternates, board_of, past_of
from talent.queries.ratio_rows import rows_on
from talent.tasks import keep_ratio_month
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.factories.talent import LaboratoryFactory
from tests.factories.talent_ratio import ADMINISTRATOR, RESEARCHER, TECHNICIAN, post, staffed
from tests.refusals import refused, refused_by_rule, refused_sql

pytestmark = pytest.mark.django_db
MONTH = date(2026, 3, 31)


def definition(code):
    return RatioDefinition.objects.get(code=code, valid_to=None)


def three_laboratories():
    """The worked example of a roll-up: P 3, 3, 4 and S 0, 4, 1."""
    organisation = OrganisationFactory()
    found = [LaboratoryFactory(organisation=organisation) for _ in range(3)]
    for laboratory, (p, s) in zip(found, ((3, 0), (3, 4), (4, 1)), strict=True):
        staffed(laboratory, researchers=p, technicians=s)
    StaffReturn.objects.create(laboratory=found[0], as_of=date(2026, 3, 1))
    return found


def kept(laboratory, code="B"):
    row = RatioSnapshot.objects.get(laboratory=laboratory, definition__code=code)
    return row.p_fte_centi, row.s_fte_centi


def test_a_month_end_is_kept_in_one_statement_and_rolls_up_as_worked():
    found = three_laboratories()
    with CaptureQueriesContext(connection) as queries:
        month = ratio.keep_month(as_of=MONTH)
    written = [query["sql"] for query in queries if "INSERT INTO talent_ratiosnapshot" in query["sql"]]
    assert len(written) == 1
    assert RatioSnapshot.objects.count() == 9
    assert [kept(each) for each in found] == [(300, 0), (300, 400), (400, 100)]
    board = board_of(month, month.main)
    sums = board.sums
    assert (sums.sum_required_posts, sums.org_required_posts) == (7, 6)
    assert (sums.sum_gap_posts, sums.net_gap_posts, sums.sharing_saves_posts) == (4, 1, 3)
    assert (board.gap_within_organisations, sums.ratio_per_10, sums.surplus) == (1, 5, Fraction(11, 5))
    assert [past.ratio_per_10 for past in past_of(month, month.main, Scope())] == [5]
    # Technicians stand below the line of C, so the same people give another ratio there.
    by_code = {each.code: rolled for each, rolled in alternates(month, month.main, Scope())}
    assert by_code["C"].status == RatioState.UNKNOWN or by_code["C"].p_fte_centi == 300


def test_a_side_without_a_post_is_unknown_until_the_organisation_says_that_its_list_is_complete():
    silent, spoken, empty, stale = (LaboratoryFactory() for _ in range(4))
    for laboratory in (silent, spoken, stale):
        staffed(laboratory, researchers=2)
    StaffReturn.objects.create(laboratory=spoken, as_of=MONTH)
    StaffReturn.objects.create(laboratory=stale, as_of=MONTH - timedelta(days=367))
    ratio.keep_month(as_of=MONTH)
    assert [kept(each) for each in (silent, spoken, empty, stale)] == [
        (200, None), (200, 0), (None, None), (200, None),
    ]  # fmt: skip
    board = board_of(RatioMonthEnd.objects.get(), definition("B"))
    assert (board.sums.status, board.sums.total, board.sums.unknown) == (RatioState.PARTIAL, 4, 3)
    assert (board.sums.p_fte_centi, board.sums.sum_gap_posts, board.undeclared) == (200, 2, 3)


def test_only_posts_and_laboratories_of_the_day_count_and_a_guest_counts_where_he_works():
    laboratory = LaboratoryFactory()
    post(laboratory, RESEARCHER, 50, valid_to=MONTH)
    post(laboratory, RESEARCHER, 30, valid_to=MONTH - timedelta(days=1))
    post(laboratory, RESEARCHER, 20, valid_from=MONTH + timedelta(days=1))
    post(laboratory, TECHNICIAN, 40, organisation=OrganisationFactory(), confirmed_at=timezone.now())
    LaboratoryFactory(closed_on=MONTH - timedelta(days=1))
    LaboratoryFactory(opened_on=MONTH + timedelta(days=1))
    rows = rows_on(MONTH, [definition("B")])
    assert [(row.laboratory_id, row.p_fte_centi, row.s_fte_centi, row.posts, row.confirmed) for row in rows] == [
        (laboratory.pk, 50, 40, 2, 1)
    ]
    assert [row.laboratory_id for row in rows_on(MONTH, [definition("B")], [laboratory.organisation_id])] == [
        laboratory.pk
    ]


def test_posts_outside_laboratories_count_for_the_organisation_with_nothing_required():
    laboratory = staffed(researchers=10, technicians=3)
    post(None, ADMINISTRATOR, 100, organisation=laboratory.organisation)
    month = ratio.keep_month(as_of=MONTH)
    board = board_of(month, definition("B"))
    assert [(line.laboratory, line.figures.p_fte_centi, line.figures.s_fte_centi) for line in board.lines] == [
        (laboratory, 1000, 300), (None, 0, 100),
    ]  # fmt: skip
    assert (board.sums.sum_gap_posts, board.sums.net_gap_posts, board.undeclared) == (3, 2, 1)


def test_a_programme_gathers_its_laboratories_of_the_day():
    found = three_laboratories()
    programme = LaboratoryProgramme.objects.create(code="P", name_zh="计划")
    until = MONTH - timedelta(days=1)
    for laboratory, last in zip(found, (None, None, until), strict=True):
        ProgrammeLaboratory.objects.create(
            programme=programme, laboratory=laboratory, valid_from=date(2025, 1, 1), valid_to=last
        )
    board = board_of(ratio.keep_month(as_of=MONTH), definition("B"), Scope(programme=programme))
    assert [line.laboratory for line in board.lines] == found[:2]


def test_a_month_end_is_kept_once_after_its_end_and_never_changed():
    three_laboratories()
    month = ratio.keep_month(as_of=MONTH)
    refused_by_rule("MONTH_KEPT", ratio.keep_month, as_of=MONTH)
    refused_by_rule("NOT_MONTH_END", ratio.keep_month, as_of=date(2026, 3, 30))
    refused_by_rule("MONTH_NOT_ENDED", ratio.keep_month, as_of=date(2999, 1, 31))
    refused("ratio_snapshot_append_only", lambda: RatioSnapshot.objects.update(s_fte_centi=0))
    refused("ratio_month_append_only", lambda: RatioMonthEnd.objects.update(laboratories=9))
    refused_sql("ratio_snapshot_append_only_truncate", "TRUNCATE talent_ratiosnapshot")
    refused(
        "talent_ratio_month_end",
        lambda: RatioMonthEnd.objects.create(as_of=date(2026, 2, 27), main=month.main),
    )
    row = RatioSnapshot.objects.first()
    row.pk = None
    refused("talent_ratio_snapshot_once", lambda: row.save(force_insert=True))
    row.laboratory, row.confirmed = LaboratoryFactory(), row.posts + 1
    refused("talent_ratio_snapshot_confirmed", lambda: row.save(force_insert=True))


def test_the_monthly_task_keeps_the_last_month_once():
    three_laboratories()
    number = keep_ratio_month()
    assert RatioMonthEnd.objects.get(pk=number).as_of == timezone.localdate().replace(day=1) - timedelta(days=1)
    assert keep_ratio_month() is None


def test_a_new_version_follows_and_what_is_kept_names_the_old_one():
    three_laboratories()
    officer, manager = UserFactory(role=Role.TALENT_OFFICER), UserFactory(role=Role.PROGRAMME_MANAGER)
    old, month = definition("B"), ratio.keep_month(as_of=MONTH)
    renew = {"definition_id": old.pk, "valid_from": date(2026, 4, 1), "actor": officer}
    refused_by_rule("DEFINITION_FROM", ratio.renew_definition, **renew | {"valid_from": MONTH}, changes={})
    refused_by_rule("DEFINITION_TERMS", ratio.renew_definition, **renew, changes={"support": [{"age": ["60"]}]})
    refused_by_rule("DEFINITION_TWICE", ratio.renew_definition, **renew, changes={"support": old.professionals})
    with pytest.raises(PermissionDenied):
        ratio.renew_definition(**renew | {"actor": manager}, changes={})
    new = ratio.renew_definition(**renew, changes={"target_num": 55, "target_den": 100})
    old.refresh_from_db()
    assert (new.number, new.chosen, old.valid_to, old.chosen) == ("B2", True, MONTH, False)
    refused_by_rule("DEFINITION_ENDED", ratio.renew_definition, **renew, changes={})
    assert board_of(month, month.main).definition.target == Fraction(3, 5)
    april = ratio.keep_month(as_of=date(2026, 4, 30))
    assert (april.main, board_of(april, april.main).definition.target) == (new, Fraction(11, 20))
    chosen = ratio.choose_definition(definition_id=definition("A").pk, actor=officer)
    assert list(RatioDefinition.objects.filter(chosen=True)) == [chosen]


def test_the_database_keeps_definitions():
    row = definition("A")
    refused("ratio_definition_stays", lambda: RatioDefinition.objects.filter(pk=row.pk).update(target_num=5))
    refused("ratio_definition_stays", row.delete)
    other = {f.name: getattr(row, f.name) for f in RatioDefinition._meta.fields if f.name not in {"id", "chosen"}}

    def make(**fields):
        return lambda: RatioDefinition.objects.create(**other | fields)

    refused("talent_ratio_version_once", make(valid_to=MONTH))
    refused("talent_ratio_one_open_version", make(version=2))
    ended = {"version": 2, "valid_to": MONTH}
    refused("talent_ratio_chosen_is_open", make(**ended, chosen=True))
    refused("talent_ratio_target", make(**ended, target_den=0))
    refused("talent_ratio_band", make(**ended, band_low=8))
    refused("talent_ratio_period", make(**ended, valid_from=date(2026, 4, 1)))
    refused("talent_ratio_one_chosen", lambda: RatioDefinition.objects.filter(code="C").update(chosen=True))


def test_leads_say_that_a_list_is_complete_and_viewers_and_strangers_do_not():
    laboratory = LaboratoryFactory()
    lead, viewer = (
        MembershipFactory(organisation=laboratory.organisation, role=role).user
        for role in (MembershipRole.LEAD, MembershipRole.VIEWER)
    )
    say = {"laboratory_id": laboratory.pk, "as_of": MONTH}
    for stranger in (viewer, UserFactory(), UserFactory(role=Role.PROGRAMME_MANAGER)):
        with pytest.raises(PermissionDenied):
            ratio.declare_complete(**say, actor=stranger)
    said = ratio.declare_complete(**say, actor=lead)
    refused_by_rule("RETURN_TWICE", ratio.declare_complete, **say, actor=lead)
    refused_by_rule("RETURN_FUTURE", ratio.declare_complete, **say | {"as_of": date(2999, 1, 1)}, actor=lead)
    Laboratory.objects.filter(pk=laboratory.pk).update(closed_on=date(2026, 6, 1))
    later = say | {"as_of": date(2026, 6, 2)}
    refused_by_rule("LABORATORY_CLOSED", ratio.declare_complete, **later, actor=lead)
    assert set(StaffReturn.objects.visible_to(viewer)) == {said}
    assert not StaffReturn.objects.visible_to(UserFactory()).exists()
    refused("staff_return_append_only", said.delete)
    refused("talent_staff_return_once", lambda: StaffReturn.objects.create(laboratory=laboratory, as_of=MONTH))


def test_a_plan_keeps_the_figures_it_began_with():
    three_laboratories()
    month, officer = ratio.keep_month(as_of=MONTH), UserFactory(role=Role.TALENT_OFFICER)
    asked = {"month": month, "definition": month.main, "scope": Scope(), "inputs": PlanInputs(), "actor": officer}
    saved = plans.save_plan(name="Plan", **asked)
    assert (saved.start["p_fte_centi"], saved.start["sum_gap_posts"], saved.start["surplus"]) == (1000, 4, "11/5")
    assert PlanInputs.from_data(saved.inputs) == PlanInputs()
    refused_by_rule("PLAN_NAME_TAKEN", plans.save_plan, name=" Plan ", **asked)
    refused_by_rule("PLAN_NAME", plans.save_plan, name=" ", **asked)
    refused_by_rule("PLAN_RANGE", plans.save_plan, name="x", **asked | {"inputs": PlanInputs(pass_rate=Fraction(2))})
    empty = Scope(organisation=OrganisationFactory())
    refused_by_rule("PLAN_NO_START", plans.save_plan, name="x", **asked | {"scope": empty})
    with pytest.raises(PermissionDenied):
        plans.save_plan(name="x", **asked | {"actor": UserFactory(role=Role.AUDITOR)})
    refused("staff_plan_stays", lambda: StaffPlan.objects.update(name="other"))
    plans.archive_plan(plan_id=saved.pk, actor=officer)
    refused_by_rule("PLAN_ARCHIVED", plans.archive_plan, plan_id=saved.pk, actor=officer)
    assert plans.save_plan(name="Plan", **asked).pk != saved.pk


def test_plans_and_memberships_that_cannot_be_are_refused_by_the_database():
    laboratory = three_laboratories()[0]
    month = ratio.keep_month(as_of=MONTH)
    programme = LaboratoryProgramme.objects.create(code="P", name_zh="计划")
    plan = {"name": "x", "month": month, "definition": month.main, "start": {}, "inputs": {}}
    both = {"organisation": laboratory.organisation, "programme": programme}
    refused("talent_staff_plan_one_scope", lambda: StaffPlan.objects.create(**plan, **both))
    StaffPlan.objects.create(**plan)
    refused("talent_staff_plan_name_once", lambda: StaffPlan.objects.create(**plan))
    member = {"programme": programme, "laboratory": laboratory, "valid_from": MONTH}
    ProgrammeLaboratory.objects.create(**member)
    refused("talent_programme_laboratory_once", lambda: ProgrammeLaboratory.objects.create(**member))
    early = member | {"valid_to": MONTH - timedelta(days=1)}
    refused("talent_programme_laboratory_period", lambda: ProgrammeLaboratory.objects.create(**early))
