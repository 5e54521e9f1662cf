"""Local reinvestment: who claims and who decides, once for the same government money, proof by hash, two times."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from funds.actions import reinvestment as actions
from funds.models import ProofFile, ReinvestmentClaim
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from innovation.core.forms import new_token
from innovation.core.transitions import steps_of
from innovation.organisations.choices import MembershipRole
from tests.factories.accounts import UserFactory, as_role, in_turn, manager
from tests.factories.funds import CompanyFactory, FundFactory
from tests.funds import claiming
from tests.funds.claiming import claim, ground, managed_holding, manager_of, proof, recognised, reviewed, sent
from tests.funds.scenes import WAN
from tests.funds.valuing import ENTRY
from tests.refusals import refused

pytestmark = pytest.mark.django_db
STATES = ReinvestmentClaim.State
OFFICERS = {Role.FUND_OFFICER, Role.ADMINISTRATOR}
DECIDERS = {Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}
READERS = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR}
ENGLISH = {"accept-language": "en"}


def decided(state):
    if state == STATES.REFUSED:
        return actions.refuse_claim(claim_id=reviewed().pk, reason="moved away", actor=manager())
    row = recognised()
    if state == STATES.REVOKED:
        revoke(row, manager())
    return ReinvestmentClaim.objects.get(pk=row.pk)


def in_state(state):
    return {STATES.DRAFT: claim, STATES.SUBMITTED: sent, STATES.UNDER_REVIEW: reviewed}.get(
        state, lambda: decided(state)
    )()  # fmt: skip


def recognise(row, actor, **changes):
    facts = {"recognised_fen": 400 * WAN, "ground": ground(), "recognised_on": date(2024, 5, 1), "reason": "proven"}
    return actions.recognise_claim(claim_id=row.pk, actor=actor, **facts | changes)


def revoke(row, actor, **changes):
    facts = {"revoked_on": date(2024, 6, 1), "reason": "left the city"}
    return actions.revoke_claim(claim_id=row.pk, actor=actor, **facts | changes)


MOVES = {
    "submit": (OFFICERS, STATES.DRAFT, lambda row, actor: actions.submit_claim(claim_id=row.pk, actor=actor)),
    "take": (DECIDERS, STATES.SUBMITTED, lambda row, actor: actions.take_claim(claim_id=row.pk, actor=actor)),
    "recognise": (DECIDERS, STATES.UNDER_REVIEW, recognise),
    "refuse": (
        DECIDERS,
        STATES.UNDER_REVIEW,
        lambda row, actor: actions.refuse_claim(claim_id=row.pk, reason="no", actor=actor),
    ),
    "revoke": (DECIDERS, STATES.RECOGNISED, revoke),
}


@pytest.mark.parametrize("event", MOVES)
@pytest.mark.usefixtures("undrawn")
def test_who_moves_a_claim_from_which_state(event):
    roles, start, move = MOVES[event]
    actors = {role: UserFactory(role=role) for role in Role}
    for state in STATES:
        row = in_state(state)
        if state == STATES.DRAFT:
            actions.add_proof(claim_id=row.pk, upload=proof(), actor=UserFactory(role=Role.FUND_OFFICER))
        for role, actor in actors.items():
            with transaction.atomic():
                if role not in roles:
                    with pytest.raises(PermissionDenied):
                        move(row, actor)
                elif state != start:
                    with pytest.raises(RuleViolation) as refused:
                        move(row, actor)
                    assert refused.value.code == "NO_SUCH_TRANSITION"
                else:
                    assert move(row, actor).state != state
                transaction.set_rollback(True)
            assert ReinvestmentClaim.objects.get(pk=row.pk).state == state


def test_the_manager_of_the_fund_claims_and_nobody_else_from_outside():
    investment = managed_holding()
    author = manager_of(investment.fund)
    row = claim(investment, author)
    assert (row.company, row.invested_on) == (investment.company, ENTRY)
    with pytest.raises(RuleViolation) as refused:
        actions.submit_claim(claim_id=row.pk, actor=author)
    assert refused.value.code == "PROOF_MISSING"
    kept = actions.add_proof(claim_id=row.pk, upload=proof(), actor=author)
    assert len(kept.sha256) == 64
    with pytest.raises(RuleViolation) as refused:
        actions.add_proof(claim_id=row.pk, upload=proof("again.pdf"), actor=author)
    assert refused.value.code == "PROOF_EXISTS"
    assert actions.submit_claim(claim_id=row.pk, actor=author).state == STATES.SUBMITTED
    for other in (manager_of(managed_holding().fund), manager_of(investment.fund, MembershipRole.VIEWER)):
        with pytest.raises(PermissionDenied):
            claim(investment, other)
        with pytest.raises(PermissionDenied):
            actions.add_proof(claim_id=row.pk, upload=proof(content=claiming.PDF + b"\n"), actor=other)
    viewer = manager_of(investment.fund, MembershipRole.VIEWER)
    assert ReinvestmentClaim.objects.visible_to(viewer).count() == 1
    assert ReinvestmentClaim.objects.visible_to(manager_of(managed_holding().fund)).count() == 0


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"amount": 0}, "CLAIM_EMPTY"),
        ({"amount": 601 * WAN}, "CLAIM_ABOVE_COST"),
        ({"investment": None}, "CLAIM_COMPANY"),
        ({"claimed_ground": "STANDARD"}, "CLAIM_GROUND"),
        ({"fund": "other"}, "CLAIM_OTHER_FUND"),
    ],
)
def test_what_cannot_be_claimed(facts, code):
    investment = managed_holding()
    if "claimed_ground" in facts:
        facts = {"claimed_ground": type(ground()).objects.filter(kind="STANDARD").first()}
    if "fund" in facts:
        facts = {"fund": FundFactory(manager=CompanyFactory())}
    with pytest.raises(RuleViolation) as refused:
        claim(investment, **facts)
    assert refused.value.code == code
    assert not ReinvestmentClaim.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"recognised_fen": 0}, "RECOGNITION_EMPTY"),
        ({"recognised_fen": 501 * WAN}, "RECOGNITION_ABOVE_CLAIM"),
        ({"recognised_on": date(2022, 1, 1)}, "RECOGNITION_DAY"),
        ({"recognised_on": date(2999, 1, 1)}, "RECOGNITION_DAY"),
    ],
)
def test_what_cannot_be_recognised(changes, code):
    row = reviewed()
    with pytest.raises(RuleViolation) as refused:
        recognise(row, manager(), **changes)
    assert refused.value.code == code


def test_one_investment_counts_once_for_the_same_government_money_and_again_for_other_money():
    investment = managed_holding()
    recognised(investment)
    again = reviewed(investment)
    with pytest.raises(RuleViolation) as refused:
        recognise(again, manager())
    assert refused.value.code == "RECOGNISED_TWICE"
    outside = reviewed(investment, investment=None, company=investment.company, invested_on=ENTRY)
    with pytest.raises(RuleViolation) as refused:
        recognise(outside, manager())
    assert refused.value.code == "RECOGNISED_TWICE"
    mother = FundFactory(manager=investment.fund.manager)
    assert recognised(investment, fund=mother).state == STATES.RECOGNISED


def test_author_and_decider_are_two_people_even_with_both_rights():
    actor = UserFactory(role=Role.ADMINISTRATOR)
    row = sent(actor=actor)
    with pytest.raises(RuleViolation) as refused:
        actions.take_claim(claim_id=row.pk, actor=actor)
    assert refused.value.code == "FOUR_EYES"


def test_a_revocation_has_its_day_and_reason_and_every_step_is_kept():
    row = recognised()
    for changes, code in (({"reason": " "}, "REASON_MISSING"), ({"revoked_on": date(2024, 4, 1)}, "REVOCATION_DAY")):
        with pytest.raises(RuleViolation) as refused:
            revoke(row, manager(), **changes)
        assert refused.value.code == code
    done = revoke(row, manager())
    assert (done.state, done.revoked_on, done.recognised_fen) == (STATES.REVOKED, date(2024, 6, 1), 400 * WAN)
    assert [step.event for step in steps_of(done)] == ["submit", "take", "recognise", "revoke"]
    again = reviewed(done.investment)
    assert recognise(again, manager()).state == STATES.RECOGNISED


# ── What the database itself refuses ─────────────────────────────────────────────────────────────
def test_the_database_keeps_claims_whole():
    row = reviewed()
    rows = ReinvestmentClaim.objects.filter(pk=row.pk)
    whole = {
        "state": "RECOGNISED", "recognised_fen": 1, "ground": ground(), "recognised_on": date(2024, 5, 1),
        "decided_by": manager(), "decided_at": timezone.now(),
    }  # fmt: skip
    refused("claim_above_zero", lambda: rows.update(claimed_fen=0))
    refused("claim_recognised_within", lambda: rows.update(**whole | {"recognised_fen": row.claimed_fen + 1}))
    refused("claim_recognised_whole", lambda: rows.update(**whole | {"ground": None}))
    refused("claim_four_eyes", lambda: rows.update(decided_by=row.created_by))
    refused("claim_revoked_whole", lambda: rows.update(**whole | {"state": "REVOKED"}))
    refused("claim_decided_stays", lambda: rows._raw_delete(using="default"))


def test_the_database_recognises_once_and_freezes_what_is_decided():
    first = recognised()
    second = reviewed(first.investment)
    facts = {
        "state": "RECOGNISED", "recognised_fen": 1, "ground": ground(), "recognised_on": date(2024, 5, 1),
        "decided_by": manager(), "decided_at": timezone.now(),
    }  # fmt: skip
    refused("claim_holding_recognised_once", lambda: ReinvestmentClaim.objects.filter(pk=second.pk).update(**facts))
    rows = ReinvestmentClaim.objects.filter(pk=first.pk)
    for changes in ({"recognised_fen": 1}, {"state": "DRAFT"}, {"claimed_fen": 999 * WAN}):
        refused("claim_decided_stays", lambda changes=changes: rows.update(**changes))
    kept = ProofFile.objects.first()
    refused("proof_append_only", lambda: ProofFile.objects.filter(pk=kept.pk).update(name="x"))
    refused("proof_append_only", kept.delete)
    facts = {"file": "x", "name": "x", "kind": "pdf", "size": 1, "added_by": manager()}
    refused("proof_hash_length", lambda: ProofFile.objects.create(claim=first, sha256="ab", **facts))
    refused("proof_of_something", lambda: ProofFile.objects.create(sha256="a" * 64, **facts))
    refused("proof_once_per_claim", lambda: ProofFile.objects.create(claim=first, sha256=kept.sha256, **facts))


# ── Pages, admin, API ────────────────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("undrawn")
def test_who_opens_what(client):
    draft, waiting = claim(), sent()
    expected = {
        reverse("funds:claims"): READERS,
        reverse("funds:claim", args=[draft.pk]): READERS,
        reverse("funds:claim_new"): OFFICERS,
        reverse("funds:claim_act", args=[draft.pk, "submit"]): OFFICERS,
        reverse("funds:claim_act", args=[draft.pk, "proof"]): OFFICERS,
        reverse("funds:claim_act", args=[waiting.pk, "take"]): DECIDERS,
    }
    for role in in_turn(client):
        for address, roles in expected.items():
            status = client.get(address).status_code
            assert status == (200 if role in roles else 302) if role in roles or role is None else status in {403, 404}


def test_the_manager_claims_on_the_web_and_sees_only_its_own(client):
    investment = managed_holding()
    foreign = claim(managed_holding())
    client.force_login(manager_of(investment.fund))
    assert "Local reinvestment" in client.get(reverse("home"), headers=ENGLISH).text
    form = {
        "fund": investment.fund_id, "investment": investment.pk, "claimed_fen_amount": "700", "claimed_fen_unit": "wan",
        "claimed_ground": ground().pk, "statement": "moved its headquarters", "form_token": new_token(),
    }  # fmt: skip
    refused = client.post(reverse("funds:claim_new"), form, headers=ENGLISH)
    assert "The books hold less investment than is claimed." in refused.text
    done = client.post(reverse("funds:claim_new"), form | {"claimed_fen_amount": "600", "form_token": new_token()})
    row = ReinvestmentClaim.objects.get(fund=investment.fund)
    assert done.url == row.get_absolute_url()
    add = reverse("funds:claim_act", args=[row.pk, "proof"])
    assert client.post(add, {"file": proof(), "form_token": new_token()}).status_code == 302
    page = client.get(row.get_absolute_url(), headers=ENGLISH).text
    assert "register.pdf" in page
    download = client.get(reverse("funds:proof", args=[row.proofs.get().pk]))
    assert b"".join(download.streaming_content) == claiming.PDF
    assert "attachment" in download["Content-Disposition"]
    submit = reverse("funds:claim_act", args=[row.pk, "submit"])
    assert client.post(submit, {"form_token": new_token()}).status_code == 302
    assert client.get(foreign.get_absolute_url()).status_code == 404
    assert client.get(reverse("funds:claim_act", args=[row.pk, "take"])).status_code == 403
    assert f">{foreign.company.name}<" not in client.get(reverse("funds:claims"), headers=ENGLISH).text
    client.force_login(manager_of(foreign.fund))
    assert client.get(reverse("funds:proof", args=[row.proofs.get().pk])).status_code == 404


def test_a_claim_is_taken_and_recognised_on_its_page(client):
    row = sent()
    as_role(client, Role.PROGRAMME_MANAGER)
    assert "Claims to decide" in client.get(reverse("home"), headers=ENGLISH).text
    take = reverse("funds:claim_act", args=[row.pk, "take"])
    assert client.post(take, {"form_token": new_token()}).status_code == 302
    form = {
        "recognised_fen_amount": "400", "recognised_fen_unit": "wan", "ground": ground("BASE_HERE").pk,
        "recognised_on": "2024-05-01", "reason": "seen on the spot", "form_token": new_token(),
    }  # fmt: skip
    assert client.post(reverse("funds:claim_act", args=[row.pk, "recognise"]), form).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.recognised_fen, row.ground.code) == ("RECOGNISED", 400 * WAN, "BASE_HERE")
    page = client.get(row.get_absolute_url(), headers=ENGLISH).text
    assert "seen on the spot" in page
    assert reverse("funds:claim_act", args=[row.pk, "revoke"]) in page


@pytest.mark.parametrize("name", ["funds:claims", "claim"])
def test_pages_cost_the_same_for_one_row_and_three(client, name, django_assert_max_num_queries):
    as_role(client, Role.AUDITOR)
    counts = []
    for rows in (1, 2):
        made = [sent() for _ in range(rows)]
        address = made[0].get_absolute_url() if name == "claim" else reverse(name)
        client.get(address)
        with django_assert_max_num_queries(12) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_admin_moves_claims_by_its_buttons(client):
    investment = managed_holding()
    as_role(client, Role.FUND_OFFICER)
    form = {
        "fund": investment.fund_id, "investment": investment.pk, "claimed": "500", "unit": "wan",
        "claimed_ground": ground().pk,
    }  # fmt: skip
    assert client.post(reverse("admin:funds_reinvestmentclaim_add"), form).status_code == 302
    row = ReinvestmentClaim.objects.get()
    actions.add_proof(claim_id=row.pk, upload=proof(), actor=row.created_by)

    def press(name, **data):
        return client.post(reverse("admin:funds_reinvestmentclaim_act", args=[row.pk, name]), data).status_code

    assert press("submit") == 302
    assert press("take") == 403
    as_role(client, Role.PROGRAMME_MANAGER)
    assert press("take") == 302
    given = {"recognised": "300", "unit": "wan", "ground": ground().pk, "recognised_on": "2024-05-01", "reason": "so"}
    assert press("recognise", **given) == 302
    assert press("revoke", revoked_on="2024-06-01", reason="left") == 302
    row.refresh_from_db()
    assert (row.state, row.recognised_fen) == ("REVOKED", 300 * WAN)


def api(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def test_a_claim_over_the_api_by_its_manager_and_the_office():
    investment = managed_holding()
    author = api(manager_of(investment.fund))
    body = {
        "fund": investment.fund_id, "investment": investment.pk, "claimed_fen": 500 * WAN,
        "claimed_ground": ground().pk,
    }  # fmt: skip
    assert api(manager_of(managed_holding().fund)).post(reverse("api:reinvestmentclaim-list"), body).status_code == 403
    made = author.post(reverse("api:reinvestmentclaim-list"), body)
    assert made.status_code == 201
    pk = made.json()["id"]

    def act(client, name, data=None, **options):
        return client.post(reverse(f"api:reinvestmentclaim-{name}", args=[pk]), data, **options)

    assert act(author, "submit").json()["code"] == "PROOF_MISSING"
    assert act(author, "proofs", {"file": proof()}, format="multipart").status_code == 201
    assert act(author, "submit").json()["state"] == "SUBMITTED"
    office = api(manager())
    assert act(author, "take").status_code == 403
    assert act(office, "take").json()["state"] == "UNDER_REVIEW"
    given = {"recognised_fen": 1, "ground": ground().pk, "recognised_on": "2024-05-01", "reason": "part"}
    assert act(office, "recognise", given).json()["recognised_fen"] == 1
    revoked = act(office, "revoke", {"revoked_on": "2024-06-01", "reason": "left"})
    assert revoked.json()["state"] == "REVOKED"
    assert act(api(UserFactory(role=Role.REVIEWER)), "submit").status_code == 404
