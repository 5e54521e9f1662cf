import threading
from datetime import date

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from innovation.organisations import queries
from innovation.organisations.merging import merge_organisations, preview, references
from innovation.organisations.models import (
    Contact,
    Membership,
    Organisation,
    OrganisationMerge,
    OrganisationName,
    OrganisationRole,
)
from innovation.organisations.rules import Period, joined_periods, span
from tests.factories.accounts import UserFactory
from tests.factories.funds import FundFactory
from tests.factories.organisations import ContactFactory, MembershipFactory, OrganisationFactory, RoleFactory, uscc
from tests.refusals import rule_refuses

pytestmark = pytest.mark.django_db


def merge(survivor, loser, **facts):
    facts.setdefault("actor", UserFactory(role=Role.PROGRAMME_MANAGER))
    return merge_organisations(survivor_id=survivor.pk, loser_id=loser.pk, **facts)


def test_a_merge_fills_gaps_moves_rows_and_leaves_a_signpost():
    survivor = OrganisationFactory(uscc=None, name_zh="微光科技有限公司", name_en="", address="")
    loser = OrganisationFactory(uscc=uscc(5), name_zh="杭州微光科技有限公司", name_en="Weiguang", address="文三路 1 号")
    child, fund = OrganisationFactory(parent=loser), FundFactory(organisation=loser)
    contact = ContactFactory(organisation=loser)
    earlier = OrganisationFactory(name_zh="更早的重复", merged_into=loser)

    record = merge(survivor, loser, reason="Same firm")

    for row in (survivor, loser, child, fund, contact, earlier):
        row.refresh_from_db()
    assert (survivor.uscc, survivor.name_zh, survivor.name_en, survivor.address) == (
        uscc(5), "微光科技有限公司", "Weiguang", "文三路 1 号",
    )  # fmt: skip
    assert (loser.merged_into, loser.uscc) == (survivor, None)
    assert [child.parent, fund.organisation, contact.organisation, earlier.merged_into] == [survivor] * 4
    assert survivor.other_names.get().name_zh == "杭州微光科技有限公司"
    assert list(queries.search("杭州微光")) == [survivor]
    assert record.moved["funds.Fund.organisation"] == 1
    assert record.moved["organisations.Organisation.parent"] == 1
    assert record.values["codes"]["uscc"] == [None, uscc(5)]
    assert record.reason == "Same firm"
    assert loser.history.filter(merged_into=survivor).exists()


def test_choices_decide_whose_value_wins():
    survivor = OrganisationFactory(name_zh="甲公司", address="A")
    loser = OrganisationFactory(uscc=None, name_zh="乙公司", address="B")
    merge(survivor, loser, choices={"name_zh": "loser", "address": "survivor"})
    survivor.refresh_from_db()
    assert (survivor.name_zh, survivor.address) == ("乙公司", "A")
    assert set(survivor.other_names.values_list("name_zh", "origin")) == {("甲公司", "renamed"), ("乙公司", "merged")}
    with rule_refuses("MERGE_CHOICE"):
        merge(survivor, OrganisationFactory(uscc=None), choices={"address": "both"})


def test_the_preview_says_what_will_happen_and_writes_nothing():
    survivor, loser = OrganisationFactory(address=""), OrganisationFactory(uscc=None, address="B")
    RoleFactory(organisation=loser)
    shown = preview(survivor, loser)
    assert {choice.name: choice.kept for choice in shown.fields if choice.differs}["address"] == "loser"
    assert [(move.reference.model, move.count) for move in shown.moves] == [(OrganisationRole, 1)]
    assert shown.refusal is None
    loser.refresh_from_db()
    assert loser.merged_into is None


def test_two_legal_persons_are_never_merged():
    survivor, loser = OrganisationFactory(), OrganisationFactory()
    assert preview(survivor, loser).refusal.code == "MERGE_TWO_CODES"
    with rule_refuses("MERGE_TWO_CODES"):
        merge(survivor, loser)


def test_what_else_is_refused():
    one, other = OrganisationFactory(), OrganisationFactory(uscc=None)
    with rule_refuses("NOT_PERMITTED"):
        merge(one, other, actor=UserFactory(role=Role.AUDITOR))
    with rule_refuses("MERGE_SELF"):
        merge(one, one)
    merge(one, other)
    with rule_refuses("MERGE_DONE"):
        merge(one, other)
    with rule_refuses("MERGE_DONE"):
        merge(OrganisationFactory(), other)
    with rule_refuses("MERGE_GONE"):
        merge_organisations(survivor_id=one.pk, loser_id=0, actor=UserFactory(role=Role.ADMINISTRATOR))


def test_people_and_roles_of_both_become_one():
    survivor, loser = OrganisationFactory(), OrganisationFactory(uscc=None)
    user = UserFactory()
    MembershipFactory(organisation=survivor, user=user, role="viewer")
    MembershipFactory(organisation=loser, user=user, role="lead")
    ContactFactory(organisation=survivor, is_main=True)
    ContactFactory(organisation=loser, is_main=True)
    RoleFactory(organisation=survivor, valid_from=date(2020, 1, 1), valid_to=date(2020, 12, 31))
    RoleFactory(organisation=survivor, valid_from=date(2022, 1, 1), valid_to=date(2022, 12, 31))
    RoleFactory(organisation=loser, valid_from=date(2020, 6, 1), valid_to=date(2022, 1, 1))
    RoleFactory(organisation=loser, code="investor")

    merge(survivor, loser)

    assert Membership.objects.get(user=user).role == "lead"
    assert Contact.objects.filter(organisation=survivor).count() == 2
    assert Contact.objects.get(is_main=True).organisation == survivor
    assert set(OrganisationRole.objects.values_list("organisation", "kind__code", "valid_from", "valid_to")) == {
        (survivor.pk, "start_up", date(2020, 1, 1), date(2022, 12, 31)),
        (survivor.pk, "investor", None, None),
    }


def test_parent_and_child_can_be_merged_either_way():
    top = OrganisationFactory()
    parent = OrganisationFactory(uscc=None, parent=top)
    child = OrganisationFactory(parent=parent)
    merge(child, parent)
    child.refresh_from_db()
    assert child.parent == top
    lower = OrganisationFactory(uscc=None, parent=child)
    merge(child, lower, choices={"parent": "loser"})
    child.refresh_from_db()
    assert child.parent is None


def test_a_circle_that_a_merge_would_close_is_refused_and_nothing_changes():
    loser = OrganisationFactory(uscc=None)
    between = OrganisationFactory(parent=loser)
    survivor = OrganisationFactory(parent=between)
    with rule_refuses("MERGE_CONFLICT"):
        merge(survivor, loser)
    loser.refresh_from_db()
    between.refresh_from_db()
    assert (loser.merged_into, between.parent) == (None, loser)
    assert not OrganisationMerge.objects.exists()


def test_rows_that_only_one_may_have_stop_the_merge(monkeypatch):
    survivor, loser = OrganisationFactory(), OrganisationFactory(uscc=None)
    user = UserFactory()
    for organisation in (survivor, loser):
        MembershipFactory(organisation=organisation, user=user)
    monkeypatch.setattr("innovation.organisations.merging._join_own_rows", lambda survivor, loser: None)
    with rule_refuses("MERGE_CONFLICT"):
        merge(survivor, loser)
    assert Membership.objects.filter(organisation=loser).exists()


def test_every_table_that_points_here_is_known():
    known = {f"{reference.model._meta.label}.{reference.field.name}" for reference in references()}
    assert {
        "organisations.Organisation.parent",
        "organisations.Organisation.controlling_group",
        "organisations.Organisation.merged_into",
        "organisations.OrganisationRole.organisation",
        "organisations.OrganisationName.organisation",
        "funds.Fund.organisation",
    } <= known
    assert not any("Event" in name for name in known)


def test_the_record_of_a_merge_is_never_changed():
    record = merge(OrganisationFactory(), OrganisationFactory(uscc=None))
    with pytest.raises(Exception, match="never changed"), transaction.atomic():
        OrganisationMerge.objects.filter(pk=record.pk).update(reason="other")
    with pytest.raises(Exception, match="never changed"):
        record.delete()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("crossed", [False, True])
def test_of_two_merges_at_once_one_wins(crossed):
    one, other = OrganisationFactory(uscc=None), OrganisationFactory(uscc=None)
    actor = UserFactory(role=Role.ADMINISTRATOR)
    start, outcomes = threading.Barrier(2), []

    def attempt(survivor, loser):
        try:
            start.wait(5)
            merge_organisations(survivor_id=survivor.pk, loser_id=loser.pk, actor=actor)
            outcomes.append("done")
        except RuleViolation as violation:
            outcomes.append(violation.code)
        finally:
            connection.close()

    pairs = [(one, other), (other, one) if crossed else (one, other)]
    threads = [threading.Thread(target=attempt, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["MERGE_DONE", "done"]
    assert OrganisationMerge.objects.count() == 1
    assert Organisation.objects.current().count() == 1


# ── Candidates ───────────────────────────────────────────────────────────────────────────────────
def test_likely_duplicates_are_named_with_their_reason():
    organisation = OrganisationFactory(uscc="91110000600037341L", name_zh="杭州微光科技有限公司")
    same_code = OrganisationFactory(uscc=None, local_code="600037341", name_zh="全不相干")
    same_name = OrganisationFactory(uscc=None, name_zh="杭州微光科技 有限公司")
    legal_form = OrganisationFactory(uscc=None, name_zh="杭州微光科技股份有限公司")
    sound = OrganisationFactory(uscc=None, name_zh="杭州维光科技有限公司")
    similar = OrganisationFactory(uscc=None, name_zh="杭州微光科技发展有限公司")
    former = OrganisationFactory(uscc=None, name_zh="别家")
    OrganisationName.objects.create(organisation=former, name_zh="杭州微光科技有限公司")
    OrganisationFactory(name_zh="宁波远洋渔业有限公司")
    found = {candidate.organisation: candidate.reasons for candidate in queries.duplicates_of(organisation)}
    assert found == {
        same_code: (queries.SAME_CODE,),
        same_name: (queries.SAME_NAME, ),
        former: (queries.SAME_OTHER_NAME,),
        legal_form: (queries.SAME_CORE,),
        sound: (queries.SAME_SOUND,),
        similar: (queries.SIMILAR_NAME,),
    }  # fmt: skip
    assert list(found)[:2] == [same_code, same_name]


def test_pairs_of_the_whole_register_take_a_constant_number_of_queries(django_assert_num_queries):
    for number in range(3):
        OrganisationFactory(name_zh=f"重复{number}号有限公司")
        OrganisationFactory(uscc=None, name_zh=f"重复{number}号 有限公司")
    OrganisationFactory(name_zh="唯一公司")
    with django_assert_num_queries(5):
        pairs = queries.duplicate_pairs()
    assert len(pairs) == 3
    assert all(one.name_key == other.name_key for one, other, _reasons in pairs)


# ── Periods ──────────────────────────────────────────────────────────────────────────────────────
days = st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2020, 3, 1)))
periods = st.lists(
    st.tuples(days, days).filter(lambda pair: None in pair or pair[0] <= pair[1]), min_size=1, max_size=8
).map(lambda pairs: [Period(number, *pair) for number, pair in enumerate(pairs)])


@given(periods)
def test_joined_periods_cover_the_same_days_and_do_not_overlap(given_periods):
    def covers(first, last, day):
        return (first or date.min) <= day <= (last or date.max)

    groups = joined_periods(given_periods)
    assert sorted(period.key for group in groups for period in group) == [period.key for period in given_periods]
    spans = [span(group) for group in groups]
    for number in range(-2, 66):
        day = date.fromordinal(date(2020, 1, 1).toordinal() + number)
        before = any(covers(period.first, period.last, day) for period in given_periods)
        assert sum(covers(*ends, day) for ends in spans) == int(before)
