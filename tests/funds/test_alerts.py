"""Alerts: what the sweep finds, that each is told once, that people deal with them; the history of results."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from funds.actions import alerts, results
from funds.actions.ledger import Draft
from funds.choices.ledger import EventKind
from funds.choices.records import FundClass, FundState
from funds.choices.tolerance import AlertKind
from funds.models import Alert, AlertThreshold, FundPolicyBinding, ToleranceResult
from funds.queries.alerts import findings_at
from funds.queries.sums import Moment
from funds.rules.alerts import Finding, Standing, Threshold, is_idle, rises_fast, to_clear, to_open
from innovation.accounts.choices import MailChoice, Role
from innovation.core.errors import RuleViolation
from innovation.core.models import OutboxMessage
from tests.factories.accounts import UserFactory
from tests.factories.funds import FundFactory
from tests.funds.scenes import DAY, KNOWN, WAN, bind, book, fund_exceeded, fund_within, invest, venture

pytestmark = pytest.mark.django_db
NOW = Moment(DAY, KNOWN)
HANDLERS = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}
READERS = {Role.FUND_OFFICER, Role.FINANCE, Role.PROGRAMME_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}


def sweep(as_of=DAY, known_at=KNOWN):
    return alerts.sweep(as_of=as_of, known_at=known_at)


def kinds(moment=NOW):
    return sorted((finding.kind, finding.level) for finding in findings_at(moment))


# ── Rules ────────────────────────────────────────────────────────────────────────────────────────
def finding(level, matter="level/1"):
    return Finding(AlertKind.LEVEL, level, matter, fund_id=1)


@pytest.mark.parametrize(
    ("told", "found", "opens"),
    [
        ([], "YELLOW", True), (["YELLOW"], "YELLOW", False), (["YELLOW"], "ORANGE", True),
        (["ORANGE"], "YELLOW", False), (["YELLOW", "RED"], "ORANGE", False), (["YELLOW", "ORANGE"], "RED", True),
    ],
)  # fmt: skip
def test_only_a_higher_level_than_the_one_told_opens_another_alert(told, found, opens):
    standing = [Standing(number, (1, None, "level/1"), level) for number, level in enumerate(told)]
    assert bool(to_open([finding(found)], standing)) == opens
    assert to_clear([finding(found)], standing) == []
    assert to_clear([finding(found, "speed")], standing) == list(range(len(told)))


@pytest.mark.parametrize(
    ("now", "before", "fast"),
    [
        (Fraction(3, 10), Fraction(1, 5), True), (Fraction(299, 1000), Fraction(1, 5), False),
        (Fraction(1, 10), None, True), (None, None, False),
    ],
)  # fmt: skip
def test_a_rise_is_fast_from_the_threshold_on_exactly(now, before, fast):
    assert rises_fast(now, before, Threshold(Fraction(1, 10), 90)) == fast


@pytest.mark.parametrize(
    ("cash", "paid_in", "last", "idle"),
    [(30, 100, date(2024, 1, 2), True), (29, 100, date(2024, 1, 2), False), (30, 100, date(2024, 1, 4), False),
     (30, 100, None, True), (0, 0, None, False)],
)  # fmt: skip
def test_money_is_idle_by_share_and_days(cash, paid_in, last, idle):
    assert is_idle(cash, paid_in, last, date(2024, 6, 30), Threshold(Fraction(3, 10), 180)) == idle


# ── What is found ────────────────────────────────────────────────────────────────────────────────
def test_levels_come_from_the_caps_and_a_fund_well_within_warns_of_nothing():
    fund_within()
    assert kinds() == [("SINGLE_POSITION", "YELLOW")]
    fund = fund_exceeded()
    found = [one for one in findings_at(NOW) if one.fund_id == fund.pk]
    assert [(one.kind, one.level) for one in found] == [("LEVEL", "RED")]
    assert (found[0].facts["rate"], found[0].facts["cap"], found[0].facts["used"]) == ("1/2", "2/5", "5/4")


def test_grant_money_never_warns():
    fund = FundFactory(fund_class=FundClass.GRANT, categories=["创业投资类"])
    bind("CN-HZ-SHANGCHENG-2025", fund=fund)
    book(fund, Draft(EventKind.CALL, date(2023, 1, 1), 900 * WAN))
    assert kinds() == []
    assert results.keep_results(as_of=DAY, known_at=KNOWN) == 0


def test_a_fast_rise_compares_the_same_reading_on_two_days():
    fund = venture()
    bind("CN-HZ-SHANGCHENG-2025", fund=fund)
    holding = invest(fund, 1000)
    invest(fund, 9000)
    write_off = Draft(EventKind.WRITE_OFF, DAY - timedelta(days=20), 0, holding.pk, 1000 * WAN)
    book(fund, write_off, at=KNOWN)
    found = {one.kind: one for one in findings_at(NOW)}
    assert found["SPEED"].facts["before"] == "0"
    assert found["SPEED"].facts["rate"] == "1/10"
    AlertThreshold.objects.filter(kind="SPEED").update(share_num=11)
    assert "SPEED" not in {one.kind for one in findings_at(NOW)}
    AlertThreshold.objects.filter(kind="SPEED").update(share_num=10, enabled=False)
    assert "SPEED" not in {one.kind for one in findings_at(NOW)}


@pytest.mark.parametrize(("state", "warns"), [(FundState.INVESTING, True), (FundState.EXITING, False)])
def test_idle_money_of_a_fund_that_should_invest(state, warns):
    fund = FundFactory(state=state)
    invest(fund, 100)
    book(fund, Draft(EventKind.CALL, date(2024, 1, 5), 100 * WAN))
    found = [one for one in findings_at(NOW) if one.kind == AlertKind.IDLE_MONEY]
    assert bool(found) == warns
    if warns:
        assert (found[0].facts["cash_fen"], found[0].facts["paid_in_fen"]) == (100 * WAN, 200 * WAN)


@pytest.mark.parametrize(
    ("days", "followed", "level"), [(20, False, "ORANGE"), (80, False, "YELLOW"), (100, False, None), (20, True, None)]
)
def test_a_policy_that_ends_soon_with_nothing_after_it(days, followed, level):
    fund = venture()
    binding = bind("CN-HZ-SHANGCHENG-2025", fund=fund)
    last = DAY + timedelta(days=days)
    FundPolicyBinding.objects.filter(pk=binding.pk).update(valid_to=last)
    if followed:
        FundPolicyBinding.objects.create(
            fund=fund, document=binding.document, valid_from=last + timedelta(days=1), recorded_at=KNOWN
        )
    found = [one.level for one in findings_at(NOW) if one.kind == AlertKind.POLICY_ENDING]
    assert found == ([level] if level else [])


def test_the_sweep_costs_the_same_for_one_fund_and_four(django_assert_max_num_queries):
    counts = []
    for rows in (1, 3):
        for _ in range(rows):
            fund_exceeded()
        with django_assert_max_num_queries(21) as queries:
            findings_at(NOW)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# ── The sweep ────────────────────────────────────────────────────────────────────────────────────
def test_each_alert_is_opened_and_told_once():
    officer, manager = UserFactory(role=Role.FUND_OFFICER), UserFactory(role=Role.PROGRAMME_MANAGER)
    UserFactory(role=Role.FINANCE)
    silent = UserFactory(role=Role.FUND_OFFICER)
    silent.notification_choices.create(kind=alerts.NOTICE, in_product=True, mail=MailChoice.OFF)
    fund_exceeded()
    assert sweep() == {"opened": 1, "cleared": 0, "told": 2}
    assert sweep() == {"opened": 0, "cleared": 0, "told": 0}
    mails = OutboxMessage.objects.filter(key__startswith="funds-alerts-")
    assert {mail.recipient for mail in mails} == {officer.email, manager.email}
    assert "Exceeded Fund" in mails[0].payload["text"]
    assert reverse("funds:alerts") in mails[0].payload["text"]


def test_mails_are_in_the_language_of_the_person():
    UserFactory(role=Role.FUND_OFFICER, language="zh-hans")
    fund_exceeded()
    sweep()
    mail = OutboxMessage.objects.get(key__startswith="funds-alerts-")
    assert mail.payload["subject"] == "基金预警 1 条"
    assert "红色" in mail.payload["text"]


def test_a_closed_alert_comes_back_only_after_its_matter_has_gone():
    actor = UserFactory(role=Role.FUND_OFFICER)
    fund = venture()
    bind("CN-HZ-SHANGCHENG-2025", fund=fund)
    holding = invest(fund, 1000, lost=500)
    sweep()
    level = Alert.objects.filter(kind="LEVEL")
    alert = level.get()
    alerts.close(alert_id=alert.pk, reason="Board informed", actor=actor)
    assert sweep()["opened"] == 0
    book(fund, Draft(EventKind.RECOVERY_AFTER_WRITE_OFF, DAY, 900 * WAN, holding.pk), at=KNOWN)
    sweep()
    alert.refresh_from_db()
    assert (alert.close_reason, alert.cleared_at) == ("Board informed", KNOWN)
    sweep(as_of=DAY - timedelta(days=1))
    assert level.count() == 2


def test_an_open_alert_whose_matter_has_gone_is_closed_by_the_sweep():
    fund_exceeded()
    sweep()
    AlertThreshold.objects.update(enabled=False)
    assert sweep()["cleared"] == 1
    alert = Alert.objects.get()
    assert (alert.state, alert.closed_by, alert.close_reason) == ("CLOSED", None, alerts.CLEARED)


def test_acknowledging_and_closing_need_the_right_state_a_reason_and_the_permission():
    fund_exceeded()
    sweep()
    alert, officer = Alert.objects.get(), UserFactory(role=Role.FUND_OFFICER)
    for work in (
        lambda: alerts.acknowledge(alert_id=alert.pk, actor=UserFactory(role=Role.FINANCE)),
        lambda: alerts.close(alert_id=alert.pk, reason="no", actor=UserFactory(role=Role.AUDITOR)),
    ):
        with pytest.raises(PermissionDenied):
            work()
    alerts.acknowledge(alert_id=alert.pk, actor=officer)
    for code, work in (
        ("ALERT_NOT_OPEN", lambda: alerts.acknowledge(alert_id=alert.pk, actor=officer)),
        ("REASON_MISSING", lambda: alerts.close(alert_id=alert.pk, reason=" ", actor=officer)),
    ):
        with pytest.raises(RuleViolation) as caught:
            work()
        assert caught.value.code == code
    alerts.close(alert_id=alert.pk, reason="Board informed", actor=officer)
    with pytest.raises(RuleViolation) as caught:
        alerts.close(alert_id=alert.pk, reason="again", actor=officer)
    assert caught.value.code == "ALERT_CLOSED"


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("alert_fund_or_group", {"fund": None}),
        ("alert_level_warns", {"level": "GREEN"}),
        ("alert_closed_with_reason", {"state": "CLOSED"}),
        ("alert_closed_with_reason", {"close_reason": "because"}),
        ("alert_acknowledged_whole", {"acknowledged_at": KNOWN}),
        ("alert_cleared_is_closed", {"cleared_at": KNOWN}),
        ("alert_once_per_level", {}),
    ],
)
def test_the_database_refuses_wrong_alerts(name, facts):
    whole = {
        "fund": FundFactory(), "kind": "LEVEL", "level": "RED", "matter": "level/1", "as_of": DAY, "known_at": KNOWN,
    }  # fmt: skip
    if name == "alert_once_per_level":
        Alert.objects.create(**whole)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Alert.objects.create(**whole | facts)
    assert refused.value.__cause__.diag.constraint_name == name


@pytest.mark.parametrize(("name", "facts"), [
    ("alert_threshold_share", {"share_num": 101}), ("alert_threshold_days", {"days": 0}),
])  # fmt: skip
def test_the_database_refuses_wrong_thresholds(name, facts):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        AlertThreshold.objects.filter(kind="SPEED").update(**facts)
    assert refused.value.__cause__.diag.constraint_name == name


# ── Doors ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("role", Role)
def test_who_reads_and_who_handles_alerts(role):
    fund_exceeded()
    sweep()
    alert, user, page = Alert.objects.get(), UserFactory(role=role), Client()
    page.force_login(user)
    expected = 200 if role in READERS else 403
    assert page.get(reverse("funds:alerts")).status_code == expected
    detail = page.get(alert.get_absolute_url())
    assert detail.status_code == expected
    if role in READERS:
        assert ("Acknowledge the alert" in detail.text) == (role in HANDLERS)
    api = APIClient()
    api.force_authenticate(user)
    assert len(api.get(reverse("api:alert-list")).json()["results"]) == (role in READERS)
    answer = api.post(reverse("api:alert-acknowledge", args=[alert.pk]))
    assert answer.status_code == (200 if role in HANDLERS else 403 if role in READERS else 404)


def test_an_alert_is_handled_on_its_page_with_what_was_typed_kept():
    fund_exceeded()
    sweep()
    alert, client = Alert.objects.get(), Client()
    client.force_login(UserFactory(role=Role.PROGRAMME_MANAGER))

    def token():
        return client.get(alert.get_absolute_url()).context["form"]["form_token"].value()

    assert client.post(alert.get_absolute_url(), {"act": "acknowledge", "form_token": token()}).status_code == 302
    empty = client.post(alert.get_absolute_url(), {"act": "close", "reason": "", "form_token": token()})
    assert (empty.status_code, "Close the alert" in empty.text) == (422, True)
    closing = {"act": "close", "reason": "Board informed", "form_token": token()}
    assert client.post(alert.get_absolute_url(), closing).status_code == 302
    alert.refresh_from_db()
    assert (alert.state, alert.close_reason) == ("CLOSED", "Board informed")
    assert "Board informed" in client.get(reverse("funds:alerts")).text


def test_the_list_is_filtered_and_costs_the_same_for_one_row_and_three(django_assert_max_num_queries):
    client = Client()
    client.force_login(UserFactory(role=Role.AUDITOR))
    counts = []
    for rows in (1, 2):
        for _ in range(rows):
            fund_exceeded()
        sweep()
        with django_assert_max_num_queries(14) as queries:
            page = client.get(reverse("funds:alerts"))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert len(page.context["table"].page.object_list) == 3
    assert not client.get(reverse("funds:alerts"), {"level": "YELLOW"}).context["table"].page.object_list
    assert len(client.get(reverse("funds:alerts"), {"q": "Exceeded"}).context["table"].page.object_list) == 3


def test_open_alerts_stand_on_the_start_page_of_those_who_handle_them():
    fund_exceeded()
    sweep()
    for role, shown in ((Role.FUND_OFFICER, True), (Role.FINANCE, False)):
        client = Client()
        client.force_login(UserFactory(role=role))
        assert ("Alerts to acknowledge" in client.get(reverse("home"), follow=True).text) == shown


def test_the_admin_acknowledges_and_closes():
    fund_exceeded()
    sweep()
    alert, client = Alert.objects.get(), Client()
    client.force_login(UserFactory(role=Role.FUND_OFFICER))
    act = lambda name: reverse("admin:funds_alert_act", args=[alert.pk, name])  # noqa: E731 - an address
    assert client.post(act("acknowledge")).status_code == 302
    assert client.post(act("close"), {"reason": "Board informed"}).status_code == 302
    alert.refresh_from_db()
    assert (alert.state, alert.close_reason) == ("CLOSED", "Board informed")


# ── Kept results ─────────────────────────────────────────────────────────────────────────────────
def test_results_are_kept_once_and_proven_from_the_books():
    fund = fund_exceeded()
    fund_within()
    assert results.keep_results(as_of=DAY, known_at=KNOWN) == 2
    assert results.keep_results(as_of=DAY, known_at=KNOWN) == 0
    kept = ToleranceResult.objects.get(fund=fund)
    assert (kept.rate, kept.cap_share, kept.status, kept.level) == (Fraction(1, 2), Fraction(2, 5), "EXCEEDED", "RED")
    assert (kept.rate_bp, kept.used_bp) == (5000, 12500)
    assert results.prove() == []
    book(fund, Draft(EventKind.CALL, DAY, 5 * WAN), at=KNOWN + timedelta(days=1))
    assert results.prove() == []


def test_a_proof_names_what_the_books_no_longer_give():
    fund = fund_exceeded()
    results.keep_results(as_of=DAY, known_at=KNOWN)
    kept = ToleranceResult.objects.get()
    fund.committed_fen += 1
    fund.save()
    (difference,) = results.prove()
    assert (difference.result_id, difference.fields) == (kept.pk, ("inputs_hash",))
    other = ToleranceResult(**{field.attname: getattr(kept, field.attname) for field in kept._meta.fields})
    other.pk, other.fund = None, FundFactory()
    other.save()
    assert [one.result_id for one in results.prove()] == [kept.pk, other.pk]


def test_kept_results_are_never_changed_and_made_for_the_month_before():
    fund_exceeded()
    now = datetime(2024, 7, 2, 3, tzinfo=UTC)
    assert results.keep_last_month(now) == 1
    assert ToleranceResult.objects.get().as_of == DAY
    for name, work in (
        ("pgtrigger_tolerance_result_append_only", lambda: ToleranceResult.objects.update(level="GREEN")),
        ("pgtrigger_tolerance_result_append_only", lambda: ToleranceResult.objects.all().delete()),
    ):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            work()
        assert refused.value.__cause__.diag.constraint_name.startswith(name)
    kept = ToleranceResult.objects.get()
    for name, change in (
        ("tolerance_result_once", {}),
        ("tolerance_result_fund_or_group", {"fund_id": None}),
        ("tolerance_result_hash", {"inputs_hash": "x"}),
    ):
        facts = {field.attname: getattr(kept, field.attname) for field in kept._meta.fields} | {"id": None} | change
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            ToleranceResult.objects.create(**facts)
        assert refused.value.__cause__.diag.constraint_name == name
