"""The doors of the support ratio: pages, files, admin and API, by role; queries do not grow with laboratories."""

import csv
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from rest_framework.test import APIClient

from innovation.accounts.choices import Role
from innovation.core.home import cards_for
from innovation.organisations.choices import MembershipRole
from innovation.reports.content import from_plain, plain
from talent.actions import plans, ratio
from talent.demo.ratio import HOSTS, make_ratio
from talent.models import RatioDefinition, RatioMonthEnd, StaffPlan, StaffReturn
from talent.queries.plans import PlanInputs
from talent.queries.ratio import Scope
from talent.reports.support_ratio import build
from tests.factories.accounts import UserFactory, as_role
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.factories.talent import LaboratoryFactory
from tests.factories.talent_ratio import staffed

pytestmark = pytest.mark.django_db
MONTH = date(2026, 3, 31)
SEES = {Role.TALENT_OFFICER, Role.PROGRAMME_MANAGER, Role.PRIVACY_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR}
SAVES = {Role.TALENT_OFFICER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}


@pytest.fixture
def month():
    """P 10 and S 3 in one laboratory, P 5 and unknown S in another organisation's."""
    staffed(LaboratoryFactory(name_zh="甲实验室"), researchers=10, technicians=3)
    staffed(LaboratoryFactory(name_zh="乙实验室"), researchers=5)
    return ratio.keep_month(as_of=MONTH)


def a_plan(month, name="Plan"):
    officer = UserFactory(role=Role.TALENT_OFFICER)
    asked = {"month": month, "definition": month.main, "scope": Scope(), "inputs": PlanInputs(), "actor": officer}
    return plans.save_plan(name=name, **asked)


@pytest.mark.usefixtures("undrawn")
def test_who_sees_which_page(client, month):
    saved = a_plan(month)
    pages = [reverse(f"talent:{name}") for name in ("ratio", "ratio_plan", "staff_plans")]
    pages.append(saved.get_absolute_url())
    for role in (None, *Role):
        user = as_role(client, role)
        expected = 302 if role is None else 200 if role in SEES else 403
        # Drawing takes time: of those who see, one opens them all.
        opened = pages if role not in SEES or role == Role.AUDITOR else pages[2:3]
        assert {client.get(page).status_code for page in opened} == {expected}, role
        archive = client.get(reverse("talent:staff_plan_archive", args=[saved.pk])).status_code
        assert archive == (302 if role is None else 200 if role in SAVES else 403), role
        if user is not None:
            assert bool(cards_for(user) and any("/ratio/" in card.href for card in cards_for(user))) == (role in SEES)


def test_the_board_tells_both_gaps_the_definition_and_what_is_unknown(client, month):
    as_role(client, Role.PROGRAMME_MANAGER)
    page = client.get(reverse("talent:ratio")).text
    assert "For ten professionals there are 3.00 supporting staff (reference 6.0)" in page
    assert "Frascati Manual (B1)" in page
    assert "Figure of an article, not verified" in page
    assert "3.00 in place, 3.00 missing, 0 above need" in page
    assert page.count("No complete list of posts: not known, which is not zero.") > 4
    rows = client.get(reverse("talent:ratio"), {"export": "csv"}).getvalue().decode()
    assert "Reference 6 per 10" in rows
    # What is not known stands empty in a file, and never as zero.
    cells = [line for line in csv.reader(rows.splitlines()) if len(line) > 4 and line[2] in {"5", "5.00"}]
    assert [line[3:7] for line in cells] == [["", "", "", ""]], rows
    chinese = client.get(reverse("talent:ratio"), headers={"accept-language": "zh-hans"}).text
    assert "文章数据" in chinese
    other = client.get(reverse("talent:ratio"), {"definition": "C"}).text
    assert "Classes of posts (C1)" in other
    both = {"organisation": month.snapshots.first().organisation_id, "programme": "x"}
    assert client.get(reverse("talent:ratio"), both).status_code == 200


def test_queries_of_the_board_do_not_grow(client, month):
    as_role(client, Role.PROGRAMME_MANAGER)
    counts = []
    for as_of in (MONTH, date(2026, 4, 30)):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("talent:ratio"), {"as_of": as_of}).status_code == 200
        counts.append(len(queries))
        if as_of == MONTH:
            for _ in range(4):
                staffed(researchers=1, technicians=1)
            ratio.keep_month(as_of=date(2026, 4, 30))
            client.get(reverse("talent:ratio"))
    assert counts[0] == counts[1]
    assert counts[1] < 25


def test_a_plan_is_asked_in_the_address_saved_and_archived(client, month):
    as_role(client, Role.PROGRAMME_MANAGER)
    page = client.get(reverse("talent:ratio_plan"))
    form = page.context["form"]
    asked = {field.html_name: field.value() for field in form if field.name not in {"hire", "trainee"}}
    asked = {name: "" if value is None else value for name, value in asked.items()}
    for name in ("hire", "trainee", "shared_post", "kept_post"):
        asked.pop(name, None)
        asked |= {f"{name}_amount": "2", f"{name}_unit": "wan"}
    asked |= {"hires": "1", "trainees": "0", "quarters": "4", "definition": "B"}
    answer = client.get(reverse("talent:ratio_plan"), asked)
    assert answer.status_code == 200, answer.context["form"].errors
    assert "Levers side by side" in answer.text
    wrong = client.get(reverse("talent:ratio_plan"), asked | {"pass_rate": "120"})
    assert wrong.status_code == 422
    save = answer.context["save"]
    sent = {
        "name": "Four quarters",
        "note": "",
        "inputs": save["inputs"].value(),
        "form_token": save["form_token"].value(),
    }
    saved = client.post(f"{reverse('talent:staff_plan_save')}?definition=B", sent)
    plan = StaffPlan.objects.get()
    assert (saved.status_code, saved.url) == (302, plan.get_absolute_url())
    assert (plan.inputs["hires"], plan.inputs["quarters"], plan.inputs["hire_fen"]) == ("1", 4, 2_000_000)
    assert "Four quarters" in client.get(reverse("talent:staff_plans")).text
    confirm = client.get(reverse("talent:staff_plan_archive", args=[plan.pk]))
    token = {"form_token": confirm.context["form"]["form_token"].value()}
    assert client.post(reverse("talent:staff_plan_archive", args=[plan.pk]), token).status_code == 302
    assert "Four quarters" not in client.get(reverse("talent:staff_plans")).text


def test_a_unit_officer_sees_his_own_laboratories_and_says_that_a_list_is_complete(client):
    laboratory = staffed(researchers=5)
    other = staffed(LaboratoryFactory(name_en="Foreign laboratory"), researchers=5)
    lead, viewer = (
        MembershipFactory(organisation=laboratory.organisation, role=role).user
        for role in (MembershipRole.LEAD, MembershipRole.VIEWER)
    )
    own, complete = reverse("talent:own_laboratories"), reverse("talent:list_complete", args=[laboratory.pk])
    client.force_login(viewer)
    page = client.get(own).text
    assert laboratory.name_en in page
    assert other.name_en not in page
    assert complete not in page
    assert client.get(complete).status_code == 404
    client.force_login(lead)
    assert complete in client.get(own).text
    assert client.get(reverse("talent:list_complete", args=[other.pk])).status_code == 404
    form = client.get(complete).context["form"]
    today = timezone.localdate()
    sent = {"as_of": today.isoformat(), "note": "", "form_token": form["form_token"].value()}
    assert client.post(complete, sent).status_code == 302
    assert StaffReturn.objects.get().declared_by == lead
    assert "laboratory by laboratory 3 posts are missing" in client.get(own).text.lower()
    client.force_login(UserFactory())
    assert "No laboratory of your organisations is registered" in client.get(own).text


def test_the_report_says_the_same_in_both_languages_and_holds_no_float(month):
    plan = a_plan(month)
    for language in ("en", "zh-hans"):
        with translation.override(language):
            data = build({"plan": plan}, as_of=date(2026, 5, 1), known_at=timezone.now(), language=language)
            assert from_plain(plain(data)) == from_plain(plain(from_plain(plain(data))))
    figures = data.sections[0].figures
    assert [getattr(figure.value, "value", None) for figure in figures[:5]] == [3, 3, 3, 0, 1]
    before = build({}, as_of=date(2026, 3, 1), known_at=timezone.now(), language="en")
    assert before.sections == ()


def client_of(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def test_the_api_by_role(month):
    a_plan(month)
    laboratory = month.snapshots.first().laboratory
    for role in Role:
        client = client_of(UserFactory(role=role))
        seen = role in SEES
        board = client.get(reverse("api:supportratio-list"))
        assert board.status_code == (200 if seen else 403)
        for name, rows in (
            ("ratiosnapshot", 6),
            ("staffplan", StaffPlan.objects.count()),
            ("ratiomonthend", 1),
            ("ratiodefinition", 3),
        ):
            shown = client.get(reverse(f"api:{name}-list")).json()["results"]
            assert len(shown) == (rows if seen or name == "ratiodefinition" else 0), (role, name)
        plan = {"name": f"{role}", "month": month.pk, "definition": month.main_id, "inputs": {"hires": "3/2"}}
        made = client.post(reverse("api:staffplan-list"), plan, format="json")
        assert made.status_code == (201 if role in SAVES else 403), (role, made.json())
        said = client.post(
            reverse("api:staffreturn-list"), {"laboratory": laboratory.pk, "as_of": "2026-05-01"}, format="json"
        )
        allowed = role in {Role.TALENT_OFFICER, Role.ADMINISTRATOR}
        assert said.status_code == (403 if not allowed else 201 if role == Role.TALENT_OFFICER else 422), role
    board = client_of(UserFactory(role=Role.AUDITOR)).get(reverse("api:supportratio-list")).json()
    assert (board["ratio_per_10"], board["unknown"], board["sum_gap_posts"]) == ([3, 1], 1, 3)
    assert [unit["s_fte_centi"] for unit in board["units"]] == [300, None]
    projection = client.get(reverse("api:staffplan-projection", args=[StaffPlan.objects.first().pk])).json()
    assert set(projection) == {"low", "base", "high"}
    taken = client.post(reverse("api:ratiomonthend-list"), {"as_of": "2026-03-31"}, format="json")
    assert (taken.status_code, "MONTH_KEPT" in taken.content.decode()) == (422, True)
    wrong = plan | {"name": "wrong", "inputs": {"pass_rate": 0.85}}
    assert client.post(reverse("api:staffplan-list"), wrong, format="json").status_code in {400, 422}


def test_the_office_renews_and_chooses_in_the_admin(client, month):
    as_role(client, Role.TALENT_OFFICER)
    row = RatioDefinition.objects.get(code="B")
    for name in (
        "ratiodefinition",
        "ratiomonthend",
        "ratiosnapshot",
        "staffreturn",
        "laboratoryprogramme",
        "staffplan",
    ):
        assert client.get(reverse(f"admin:talent_{name}_changelist")).status_code == 200, name
    act = reverse("admin:talent_ratiodefinition_act", args=[row.pk, "renew"])
    form = client.get(act).context["form"]
    sent = {field.html_name: field.value() for field in form} | {"valid_from": "2026-04-01", "target_num": "7"}
    done = client.post(act, sent)
    assert done.status_code == 302, done.context["form"].errors
    new = RatioDefinition.objects.get(code="B", version=2)
    assert (new.target_num, new.chosen, new.support) == (7, True, row.support)
    choose = reverse("admin:talent_ratiodefinition_act", args=[RatioDefinition.objects.get(code="A").pk, "choose"])
    assert client.post(choose).status_code == 302
    added = client.post(reverse("admin:talent_ratiomonthend_add"), {"as_of": "2026-02-28"})
    assert (added.status_code, RatioMonthEnd.objects.count()) == (302, 2)


def test_the_demonstration_shows_every_kind_of_laboratory(client, monkeypatch):
    hosts = [OrganisationFactory(name_zh=name) for name in HOSTS]
    monkeypatch.setattr("talent.demo.ratio.of_role", lambda code: hosts)
    UserFactory(role=Role.PROGRAMME_MANAGER, email="programme_manager@demo.innovation.example")
    make_ratio()
    make_ratio()
    month = RatioMonthEnd.objects.first()
    rows = list(month.snapshots.filter(definition=month.main))
    assert len(rows) == 12
    assert any(row.s_fte_centi == 0 for row in rows)
    assert any(row.s_fte_centi is None for row in rows)
    assert any(row.p_fte_centi == 0 for row in rows)
    assert StaffPlan.objects.count() == 1
