"""Two records of one person: found, compared, merged; nothing is lost and nothing is counted twice."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from innovation.core.forms import new_token
from talent.actions.merging import merge_people, preview
from talent.actions.reading import record_reads
from talent.models import AccessLog, ConflictDeclaration, Evidence, Person, PersonMerge, Skill, SkillClaim
from talent.queries.duplicates import pairs
from tests.factories.accounts import UserFactory, as_role
from tests.factories.organisations import OrganisationFactory
from tests.factories.talent import AffiliationFactory, PersonFactory, RoleProfileFactory

pytestmark = pytest.mark.django_db


def twins(**second):
    """Two records of one name who shared an organisation."""
    named = {"family_name": "钱", "given_name": "学森"}
    ours = PersonFactory(**named, name_en="")
    theirs = PersonFactory(**named, **{"name_en": "Qian Xuesen", **second})
    post = AffiliationFactory(person=ours, fte_centi=60)
    AffiliationFactory(person=theirs, organisation=post.organisation, fte_centi=40)
    return ours, theirs


def test_pairs_are_found_by_name_those_of_one_organisation_first(django_assert_num_queries):
    PersonFactory(family_name="钱", given_name="学", name_en="")
    a, b = (PersonFactory(family_name="王", given_name="伟", name_en="") for _number in range(2))
    ours, theirs = twins()
    PersonFactory(family_name="忘", given_name="伟", name_en="")
    with django_assert_num_queries(2):
        found = pairs()
    assert [(pair.first, pair.second, pair.together) for pair in found] == [(ours, theirs, True), (a, b, False)]


def test_a_merge_moves_everything_and_leaves_a_signpost():
    officer = UserFactory(role=Role.TALENT_OFFICER)
    ours, theirs = twins(orcid="0000-0002-1825-0097", orcid_state="self_declared", offers="航天")
    AffiliationFactory(person=theirs, valid_from=date(2020, 1, 1), valid_to=date(2020, 12, 31))
    RoleProfileFactory(person=ours, kind="founder", state="submitted")
    further = RoleProfileFactory(person=theirs, kind="founder")
    skill, other = Skill.objects.claimable()[:2]
    claimed = SkillClaim.objects.create(person=ours, skill=skill, level=3)
    proven = SkillClaim.objects.create(
        person=theirs, skill=skill, level=2, state="verified", verified_on=date(2026, 1, 1)
    )
    SkillClaim.objects.create(person=theirs, skill=other, level=1)
    paper = Evidence.objects.create(person=ours, kind="other", title="A")
    paper.claims.add(claimed)
    record_reads(officer, theirs, ["name_zh"], "case")
    owner = OrganisationFactory()
    ConflictDeclaration.objects.create(person=theirs, organisation=owner, source="equity", declared_by=officer)
    shown = preview(ours, theirs)
    assert shown.refusal is None
    assert {choice.name: choice.kept for choice in shown.fields if choice.differs} == {
        "name_en": "loser", "offers": "loser",
    }  # fmt: skip
    merge = merge_people(survivor_id=ours.pk, loser_id=theirs.pk, actor=officer, reason="Same person")
    assert ConflictDeclaration.objects.live(timezone.localdate()).filter(person=ours, organisation=owner).exists()
    assert AccessLog.objects.get().person == theirs, "a read stays as it was written down"
    ours.refresh_from_db()
    theirs.refresh_from_db()
    assert (ours.orcid, ours.offers, ours.name_en) == ("0000-0002-1825-0097", "航天", "Qian Xuesen")
    assert (theirs.merged_into, theirs.orcid, theirs.affiliations.count()) == (ours, None, 0)
    assert ours.affiliations.count() == 3
    assert set(ours.roles.values_list("state", flat=True)) == {"withdrawn", "active"}
    further.refresh_from_db()
    assert further.person == ours
    assert set(ours.skills.values_list("skill", "state")) == {(skill.pk, "verified"), (other.pk, "claimed")}
    proven.refresh_from_db()
    assert paper.claims.get() == proven
    assert merge.moved["talent.Affiliation.person"] == 2
    assert "学森" not in str(merge.choices) + str(merge.moved)
    assert list(Person.objects.current()) == [ours]
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonMerge.objects.filter(pk=merge.pk).update(reason="other")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"orcid": "0000-0001-5109-3700", "orcid_state": "self_declared"}, "MERGE_TWO_IDS"),
        ({"with_account": True}, "MERGE_TWO_ACCOUNTS"),
        ({}, "MERGE_CONFLICT"),
    ],
)
def test_two_people_are_not_merged(change, code):
    ours, theirs = twins(**change)
    Person.objects.filter(pk=ours.pk).update(
        orcid="0000-0002-1825-0097", orcid_state="self_declared", user=UserFactory()
    )
    if code == "MERGE_CONFLICT":
        AffiliationFactory(person=theirs, fte_centi=10)
    officer = UserFactory(role=Role.TALENT_OFFICER)
    with pytest.raises(RuleViolation) as refused:
        merge_people(survivor_id=ours.pk, loser_id=theirs.pk, actor=officer)
    assert refused.value.code == code
    assert not PersonMerge.objects.exists()
    assert Person.objects.current().count() == 2


def test_the_pages_are_for_the_office_show_what_moves_and_merge_once(client):
    ours, theirs = twins()
    pages = [reverse("talent:duplicates"), reverse("talent:merge", args=[ours.pk, theirs.pk])]
    for role in Role:
        as_role(client, role)
        status = 200 if role in {Role.TALENT_OFFICER, Role.ADMINISTRATOR} else 403
        assert [client.get(page).status_code for page in pages] == [status, status], role
    as_role(client, Role.TALENT_OFFICER)
    assert pages[1] in client.get(pages[0]).text
    assert "Posts held: 1" in client.get(pages[1]).text
    assert {row.person_id for row in AccessLog.objects.all()} == {ours.pk, theirs.pk}
    form = {"reason": "one person", "keep_name_en": "loser", "form_token": new_token()}
    assert client.post(pages[1], form).url == reverse("talent:person", args=[ours.pk])
    assert client.post(pages[1], form).status_code in {302, 422}
    assert PersonMerge.objects.count() == 1
    assert "merged into another one" in client.get(reverse("talent:person", args=[theirs.pk])).text
    assert client.get(reverse("admin:talent_personmerge_changelist")).status_code == 200
    assert client.get(reverse("admin:talent_person_changelist") + "export/?as=csv").status_code == 403
