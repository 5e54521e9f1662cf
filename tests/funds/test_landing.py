"""Landing agreements: status by date, exact claw-back, two people, and what the database refuses."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from funds.actions import landing as actions
from funds.models import ClawBack, DutyActual, LandedDuty, LandedProject, ProofFile
from funds.queries.landing import project_lines
from funds.queries.sums import Moment
from funds.rules import landing as rules
from funds.rules.landing import Actual, Duty, DutyStatus
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from innovation.core.forms import new_token
from tests.factories.accounts import UserFactory, as_role, manager, officer
from tests.funds.claiming import proof
from tests.funds.scenes import WAN
from tests.funds.valuing import holding
from tests.refusals import refused

pytestmark = pytest.mark.django_db
DUE = date(2024, 6, 30)
READERS = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR}
KEEPERS = {Role.FUND_OFFICER, Role.ADMINISTRATOR}
DECIDERS = {Role.PROGRAMME_MANAGER, Role.FINANCE, Role.ADMINISTRATOR}
ENGLISH = {"accept-language": "en"}


@pytest.mark.parametrize(
    ("told", "as_of", "status"),
    [
        ([], DUE, DutyStatus.RUNNING),
        ([], DUE + timedelta(days=1), DutyStatus.MISSED),
        ([(DUE, 60)], DUE + timedelta(days=1), DutyStatus.PARTLY),
        ([(DUE, 0)], DUE + timedelta(days=1), DutyStatus.MISSED),
        ([(DUE, 100)], DUE, DutyStatus.MET),
        ([(DUE + timedelta(days=9), 100)], DUE + timedelta(days=8), DutyStatus.MISSED),
        ([(DUE + timedelta(days=9), 100)], DUE + timedelta(days=9), DutyStatus.MET),
        ([(DUE, 100), (DUE, 60)], DUE + timedelta(days=1), DutyStatus.PARTLY),
    ],
)
def test_a_duty_stands_by_what_was_told_by_the_day(told, as_of, status):
    actuals = [Actual(day, value, order) for order, (day, value) in enumerate(told)]
    assert rules.status(Duty(100, DUE), actuals, as_of) == status


@pytest.mark.parametrize(
    ("reached", "stake", "owed", "missing"),
    [(0, 300, 300, Fraction(1)), (60, 300, 120, Fraction(2, 5)), (100, 300, 0, 0), (130, 300, 0, 0),
     (1, 100, 99, Fraction(99, 100)), (33, 1, 1, Fraction(67, 100)), (60, 1, 0, Fraction(2, 5))],
)  # fmt: skip
def test_what_is_owed_back_is_the_share_that_was_missing_on_the_due_day(reached, stake, owed, missing):
    told = [Actual(DUE, reached), Actual(DUE + timedelta(days=1), 100)]
    duty = Duty(100, DUE, stake)
    assert (rules.claw_back(duty, told), rules.shortfall(duty, told)) == (owed, missing)


def project(investment=None, **changes):
    facts = {"name": "Plant", "place": "North", "agreement": "Agreement 3", "signed_on": date(2023, 3, 1)} | changes
    return actions.record_project(investment=investment or holding(), actor=officer(), **facts)


def duty(row=None, **changes):
    facts = {"kind": "JOBS", "target": 400, "due_on": DUE, "stake_fen": 800 * WAN} | changes
    return actions.add_duty(project_id=(row or project()).pk, actor=officer(), **facts)


def actual(row, value=300, day=DUE, **changes):
    facts = {"valid_at": day, "value": value, "document": "Report 4"} | changes
    return actions.record_actual(duty_id=row.pk, actor=officer(), **facts)


def proposed(value=300):
    row = duty()
    actual(row, value)
    return actions.propose_claw_back(duty_id=row.pk, actor=officer())


def test_a_claw_back_is_computed_demanded_by_another_person_and_paid():
    row = proposed()
    assert (row.amount_fen, row.shortfall) == (200 * WAN, Fraction(1, 4))
    demanded = actions.demand_claw_back(claw_back_id=row.pk, reason="clause 7", actor=manager())
    assert demanded.state == "DEMANDED"
    paid = actions.pay_claw_back(claw_back_id=row.pk, paid_on=date(2024, 9, 1), actor=manager())
    assert (paid.state, paid.paid_on) == ("PAID", date(2024, 9, 1))


def demand(row, actor):
    return actions.demand_claw_back(claw_back_id=row.pk, reason="clause 7", actor=actor)


def waive(row, actor):
    return actions.waive_claw_back(claw_back_id=row.pk, reason="flood", actor=actor)


def pay(row, actor):
    return actions.pay_claw_back(claw_back_id=row.pk, paid_on=date(2024, 9, 1), actor=actor)


def in_state(state):
    row = proposed()
    if state in {"DEMANDED", "PAID"}:
        demand(row, manager())
    if state == "PAID":
        pay(row, manager())
    if state == "WAIVED":
        waive(row, manager())
    return ClawBack.objects.get(pk=row.pk)


MOVES = {"demand": (demand, {"PROPOSED"}), "waive": (waive, {"PROPOSED", "DEMANDED"}), "pay": (pay, {"DEMANDED"})}


@pytest.mark.parametrize("event", MOVES)
def test_who_decides_a_claw_back_in_which_state(event):
    move, states = MOVES[event]
    actors = {role: UserFactory(role=role) for role in Role}
    for state in ClawBack.State.values:
        row = in_state(state)
        for role, actor in actors.items():
            with transaction.atomic():
                if role not in DECIDERS:
                    with pytest.raises(PermissionDenied):
                        move(row, actor)
                elif state not in states:
                    with pytest.raises(RuleViolation) as refused:
                        move(row, actor)
                    assert refused.value.code == "NO_SUCH_TRANSITION"
                else:
                    assert move(row, actor).state != state
                transaction.set_rollback(True)


def test_who_proposed_does_not_decide():
    actor = UserFactory(role=Role.ADMINISTRATOR)
    row = duty()
    claim = actions.propose_claw_back(duty_id=row.pk, actor=actor)
    with pytest.raises(RuleViolation) as refused:
        demand(claim, actor)
    assert refused.value.code == "FOUR_EYES"


@pytest.mark.parametrize(
    ("work", "code"),
    [
        (lambda: duty(target=0), "DUTY_TARGET"),
        (lambda: duty(stake_fen=-1), "DUTY_TARGET"),
        (lambda: duty(due_on=date(2023, 3, 1)), "DUTY_DUE"),
        (lambda: project(signed_on=date(2999, 1, 1)), "DAY_IN_FUTURE"),
        (lambda: actual(duty(), -1), "ACTUAL_NEGATIVE"),
        (lambda: actual(duty(), document=" "), "EVIDENCE_MISSING"),
        (lambda: actual(duty(), day=date(2999, 1, 1)), "DAY_IN_FUTURE"),
        (lambda: actions.propose_claw_back(duty_id=duty(due_on=date(2999, 1, 1)).pk, actor=officer()), "DUTY_RUNNING"),
        (lambda: proposed(400), "NOTHING_OWED"),
        (lambda: actions.propose_claw_back(duty_id=proposed().duty_id, actor=officer()), "CLAWBACK_EXISTS"),
        (lambda: actions.waive_claw_back(claw_back_id=proposed().pk, reason=" ", actor=manager()), "REASON_MISSING"),
    ],
)
def test_what_is_refused_in_words(work, code):
    with pytest.raises(RuleViolation) as refused:
        work()
    assert refused.value.code == code


def test_the_same_agreement_or_duty_is_recorded_once():
    row = project()
    with pytest.raises(RuleViolation) as refused:
        project(row.investment)
    assert refused.value.code == "AGREEMENT_EXISTS"
    duty(row)
    with pytest.raises(RuleViolation) as refused:
        duty(row)
    assert refused.value.code == "DUTY_EXISTS"


def test_a_project_stands_beside_the_loss_of_its_holding_at_two_times():
    row = duty()
    told = actual(row)
    line = project_lines(officer(), Moment(DUE + timedelta(days=1), timezone.now()))[0]
    assert (line.met, line.missed, line.owed, line.loss) == (0, 1, 200 * WAN, 0)
    before = project_lines(officer(), Moment(DUE + timedelta(days=1), told.recorded_at - timedelta(microseconds=1)))[0]
    assert (before.duties[0].status, before.owed) == (DutyStatus.MISSED, 800 * WAN)
    assert project_lines(UserFactory(role=Role.APPLICANT), Moment(DUE, timezone.now())) == []


def test_the_database_keeps_agreements_whole():
    row = proposed()
    other = duty()
    rows, who = ClawBack.objects.filter(pk=row.pk), manager()
    now = timezone.now()
    refused("landed_agreement_once", lambda: LandedProject.objects.create(
        investment=row.duty.project.investment, name="x", place="x", agreement="Agreement 3", signed_on=DUE,
        created_by=who))  # fmt: skip
    refused("duty_amounts", lambda: LandedDuty.objects.filter(pk=other.pk).update(target=0))
    refused("duty_once", lambda: LandedDuty.objects.create(project=other.project, kind="JOBS", target=1, due_on=DUE))
    told = {"duty": other, "valid_at": DUE, "recorded_by": who}
    refused("actual_not_negative", lambda: DutyActual.objects.create(**told, value=-1, document="x"))
    refused("actual_not_negative", lambda: DutyActual.objects.create(**told, value=1, document=""))
    refused("actual_not_in_future", lambda: DutyActual.objects.create(
        **told | {"valid_at": date(2999, 1, 1)}, value=1, document="x"))  # fmt: skip
    refused("actual_append_only", lambda: DutyActual.objects.update(value=9))
    refused("clawback_decided_whole", lambda: rows.update(state="DEMANDED"))
    by = {"decided_by": row.proposed_by, "decided_at": now}
    refused("clawback_four_eyes", lambda: rows.update(state="DEMANDED", **by))
    refused("clawback_ends_whole", lambda: rows.update(state="WAIVED", decided_by=who, decided_at=now))
    refused("clawback_settled_stays", lambda: rows.update(amount_fen=1))
    refused("clawback_settled_stays", lambda: rows._raw_delete(using="default"))
    refused("clawback_amounts", lambda: ClawBack.objects.create(
        duty=other, amount_fen=0, shortfall_num=1, shortfall_den=2, proposed_by=who))  # fmt: skip
    waive(row, who)
    refused("clawback_settled_stays", lambda: rows.update(reason="other"))


@pytest.mark.parametrize("role", [*Role, None])
@pytest.mark.usefixtures("undrawn")
def test_who_opens_what(client, role):
    claim = proposed()
    row = claim.duty
    expected = {
        reverse("funds:landed_list"): READERS,
        row.project.get_absolute_url(): READERS,
        reverse("funds:landed_new"): KEEPERS,
        reverse("funds:landed_act", args=[row.project_id, "duty"]): KEEPERS,
        reverse("funds:landed_act", args=[row.project_id, "actual"]) + f"?duty={row.pk}": KEEPERS,
        reverse("funds:clawback_act", args=[claim.pk, "demand"]): DECIDERS,
    }
    as_role(client, role)
    for address, roles in expected.items():
        status = client.get(address).status_code
        assert status == 200 if role in roles else status == 302 if role is None else status in {403, 404}, address


def test_an_agreement_from_the_form_to_the_payment(client):
    investment = holding()
    as_role(client, Role.FUND_OFFICER)

    def send(address, **data):
        return client.post(address, data | {"form_token": new_token()}, headers=ENGLISH)

    made = send(
        reverse("funds:landed_new"), investment=investment.pk, name="Plant", place="North", agreement="A 3",
        signed_on="2023-03-01",
    )  # fmt: skip
    row = LandedProject.objects.get()
    assert made.url == row.get_absolute_url()
    act = reverse("funds:landed_act", args=[row.pk, "duty"])
    facts = {"due_on": "2024-06-30", "unit": "wan", "stake_fen_amount": "500", "stake_fen_unit": "wan"}
    assert "Write the heads as a whole number." in send(act, kind="JOBS", target="1.5", **facts).text
    assert send(act, kind="TAX", target="2000", **facts).status_code == 302
    tax = LandedDuty.objects.get()
    assert (tax.target, tax.stake_fen) == (2000 * WAN, 500 * WAN)
    told = reverse("funds:landed_act", args=[row.pk, "actual"]) + f"?duty={tax.pk}"
    given = {"valid_at": "2024-06-30", "value": "1500", "unit": "wan", "document": "Receipt 9", "upload": proof()}
    assert send(told, **given).status_code == 302
    assert ProofFile.objects.get().actual.value == 1500 * WAN
    page = client.get(row.get_absolute_url(), headers=ENGLISH).text
    for words in ("Missed in part", "125.00", "Receipt 9", "Propose a claw-back"):
        assert words in page
    assert send(reverse("funds:landed_act", args=[row.pk, "claim"]) + f"?duty={tax.pk}").status_code == 302
    claim = ClawBack.objects.get()
    as_role(client, Role.PROGRAMME_MANAGER)
    assert "Claw-backs to decide" in client.get(reverse("home"), headers=ENGLISH).text
    assert "Demand it" in client.get(row.get_absolute_url(), headers=ENGLISH).text
    assert send(reverse("funds:clawback_act", args=[claim.pk, "demand"]), reason="clause 7").status_code == 302
    assert send(reverse("funds:clawback_act", args=[claim.pk, "pay"]), paid_on="2024-09-01").status_code == 302
    claim.refresh_from_db()
    assert (claim.state, claim.amount_fen) == ("PAID", 125 * WAN)


@pytest.mark.parametrize("name", ["list", "page"])
def test_pages_cost_the_same_for_one_row_and_three(client, name, django_assert_max_num_queries):
    as_role(client, Role.AUDITOR)
    counts = []
    first = duty()
    for rows in (1, 2):
        for number in range(rows):
            actual(duty(first.project, due_on=DUE + timedelta(days=rows * 10 + number)) if name == "page" else duty())
        address = first.project.get_absolute_url() if name == "page" else reverse("funds:landed_list")
        client.get(address)
        with django_assert_max_num_queries(14) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_admin_records_and_decides(client):
    investment = holding()
    as_role(client, Role.FUND_OFFICER)
    form = {"investment": investment.pk, "name": "Plant", "place": "N", "agreement": "A", "signed_on": "2023-03-01"}
    assert client.post(reverse("admin:funds_landedproject_add"), form).status_code == 302
    row = LandedProject.objects.get()
    form = {"project": row.pk, "kind": "JOBS", "target": "400", "due_on": "2024-06-30", "stake_fen": "800"}
    assert client.post(reverse("admin:funds_landedduty_add"), form).status_code == 302
    promise = LandedDuty.objects.get()
    form = {"duty": promise.pk, "valid_at": "2024-06-30", "value": "100", "document": "Report"}
    assert client.post(reverse("admin:funds_dutyactual_add"), form).status_code == 302
    claim = actions.propose_claw_back(duty_id=promise.pk, actor=officer())
    act = reverse("admin:funds_clawback_act", args=[claim.pk, "waive"])
    assert client.post(act, {"reason": "flood"}).status_code == 403
    as_role(client, Role.FINANCE)
    assert client.post(act, {"reason": "flood"}).status_code == 302
    claim.refresh_from_db()
    assert (claim.state, claim.amount_fen) == ("WAIVED", 600)


@pytest.mark.parametrize("role", Role)
def test_who_writes_over_the_api(role):
    client = APIClient()
    client.force_authenticate(UserFactory(role=role))
    body = {"investment": holding().pk, "name": "P", "place": "N", "agreement": "A", "signed_on": "2023-03-01"}
    made = client.post(reverse("api:landedproject-list"), body)
    assert made.status_code == (201 if role in KEEPERS else 403)
    claim = proposed()
    answer = client.post(reverse("api:clawback-demand", args=[claim.pk]), {"reason": "clause 7"})
    assert answer.status_code == (200 if role in DECIDERS else 403 if role in READERS else 404)
    if role not in KEEPERS:
        return
    number = made.json()["id"]
    body = {"project": number, "kind": "JOBS", "target": 10, "due_on": "2024-06-30", "stake_fen": 100}
    promise = client.post(reverse("api:landedduty-list"), body).json()["id"]
    told = {"duty": promise, "valid_at": "2024-06-30", "value": 5, "document": "R"}
    assert client.post(reverse("api:dutyactual-list"), told).status_code == 201
    owed = client.post(reverse("api:clawback-list"), {"duty": promise}).json()
    assert (owed["amount_fen"], owed["shortfall_num"], owed["shortfall_den"]) == (50, 1, 2)
