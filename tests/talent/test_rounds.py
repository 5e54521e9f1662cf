"""Rounds of stable matching: rules, one way through the actions and one through the pages, what is refused."""

import re
from datetime import timedelta
from random import Random

import pytest
from django.urls import reverse
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.core import jobs
from innovation.core.models import OutboxMessage
from innovation.core.translations import compile_all
from talent import tasks
from talent.actions import match_inputs, rankings, rounds
from talent.choices.people import RoleKind
from talent.choices.rounds import RoundKind, RoundState, Unplaced
from talent.demo.rounds import make_rounds
from talent.models import ConflictDeclaration, Mandate, MatchRound, MatchRun, Placement, RankedChoice, Ranking
from talent.rules.matching import projects, stable
from talent.rules.matching.rounds import Host, Offer, RoundInput, blocking, free_places, solve
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory
from tests.factories.talent import LaboratoryFactory
from tests.factories.talent_matching import MatchProfileFactory, TechnologyFactory
from tests.refusals import refusal, rule_refuses

TODAY = timezone.localdate()
DAYS = {
    "opens_on": TODAY, "people_by": TODAY + timedelta(days=5), "hosts_by": TODAY + timedelta(days=9),
    "starts_on": TODAY + timedelta(days=20), "ends_on": TODAY + timedelta(days=200),
}  # fmt: skip


def some_input(dice, kind):
    """A small market by chance, with pairs that are ruled out."""
    people, count = range(1, 7), 3
    hosts = tuple(Host(each, dice.randint(1, 2), tuple(dice.sample(people, 5))) for each in range(1, count + 1))
    if kind == RoundKind.LABORATORIES:
        offers = tuple(Offer(10 + each.id, each.id, each.places) for each in hosts)
    else:
        offers = tuple(Offer(10 * each.id + place, each.id, 1) for each in hosts for place in (1, 2))
    known = [each.id for each in offers]
    lists = {who: tuple(dice.sample(known, dice.randint(1, len(known)))) for who in people}
    barred = frozenset((who, dice.choice(known)) for who in (1, 2))
    return RoundInput(kind, lists, hosts, offers, barred, frozenset({6}))


@pytest.mark.parametrize("kind", RoundKind.values)
def test_results_are_stable_the_same_in_any_order_and_explained(kind):
    dice = Random(7)  # noqa: S311 - the same markets each time
    for _number in range(60):
        given = some_input(dice, kind)
        answer = solve(given)
        assert blocking(given, answer.places) == []
        again = RoundInput.from_data(given.as_data())
        turned = RoundInput(kind, dict(reversed(given.people.items())), given.hosts[::-1], given.offers[::-1],
                            given.barred, given.absent)  # fmt: skip
        assert turned.as_data() == given.as_data()
        assert solve(turned).places == solve(again).places == answer.places
        assert answer.reasons.keys() == {who for who, offer in answer.places.items() if offer is None}
        assert answer.reasons[6] == Unplaced.NOT_ELIGIBLE
        assert min(free_places(given, answer.places).values()) >= 0
        # Somebody is taken out by hand: the proof says the same as that of the plain algorithms.
        bent = dict(answer.places) | {next(who for who, offer in answer.places.items() if offer): None}
        if kind == RoundKind.LABORATORIES:
            hosts = {10 + each.id: each.people for each in given.hosts}
            room = {10 + each.id: each.places for each in given.hosts}
            expected = stable.blocking_pairs(bent, given.wishes, hosts, room)
        else:
            texts = {str(who): str(offer) if offer else None for who, offer in bent.items()}
            found = projects.blocking_pairs(
                texts, {str(who): [str(each) for each in wishes] for who, wishes in given.wishes.items()},
                {str(each.id): projects.Project(each.places, str(each.host)) for each in given.offers},
                {str(each.id): projects.Lecturer(each.places, tuple(map(str, each.people))) for each in given.hosts},
            )  # fmt: skip
            expected = [(int(who), int(offer)) for who, offer in found]
        assert sorted(blocking(given, bent)) == sorted(expected)


@pytest.fixture
def officer(db):
    return UserFactory(role=Role.TALENT_OFFICER, language="en")


def assistant():
    return MatchProfileFactory(person__with_account=True, role=RoleKind.ASSISTANT).person


def submit(round_, person, *offers):
    return rankings.rank_places(round_id=round_.pk, person_id=person.pk, offer_ids=[each.pk for each in offers],
                                actor=person.user, submit=True, no_conflict=True)  # fmt: skip


def solved(round_, officer):
    run = rounds.ask_run(round_id=round_.pk, actor=officer)
    tasks.match_people(run.pk)
    run.refresh_from_db()
    assert run.state == "done", run.error
    return run


def test_a_round_from_its_places_to_its_mandates(officer):  # noqa: PLR0915 - one way from first to last
    round_ = rounds.save_round(actor=officer, kind=RoundKind.LABORATORIES, title_zh="双选", title_en="Round", **DAYS)
    with rule_refuses("NO_PLACES"):
        rounds.step(round_id=round_.pk, event="open", actor=officer)
    with rule_refuses("WRONG_SIDE"):
        rounds.offer_places(round_id=round_.pk, technology=TechnologyFactory(), places=1, actor=officer)
    labs = [LaboratoryFactory() for _number in range(2)]
    one, two = (rounds.offer_places(round_id=round_.pk, laboratory=lab, places=1, actor=officer) for lab in labs)
    leads = [MembershipFactory(organisation=lab.organisation, role="lead").user for lab in labs]
    ann, bob, cai = (assistant() for _number in range(3))
    with rule_refuses("NOT_OPEN"):
        submit(round_, ann, one)
    assert rounds.keep_rounds(TODAY) == {"opened": 1, "closed": 0, "told": 5}  # three people, two laboratories
    assert OutboxMessage.objects.filter(recipient=leads[0].email, subject__contains="matching round is open").exists()
    assert tasks.tell_round(round_.pk) == 0

    with rule_refuses("UNDECLARED"):
        rankings.rank_places(round_id=round_.pk, person_id=ann.pk, offer_ids=[one.pk], actor=ann.user, submit=True)
    with rule_refuses("RANKED_TWICE"):
        submit(round_, ann, one, one)
    with rule_refuses("NOTHING_RANKED"):
        submit(round_, ann)
    submit(round_, ann, one, two)
    assert ConflictDeclaration.objects.filter(person=ann, source="none").count() == 2
    submit(round_, bob, one)
    rankings.rank_places(round_id=round_.pk, person_id=cai.pk, offer_ids=[two.pk], actor=cai.user, submit=False)
    with rule_refuses("UNKNOWN_CHOICE"):  # a draft is nobody's business
        rankings.rank_people(host_id=two.host_id, person_ids=[cai.pk], actor=leads[1], submit=True)
    submit(round_, cai, one)
    rankings.rank_people(host_id=one.host_id, person_ids=[bob.pk, ann.pk], actor=leads[0], submit=True)
    assert rounds.chase(round_id=round_.pk, actor=officer) == 1  # the second laboratory
    assert rounds.chase(round_id=round_.pk, actor=officer) == 0
    rankings.rank_people(host_id=two.host_id, person_ids=[ann.pk], actor=leads[1], submit=True)
    with rule_refuses("NOT_CLOSED"):
        rounds.ask_run(round_id=round_.pk, actor=officer)
    rounds.step(round_id=round_.pk, event="close", actor=officer)
    with rule_refuses("NOT_OPEN"):
        submit(round_, ann, two)
    with refusal("talent_choices_in_time"):
        RankedChoice.objects.filter(ranking__person=ann).delete()
    with refusal("talent_ranking_in_time"):
        Ranking.objects.filter(person=ann).update(state="draft", submitted_at=None)

    run = solved(round_, officer)
    found = {row.person_id: row for row in run.placements.all()}
    assert (found[ann.pk].offer, found[bob.pk].offer, found[cai.pk].why_not) == (two, one, Unplaced.NOT_MUTUAL)
    assert (found[ann.pk].own_rank, found[ann.pk].their_rank) == (2, 1)
    assert (run.served, run.result["blocking"], run.result["only"]) == (2, 0, True)
    again = rounds.step(round_id=round_.pk, event="take_back", actor=officer, reason="Look again")
    assert solved(again, officer).inputs_hash == run.inputs_hash
    with rule_refuses("NOT_MATCHED"):
        rounds.override(placement_id=found[cai.pk].pk, offer_id=two.pk, reason="Old run", actor=officer)
    placement = Placement.objects.standing().get(person=cai)
    with rule_refuses("NO_PLACE_LEFT"):
        rounds.override(placement_id=placement.pk, offer_id=one.pk, reason="Wants it", actor=officer)
    mine = Placement.objects.standing().get(person=ann)
    rounds.override(placement_id=mine.pk, reason="Moves away", actor=officer)
    rounds.override(placement_id=placement.pk, offer_id=two.pk, reason="Place is free", actor=officer)
    with rule_refuses("NOT_FOLLOWED"):  # said nothing about the second organisation
        rounds.publish(round_id=round_.pk, actor=officer)
    match_inputs.declare(person_id=cai.pk, organisation_id=labs[1].organisation_id, source="none", actor=cai.user)
    assert not Placement.objects.visible_to(bob.user).exists()
    rounds.publish(round_id=round_.pk, actor=officer)
    assert Placement.objects.visible_to(bob.user).get().mandate.demand.organisation == labs[0].organisation
    made = {row.person_id: (row.by_hand, row.reason, row.load) for row in Mandate.objects.all()}
    assert made == {bob.pk: (False, "", 4), cai.pk: (True, "Place is free", 4)}
    assert OutboxMessage.objects.filter(recipient=ann.user.email, subject__contains="No place in this round").exists()
    with rule_refuses("ROUND_FIXED"):
        rounds.save_round(actor=officer, round_id=round_.pk, title_zh="新")


def test_a_conflict_and_a_late_withdrawal_keep_people_out_of_an_institute_s_technologies(officer):
    round_ = rounds.save_round(actor=officer, kind=RoundKind.TECHNOLOGIES, title_zh="双选", **DAYS)
    technology = TechnologyFactory()
    offer = rounds.offer_places(round_id=round_.pk, technology=technology, places=2, in_all=1, actor=officer)
    rounds.step(round_id=round_.pk, event="open", actor=officer)
    ann, bob, cai = (MatchProfileFactory(person__with_account=True, role=RoleKind.FOUNDER).person for _ in range(3))
    lead = MembershipFactory(organisation=technology.organisation, role="editor").user
    for person in (ann, bob, cai):
        submit(round_, person, offer)
    with rule_refuses("RANKED_ALREADY"):
        rounds.withdraw_places(offer_id=offer.pk, actor=officer)
    everybody = [ann.pk, bob.pk, cai.pk]
    rankings.rank_people(host_id=offer.host_id, person_ids=everybody, actor=lead, submit=True)
    match_inputs.declare(person_id=ann.pk, organisation_id=technology.organisation_id, source="equity", actor=ann.user)
    match_inputs.save_profile(person_id=bob.pk, actor=bob.user, is_open=False)
    MatchRound.objects.filter(pk=round_.pk).update(
        opens_on=TODAY - timedelta(days=9), people_by=TODAY - timedelta(days=2), hosts_by=TODAY - timedelta(days=1)
    )
    with rule_refuses("DEADLINE_OVER"):
        submit(round_, cai, offer)
    with refusal("talent_choices_in_time"):
        RankedChoice.objects.filter(ranking__person=cai).delete()
    assert rounds.keep_rounds(TODAY)["closed"] == 1
    found = {row.person_id: row.offer_id or row.why_not for row in solved(round_, officer).placements.all()}
    assert found == {ann.pk: Unplaced.BARRED, bob.pk: Unplaced.NOT_ELIGIBLE, cai.pk: offer.pk}
    with refusal("talent_placement_within_places"):  # two places on the technology, one of the institute
        Placement.objects.filter(person=bob).update(offer=offer, why_not="")
    with refusal("talent_placement_or_reason"):
        Placement.objects.filter(person=bob).update(why_not="")
    with refusal("talent_round_days"):
        MatchRound.objects.update(hosts_by=TODAY - timedelta(days=30))
    with refusal("talent_match_run_stable_for_rounds"):
        MatchRun.objects.create(role_kind="founder", objective="stable", inputs_hash="x")


def post(client, who, name, *args, **data):
    client.force_login(who)
    address = reverse(f"talent:{name}", args=args)
    shown = client.get(address)
    assert shown.status_code == 200, (name, shown.status_code)
    token = re.search(r'name="form_token" value="([^"]+)"', shown.text)[1]
    return client.post(address, {"form_token": token, **data})


def test_the_way_through_the_pages_and_the_api(client, officer):  # noqa: PLR0915 - one way from first to last
    compile_all()
    days = {name: day.isoformat() for name, day in DAYS.items()}
    facts = {"kind": "laboratories", "title_zh": "双选", "title_en": "Round", "load": 2, **days}
    assert post(client, officer, "round_new", **facts).status_code == 302
    round_ = MatchRound.objects.get()
    lab, ann, bob = LaboratoryFactory(), assistant(), assistant()
    lead = MembershipFactory(organisation=lab.organisation, role="lead").user
    assert post(client, officer, "round_places", round_.pk, laboratory=lab.pk, places=1).status_code == 302
    assert post(client, officer, "round_edit", round_.pk, **facts | {"load": 9}).status_code == 422
    post(client, officer, "round_step", round_.pk, "open")
    (offer,) = (host.offers.get() for host in round_.hosts.all())
    assert "Rounds that wait for your ranking" in client_home(client, ann.user)
    assert post(client, ann.user, "rank_places", round_.pk, **{f"rank_{offer.pk}": 1}, submit="1").status_code == 422
    told = {f"rank_{offer.pk}": 1, "no_conflict": "on"}
    for person in (ann, bob):
        assert post(client, person.user, "rank_places", round_.pk, **told, submit="1").status_code == 302
    twice = {f"rank_{ann.pk}": 1, f"rank_{bob.pk}": 1}
    assert post(client, lead, "rank_people", offer.host_id, **twice, submit="1").status_code == 422
    post(client, lead, "rank_people", offer.host_id, **twice | {f"rank_{bob.pk}": 2}, save="1")
    assert Ranking.objects.get(host__isnull=False).state == "draft"
    assert client.get(reverse("talent:rank_people", args=[offer.host_id])).text.count('value="2"') == 1
    assert "1 mail is written." in client.get(post(client, officer, "round_chase", round_.pk).url).text
    client.force_login(lead)
    order = {"round": round_.pk, "host": offer.host_id, "order": [ann.pk], "submit": True}
    api = reverse("api:ranking-list")
    assert client.post(api, order, content_type="application/json").json()["state"] == "submitted"
    assert {row["host"] for row in client.get(api).json()["results"]} == {offer.host_id}
    post(client, officer, "round_step", round_.pk, "close")
    post(client, officer, "round_run", round_.pk)
    assert "progress" in client.get(round_.get_absolute_url()).text
    tasks.match_people(round_.runs.get().pk)
    text = client.get(round_.get_absolute_url()).text
    assert "Stable: no person" in text
    placement = Placement.objects.get(person=bob)
    assert post(client, officer, "round_override", placement.pk, offer=offer.pk, reason="Also").status_code == 422
    post(client, officer, "round_override", Placement.objects.get(person=ann).pk, reason="Left")
    assert "1 pairs would rather" in client.get(round_.get_absolute_url()).text
    User.objects.update(language="zh-hans")
    for who, address in (
        (officer, round_.get_absolute_url()), (officer, reverse("talent:rounds")), (lead, reverse("talent:own_rounds"))
    ):  # fmt: skip
        client.force_login(who)
        body = re.sub(r"<[^>]+>", " ", client.get(address).text.split("<main")[1])
        assert not re.findall(r"\b(?:the|of|and|Rank|Round|Places|People|Ranking|State)\b", body), address
    User.objects.update(language="en")
    assert post(client, officer, "round_publish", round_.pk).status_code == 302
    round_.refresh_from_db()
    assert round_.state == RoundState.PUBLISHED
    client.force_login(ann.user)
    assert "Taken out by hand" in client.get(reverse("talent:own_rounds")).text
    assert client.get(reverse("api:placement-list")).json()["results"][0]["why_not"] == "by_hand"
    assert client.get(reverse("talent:mandates")).status_code == 200
    client.force_login(officer)
    for row in (round_, placement, offer.host, Ranking.objects.first()):
        name = row._meta.model_name
        assert client.get(reverse(f"admin:talent_{name}_changelist")).status_code == 200
        assert client.get(reverse(f"admin:talent_{name}_change", args=[row.pk])).status_code == 200


def client_home(client, user):
    client.force_login(user)
    return client.get("/", follow=True).text


@pytest.mark.parametrize(
    ("role", "sees", "writes"),
    [
        (Role.TALENT_OFFICER, 200, 200), (Role.AUDITOR, 200, 403), (Role.PRIVACY_OFFICER, 200, 403),
        (Role.PROGRAMME_MANAGER, 403, 403), (Role.FUND_OFFICER, 403, 403), (Role.APPLICANT, 403, 403),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("undrawn")
def test_who_opens_which_page(client, officer, role, sees, writes):
    round_ = rounds.save_round(actor=officer, kind=RoundKind.LABORATORIES, title_zh="双选", **DAYS)
    client.force_login(UserFactory(role=role))
    for name, args in (("rounds", []), ("round", [round_.pk]), ("uncovered_managers", [])):
        assert client.get(reverse(f"talent:{name}", args=args)).status_code == sees, name
    for name in ("round_places", "round_edit", "round_publish", "round_run", "round_chase"):
        assert client.get(reverse(f"talent:{name}", args=[round_.pk])).status_code == writes, name
    assert client.get(reverse("talent:round_new")).status_code == writes
    assert client.get(reverse("talent:rank_places", args=[round_.pk])).status_code == 404
    assert client.get(reverse("api:matchround-detail", args=[round_.pk])).status_code == (
        200 if sees == 200 or role == Role.PROGRAMME_MANAGER else 404
    )


def test_the_demonstration_has_a_round_to_publish_and_one_to_rank(officer):
    User.objects.filter(pk=officer.pk).update(email=email_of(Role.TALENT_OFFICER))
    for _number in range(3):
        LaboratoryFactory()
        MatchProfileFactory(role=RoleKind.ASSISTANT)
    TechnologyFactory()
    make_rounds()
    make_rounds()
    assert {row.state for row in MatchRound.objects.all()} == {RoundState.MATCHED, RoundState.RANKING}
    assert MatchRun.objects.get().state == jobs.JobState.DONE
    assert Placement.objects.exclude(offer=None).exists()
