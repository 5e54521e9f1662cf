"""The case desk and the manager's door: who opens what, that forms act, that queries do not grow."""

import re

import pytest
from django.urls import reverse

from funds.casefile.frozen import FrozenWords
from funds.choices.cases import CaseOutcome, CaseState, EvidenceKind, Regime
from funds.models import CatalogueItem, ExemptionCase
from funds.views.case_acts import ACTS
from innovation.accounts.choices import Role
from tests.factories.accounts import as_role
from tests.factories.organisations import OrganisationFactory
from tests.funds.case_scenes import Cast, case_in, fund_with_loss, manual_case, pdf

pytestmark = pytest.mark.django_db
S = CaseState
OFFICE = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR}
SITS = {Role.TALENT_OFFICER, Role.PATENT_OFFICER, Role.REVIEWER}


def text(response):
    return response.content.decode()


def token(page):
    return re.search(r'name="form_token" value="([^"]+)"', text(page)).group(1)


def send(client, address, **fields):
    page = client.get(address)
    assert page.status_code == 200, address
    return client.post(address, fields | {"form_token": token(page)}, headers={"accept-language": "en"})


def act(case, name):
    return reverse("funds:case_act", args=[case.pk, name])


def test_who_opens_the_desk(client):
    case, walk = case_in(S.ARCHIVED)
    sha = case.evidence.first().file_id
    pages = [reverse("funds:case", args=[case.pk]), reverse("funds:case_sealed", args=[case.pk]),
             reverse("funds:case_evidence", args=[case.pk, sha])]  # fmt: skip
    for role in (*Role, None):
        as_role(client, role)
        reads = 200 if role in OFFICE else 404 if role in SITS else 302 if role is None else 403
        assert [client.get(page).status_code for page in pages] == [reads] * 3, role
        listed = client.get(reverse("funds:cases"))
        assert listed.status_code == (200 if role in OFFICE | SITS else reads), role
        assert (case.code in text(listed)) == (role in OFFICE), role
        mine = client.get(reverse("funds:my_cases"))
        assert mine.status_code == (302 if role is None else 200), role
        assert case.code not in text(mine), role
        assert client.get(reverse("funds:my_case", args=[case.pk])).status_code == (302 if role is None else 404), role
    client.force_login(walk.cast.members[1])
    assert client.get(pages[0]).status_code == 200


@pytest.mark.parametrize("state", S)
@pytest.mark.usefixtures("undrawn")
def test_each_act_opens_only_where_it_fits(client, state):
    case, _walk = case_in(state)
    for role in (Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.AUDITOR, Role.REVIEWER):
        user = as_role(client, role)
        for name, page in ACTS.items():
            status = client.get(act(case, name)).status_code
            assert status == (200 if page.fits(case, user) and role != Role.REVIEWER else 404), (role, name)
            assert role != Role.AUDITOR or status == 404, name


@pytest.mark.parametrize("state", S)
def test_the_page_of_each_state_says_what_happens_next(client, state):
    case, walk = case_in(state)
    for user, address in ((walk.cast.officer, "funds:case"), (walk.cast.applicant, "funds:my_case")):
        client.force_login(user)
        page = text(client.get(reverse(address, args=[case.pk]), headers={"accept-language": "en"}))
        assert str(case.names.next_step) in page
        assert str(case.names.staff if user == walk.cast.officer else case.names.public) in page


def opened_by_form(client, cast):
    fund, holding = fund_with_loss()
    cast.speak_for(fund)
    client.force_login(cast.officer)
    opened = send(
        client, reverse("funds:case_open"), fund=fund.pk, investment=holding.code, loss_fen_amount="100",
        loss_fen_unit="wan", loss_on="2024-02-01", summary="Gave up.",
    )  # fmt: skip
    case = ExemptionCase.objects.get()
    assert opened.url == case.get_absolute_url()
    return case


def test_the_officer_freezes_answers_and_screens_by_the_forms(client):
    case = opened_by_form(client, Cast())
    send(client, act(case, "voter"), name="Voter", vote="for")
    send(client, act(case, "person"), name="Judged", function="Director", regime="LOCAL_SOE")
    refused = send(client, act(case, "freeze"), as_of="2024-02-01", no_minutes_reason="")
    assert (refused.status_code, "minutes" in text(refused)) == (422, True)
    send(client, act(case, "document"), file=pdf("minutes"), kind=EvidenceKind.MINUTES)
    assert send(client, act(case, "freeze"), as_of="2024-02-01").status_code == 302
    send(client, act(case, "start"))
    person, sha = case.persons.get(), case.evidence.get().file_id
    assert send(client, act(case, "finish-checklist")).status_code == 422
    duties = CatalogueItem.objects.filter(kind="DUTY", regimes__contains=["LOCAL_SOE"])
    answers = {f"answer_{duty.pk}": "MET" for duty in duties} | {f"evidence_{duty.pk}": sha for duty in duties}
    send(client, f"{act(case, 'checklist')}?person={person.pk}", **answers)
    assert case.checklistanswers.count() == 4
    assert send(client, act(case, "finish-checklist")).status_code == 302
    negative = CatalogueItem.objects.filter(kind="NEGATIVE")
    send(client, act(case, "screening"), **{f"answer_{item.pk}": "none" for item in negative})
    assert send(client, act(case, "finish-screening")).status_code == 302
    assert ExemptionCase.objects.get().state == S.STATEMENT


def test_the_manager_states_by_the_forms(client):
    case, walk = case_in(S.STATEMENT)
    client.force_login(walk.cast.applicant)
    mine = reverse("funds:my_case", args=[case.pk])
    assert "Write the statement" in text(client.get(mine, headers={"accept-language": "en"}))
    statement = reverse("funds:my_case_statement", args=[case.pk])
    assert send(client, statement, text="first words", draft="1").url == mine
    assert "first words" in text(client.get(statement))
    send(client, reverse("funds:my_case_document", args=[case.pk]), file=pdf("proof"), note="what we did")
    assert send(client, statement, text="final words").url == mine
    assert "final words" in text(client.get(mine))
    assert client.get(statement).status_code == 404


def test_evaluation_panel_and_appeal_by_the_forms(client):
    case, walk = case_in(S.EVALUATION)
    cast = walk.cast
    client.force_login(cast.officer)
    send(client, act(case, "document"), file=pdf("report"), kind=EvidenceKind.EVALUATION)
    report = case.evidence.get(kind=EvidenceKind.EVALUATION).file_id
    words = {"evaluator": "E", "independence": "none", "opinion": "EXEMPT", "text": "fine", "report": report}
    assert send(client, act(case, "evaluation"), organisation="nobody", **words).status_code == 422
    evaluator = OrganisationFactory()
    assert send(client, act(case, "evaluation"), organisation=evaluator.uscc, **words).status_code == 302
    send(client, act(case, "appoint"), user_email=cast.chair.email, is_chair="on")
    for member in cast.members:
        send(client, act(case, "appoint"), user_email=member.email)
    for user in (cast.chair, *cast.members):
        client.force_login(user)
        assert send(client, act(case, "vote"), outcome=CaseOutcome.PARTLY_EXEMPT, reasons="r").status_code == 302
    client.force_login(cast.chair)
    assert send(client, act(case, "decide"), outcome=CaseOutcome.PARTLY_EXEMPT, reasons="so").status_code == 302
    client.force_login(cast.applicant)
    page = text(client.get(reverse("funds:my_case", args=[case.pk]), headers={"accept-language": "en"}))
    assert "Partly exempt" in page
    assert "You may appeal once" in page
    assert send(client, reverse("funds:my_case_appeal", args=[case.pk]), text="no").status_code == 302
    assert ExemptionCase.objects.get().state == S.APPEAL


def test_two_clicks_make_one_case(client):
    fund, _holding = fund_with_loss()
    as_role(client, Role.FUND_OFFICER)
    address = reverse("funds:case_open")
    fields = {
        "fund": fund.pk, "loss_fen_amount": "1", "loss_fen_unit": "wan", "loss_on": "2024-02-01", "summary": "x",
        "form_token": token(client.get(address)),
    }  # fmt: skip
    first, second = client.post(address, fields), client.post(address, fields)
    assert first.url == second.url
    assert ExemptionCase.objects.count() == 1


def test_documents_come_as_downloads_only(client):
    case, walk = case_in(S.ARCHIVED)
    client.force_login(walk.cast.officer)
    response = client.get(reverse("funds:case_evidence", args=[case.pk, walk.minutes]))
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    sealed = client.get(reverse("funds:case_sealed", args=[case.pk]))
    assert sealed.content == bytes(case.sealed.content)
    assert f'filename="{case.code}.zip"' in sealed.headers["Content-Disposition"]


def test_a_hit_and_a_conflict_are_shown(client):
    case, walk = case_in(S.STATEMENT, hit=True, regime=Regime.SASAC_46, loss_fen=50_000_000 * 100)
    client.force_login(walk.cast.officer)
    page = text(client.get(case.get_absolute_url(), headers={"accept-language": "en"}))
    assert "only “not exempt” or “referred” remain" in page
    assert "Order 46 exempts nobody from a major asset loss" in page
    assert "Major asset loss (from 5,000.00" in page


def test_pages_cost_a_constant_number_of_queries(client, django_assert_max_num_queries):
    cast = Cast()
    case, _walk = case_in(S.ARCHIVED, cast)
    client.force_login(cast.officer)
    addresses = [reverse("funds:cases"), case.get_absolute_url()]
    counts = []
    for _round in range(2):
        for address in addresses:
            client.get(address)
        with django_assert_max_num_queries(45) as queries:
            for address in addresses:
                client.get(address)
        counts.append(len(queries))
        manual_case(Cast())
        manual_case(Cast())
    assert counts[0] == counts[1]


def test_the_list_is_filtered_and_sorted_by_deadline(client):
    case, walk = case_in(S.CHECKLIST)
    other = manual_case(Cast())
    ExemptionCase.objects.filter(pk=case.pk).update(due_on="2020-01-01")
    client.force_login(walk.cast.officer)
    rows = list(client.get(reverse("funds:cases")).context["table"].ordered())
    assert rows == [case, other]
    late = client.get(reverse("funds:cases"), {"due": "overdue"})
    assert list(late.context["table"].ordered()) == [case]
    assert "overdue" in text(client.get(reverse("funds:cases"), headers={"accept-language": "en"}))
    found = client.get(reverse("funds:cases"), {"state": "OPENED", "q": other.fund.code})
    assert list(found.context["table"].ordered()) == [other]


def test_the_frozen_set_shows_its_moments_in_the_time_of_the_office():
    times = {"as_of": "2024-06-30", "known_at": "2024-06-30T17:30:00+00:00", "decided_on": None}
    content = {
        "times": times, "ledger": {"seq": 1, "head": "0"}, "definition": {"version": "1"}, "engine": "1",
        "decision": {"voters": [], "minutes": [], "committee": [], "no_minutes_reason": ""},
    }  # fmt: skip
    assert "2024-07-01 01:30 CST" in dict(FrozenWords(content).summary().facts).values()
