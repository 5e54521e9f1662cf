"""People and their role profiles through the actions, the own profile page and the office's admin."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.calls import kinds
from innovation.core import transitions
from innovation.core.errors import RuleViolation
from innovation.core.forms import new_token
from innovation.core.models import OutboxMessage
from talent.actions import people, posts, roles
from talent.choices.people import RoleState
from talent.choices.privacy import Purpose
from talent.models import Affiliation, ConsentText, Evidence, Person, RoleProfile, Skill, SkillClaim
from talent.rules.roles import last_day
from tests.factories.accounts import UserFactory
from tests.factories.calls import ApplicationFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.factories.talent import AffiliationFactory, LaboratoryFactory, PersonFactory, RoleProfileFactory
from tests.factories.talent_privacy import agree

pytestmark = pytest.mark.django_db
SPECIMEN = "11010519491231002X"
SUSPECT = "110105194912310021"
PAGES = ("profile", "profile_edit", "profile_directory", "profile_available", "profile_post_add", "profile_role_add")
READERS = {Role.TALENT_OFFICER, Role.PRIVACY_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR}
MODELS = (Person, RoleProfile, Affiliation, Skill, SkillClaim, Evidence)


@pytest.fixture
def office():
    return UserFactory(role=Role.TALENT_OFFICER)


def code_of(act, **facts):
    with pytest.raises(RuleViolation) as refused:
        act(**facts)
    return refused.value.code


def test_a_profile_goes_through_verification_return_appeal_and_renewal(office):
    person = PersonFactory(with_account=True)
    profile = roles.open_profile(person_id=person.pk, kind="assistant", actor=person.user)
    begin = {"profile_id": profile.pk, "event": "submit", "actor": person.user}
    assert code_of(roles.step, **begin) == "CONSENT_MISSING"
    agree(person, Purpose.REGISTRY)
    assert roles.open_profile(person_id=person.pk, kind="assistant", actor=office) == profile

    def step(event, actor=office, reason=""):
        return roles.step(profile_id=profile.pk, event=event, actor=actor, reason=reason)

    step("submit", person.user)
    assert code_of(step, event="take_up", actor=person.user) == "NOT_PERMITTED"
    step("take_up")
    assert code_of(step, event="return") == "REASON_MISSING"
    step("return", reason="Contract is missing.")
    step("submit", person.user)
    step("take_up")
    step("reject", reason="Not in the city.")
    step("appeal", person.user, "I work here.")
    assert code_of(step, event="verify") == "SAME_OFFICER"
    other = UserFactory(role=Role.TALENT_OFFICER)
    done = step("verify", other)
    today = timezone.localdate()
    assert (done.state, done.valid_from, done.valid_until) == ("active", today, last_day(today))
    assert done.verified_by == other
    RoleProfile.objects.filter(pk=profile.pk).update(valid_until=today + timedelta(days=90))
    assert roles.sweep(today=today) == {"call_for_renewal": 1, "expire": 0}
    renewed = step("renew", other)
    assert renewed.valid_until == last_day(today + timedelta(days=91))
    assert renewed.valid_from == today
    assert roles.sweep(today=renewed.valid_until + timedelta(days=1)) == {"call_for_renewal": 0, "expire": 1}
    assert step("ask_again", person.user).state == RoleState.IN_VERIFICATION
    assert transitions.steps_of(profile).count() == 12
    # The person is told of each step but their own.
    assert OutboxMessage.objects.filter(recipient=person.user.email).count() == 8


def test_nobody_verifies_themselves():
    officer = UserFactory(role=Role.TALENT_OFFICER)
    profile = RoleProfileFactory(person__user=officer, state=RoleState.IN_VERIFICATION)
    assert code_of(roles.step, profile_id=profile.pk, event="verify", actor=officer) == "OWN_PROFILE"


def test_an_issued_registration_puts_the_profile_in_force_and_its_revocation_ends_it():
    kind = kinds.get("talent")
    case = ApplicationFactory(call__kind="talent", call__rules={"role_kind": "founder"}, state="entitled")
    made = kind.handler("issue")(case, None)
    profile = RoleProfile.objects.get(application=case)
    assert (profile.person.user, profile.kind, profile.state) == (case.created_by, "founder", "active")
    assert made["url"] == reverse("talent:profile")
    kind.handler("revoke")(case, None)
    profile.refresh_from_db()
    assert profile.state == RoleState.WITHDRAWN
    case.call.rules = {"role_kind": "wizard"}
    assert code_of(kind.check, call=case.call) == "ROLE_KIND"
    case.call.rules = {}
    assert code_of(kind.check, call=case.call) == "ROLE_KIND"


def test_a_post_is_confirmed_by_its_unit_and_never_exceeds_full_time(office):
    person = PersonFactory(with_account=True)
    laboratory = LaboratoryFactory()
    lead = MembershipFactory(organisation=laboratory.organisation).user
    facts = {
        "person_id": person.pk, "organisation": laboratory.organisation, "title": "实验员", "duty": "lab_operation",
        "post_class": "technical", "frascati_class": "technician", "fte_centi": 70, "valid_from": date(2026, 1, 1),
    }  # fmt: skip
    post = posts.record_post(**facts, laboratory=laboratory, actor=person.user)
    assert post.confirmed_at is None
    assert code_of(posts.confirm_post, post_id=post.pk, actor=person.user) == "NOT_PERMITTED"
    assert posts.confirm_post(post_id=post.pk, actor=lead).confirmed_by == lead
    assert code_of(posts.record_post, **facts, actor=office) == "FULL_TIME_EXCEEDED"
    assert code_of(posts.record_post, **facts | {"organisation": OrganisationFactory()}, actor=lead) == "NOT_PERMITTED"
    changed = posts.change_post(post_id=post.pk, actor=person.user, valid_to=date(2026, 6, 30))
    assert changed.confirmed_at is None
    posts.confirm_post(post_id=post.pk, actor=lead)
    assert posts.change_post(post_id=post.pk, actor=lead, title="高级实验员").confirmed_by == lead
    moved = posts.change_post(post_id=post.pk, actor=lead, organisation=OrganisationFactory(), laboratory=None)
    assert moved.confirmed_by is None, "the lead of one organisation confirms nothing for another"
    posts.change_post(post_id=post.pk, actor=office, organisation=laboratory.organisation)
    assert posts.record_post(**facts | {"valid_from": date(2026, 7, 1)}, actor=office).confirmed_by == office
    other = LaboratoryFactory()
    assert code_of(posts.change_post, post_id=post.pk, actor=office, laboratory=other) == "OTHER_ORGANISATION"


def test_an_orcid_is_kept_in_one_form_once_and_verified_by_the_office_alone(office):
    person = PersonFactory(with_account=True)
    act = {"person_id": person.pk, "actor": person.user}
    assert code_of(people.change_person, **act, orcid_text="0000-0002-1825-0098") == "ORCID"
    done = people.change_person(**act, orcid_text="https://orcid.org/0000-0002-1694-233x")
    assert (done.orcid, done.orcid_state) == ("0000-0002-1694-233X", "self_declared")
    assert code_of(people.verify_orcid, **act) == "NOT_PERMITTED"
    assert people.verify_orcid(person_id=person.pk, actor=office).orcid_state == "verified"
    other = PersonFactory()
    taken = {"person_id": other.pk, "actor": office, "orcid_text": "0000000216 94233X".replace(" ", "")}
    assert code_of(people.change_person, **taken) == "ORCID_TAKEN"
    changed = people.change_person(**act, orcid_text="0000-0001-5109-3700")
    assert (changed.orcid_state, changed.orcid_verified_at) == ("self_declared", None)


def test_the_own_profile_begins_is_corrected_and_is_seen_by_nobody_else(client):
    user, other = UserFactory(role=Role.APPLICANT, name="钱学森"), PersonFactory(with_account=True)
    client.force_login(user)
    assert "Begin my profile" in client.get(reverse("talent:profile")).text
    edit = reverse("talent:profile_edit")
    assert 'value="学森"' in client.get(edit).text
    answers = {"family_name": "钱", "given_name": "学森", "offers": "航天", "form_token": new_token()}
    words = ConsentText.objects.current().get(purpose=Purpose.REGISTRY)
    assert words.text_zh in client.get(edit, headers={"accept-language": "zh-hans"}).text
    for text, told in ((SPECIMEN, "such numbers are never kept"), (SUSPECT, "looks like the number")):
        refused = client.post(edit, answers | {"former_names": f"证{text}"})
        assert refused.status_code == 422
        assert told in refused.text
    assert not Person.objects.filter(user=user).exists()
    assert client.post(edit, answers).status_code == 422  # without the consent there is no record
    stale = client.post(edit, answers | {"agreed": words.pk + 100}, headers={"accept-language": "en"})
    assert "The words have changed meanwhile" in stale.text
    assert not Person.objects.exclude(pk=other.pk).exists()
    assert client.post(edit, answers | {"agreed": words.pk}).status_code == 302
    person = Person.objects.get(user=user)
    confirmed = answers | {"former_names": SUSPECT, "no_identity_number": "on", "form_token": new_token()}
    assert client.post(edit, confirmed).status_code == 302
    page = client.get(reverse("talent:profile")).text
    assert "航天" in page
    assert other.whole_name not in page
    public = ConsentText.objects.current().get(purpose=Purpose.DIRECTORY)
    directory = client.get(reverse("talent:profile_directory"), headers={"accept-language": "en"}).text
    assert public.text_en in directory
    assert f"text {public.version}, in force since" in directory
    listing = {"is_listed": public.pk, "shown": ["skills"], "form_token": new_token()}
    client.post(reverse("talent:profile_directory"), listing)
    client.post(reverse("talent:profile_available"), {"form_token": new_token()})
    client.post(reverse("talent:profile_role_add"), {"kind": "tech_manager", "form_token": new_token()})
    person.refresh_from_db()
    assert (person.is_listed, person.shown_fields) == (True, ["skills"])
    assert set(person.consents.values_list("text", "purpose")) == {(words.pk, "registry"), (public.pk, "directory")}
    assert person.available_until == timezone.localdate() + timedelta(days=90)
    profile = person.roles.get()
    assert profile.state == RoleState.SUBMITTED
    step = reverse("talent:profile_role_step", args=[profile.pk, "withdraw"])
    assert client.get(reverse("talent:profile_role_step", args=[profile.pk, "verify"])).status_code == 404
    client.force_login(other.user)
    assert client.get(step).status_code == 404
    client.force_login(user)
    assert client.post(step, {"reason": "", "form_token": new_token()}).status_code == 302
    profile.refresh_from_db()
    assert profile.state == RoleState.WITHDRAWN


def test_a_post_is_told_and_ended_on_the_own_pages(client):
    person, organisation = PersonFactory(with_account=True), OrganisationFactory()
    client.force_login(person.user)
    answers = {
        "organisation": organisation.uscc, "title": "科研助理", "duty": "project_support", "post_class": "technical",
        "frascati_class": "support", "fte_centi": "60", "valid_from": "2026-01-01", "form_token": new_token(),
    }  # fmt: skip
    assert client.post(reverse("talent:profile_post_add"), answers).status_code == 302
    again = client.post(reverse("talent:profile_post_add"), answers | {"form_token": new_token()})
    assert again.status_code == 422
    assert "exceed full time" in again.text
    post = person.affiliations.get()
    page = reverse("talent:profile_post", args=[post.pk])
    assert organisation.uscc in client.get(page).text
    assert client.post(page, answers | {"valid_to": "2026-03-31", "form_token": new_token()}).status_code == 302
    post.refresh_from_db()
    assert post.valid_to == date(2026, 3, 31)


def test_own_pages_are_for_applicants_and_the_offices_records_for_those_the_table_names(client):
    for role in [*Role, None]:
        user = UserFactory(role=role) if role else None
        client.logout() if user is None else client.force_login(user)
        expected = {Role.APPLICANT: 200, None: 302}.get(role, 403)
        for page in PAGES if role == Role.APPLICANT else PAGES[:1]:
            wanted = 404 if role == Role.APPLICANT and page not in {"profile", "profile_edit"} else expected
            assert client.get(reverse(f"talent:{page}")).status_code == wanted, (role, page)
        if user is None:
            continue
        for model in MODELS:
            may = user.has_perm(f"talent.view_{model._meta.model_name}")
            assert may is (role in READERS), (role, model)
            writers = {Role.ADMINISTRATOR} if model is Evidence else {Role.TALENT_OFFICER, Role.ADMINISTRATOR}
            assert user.has_perm(f"talent.change_{model._meta.model_name}") is (role in writers)


def test_what_one_sees_is_the_own_record_or_all_for_the_office(office):
    post = AffiliationFactory(person=PersonFactory(with_account=True))
    profile = RoleProfileFactory(person=post.person)
    stranger = PersonFactory(with_account=True).user
    lead = MembershipFactory(organisation=post.organisation).user
    for user, seen in ((post.person.user, (1, 1, 1)), (stranger, (0, 0, 0)), (lead, (0, 0, 1)), (office, (1, 1, 1))):
        rows = (Person.objects.filter(pk=post.person_id), RoleProfile.objects.filter(pk=profile.pk))
        found = (*(each.visible_to(user).count() for each in rows), Affiliation.objects.visible_to(user).count())
        assert found == seen


def test_the_office_records_corrects_and_verifies_in_the_admin(client, office, django_assert_max_num_queries):
    client.force_login(office)
    form = {"family_name": "孙", "given_name": "思邈", "orcid_text": "0000-0002-1825-0097"}
    add = reverse("admin:talent_person_add")
    assert "such numbers are never kept" in client.post(add, form | {"offers": SPECIMEN}).text
    assert client.post(add, form).status_code == 302
    person = Person.objects.get()
    assert client.post(add, form).context["adminform"].form.errors["orcid_text"]
    for act, data in (("verify-orcid", {}), ("correct", {"family_name": "孙", "given_name": "思", "orcid_text": ""})):
        assert client.post(reverse("admin:talent_person_act", args=[person.pk, act]), data).status_code == 302
    person.refresh_from_db()
    assert (person.given_name, person.orcid, person.orcid_state) == ("思", None, "none")
    profile = RoleProfileFactory(person=person, state=RoleState.SUBMITTED)
    for act in ("take-up", "verify"):
        page = reverse("admin:talent_roleprofile_act", args=[profile.pk, act])
        assert client.post(page, {"reason": ""}).status_code == 302
    profile.refresh_from_db()
    assert profile.state == RoleState.ACTIVE
    assert "sunsi" in client.get(reverse("admin:talent_person_changelist"), {"q": "sunsi"}).text
    counts = []
    for more in (1, 2):
        for _number in range(more):
            RoleProfileFactory(person=AffiliationFactory(laboratory=LaboratoryFactory()).person)
        counts.append([])
        for model in MODELS:
            with django_assert_max_num_queries(25) as queries:
                assert client.get(reverse(f"admin:talent_{model._meta.model_name}_changelist")).status_code == 200
            counts[-1].append(sum(query["sql"].startswith("SELECT") for query in queries))
    assert all(three <= one for one, three in zip(*counts, strict=True))
