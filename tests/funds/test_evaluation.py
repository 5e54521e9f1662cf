"""Self-evaluation and filing: exact scores, two people, frozen content, and what the database refuses."""

import json
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from funds.actions import evaluation, filing
from funds.models import (
    EvaluationIndicator,
    EvaluationRun,
    EvaluationScheme,
    EvaluationScore,
    FilingExtract,
    FilingField,
    ProofFile,
)
from funds.queries.filing import PATHS, hash_of
from funds.reports.evaluation import KIND
from funds.reports.filing import build as filing_report
from funds.rules import evaluation as rules
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from innovation.core.forms import new_token
from innovation.reports.content import Money, Percent, Text
from tests.factories.accounts import UserFactory, as_role, in_turn, manager, officer
from tests.factories.funds import FundFactory
from tests.funds.claiming import managed_holding, proof
from tests.refusals import refused

pytestmark = pytest.mark.django_db
YEAR = 2024
READERS = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR}
PREPARERS = {Role.FUND_OFFICER, Role.ADMINISTRATOR}
CONFIRMERS = {Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}
ENGLISH = {"accept-language": "en"}


def indicator(code, weight, dimension="POLICY"):
    return rules.Indicator(code, dimension, Fraction(weight))


def test_scores_are_exact_fractions():
    thirds = [indicator("A", Fraction(100, 3)), indicator("B", Fraction(200, 3), "LAYOUT")]
    assert rules.weights_problem(thirds) is None
    assert rules.score(thirds, {"A": Fraction(100), "B": Fraction(1, 2)}) == Fraction(101, 3)
    assert rules.score(thirds, {"A": Fraction(100)}) is None
    assert rules.by_dimension(thirds, {"A": Fraction(50)}) == {
        "POLICY": (Fraction(50, 3), Fraction(100, 3)), "LAYOUT": (0, Fraction(200, 3)),
    }  # fmt: skip
    assert rules.weights_problem([indicator("A", 99)]).code == "WEIGHTS_NOT_WHOLE"


def test_the_shipped_scheme_weighs_60_30_10_and_says_it_is_unverified():
    scheme = EvaluationScheme.objects.get()
    by = rules.by_dimension([one.as_rule() for one in scheme.indicators.all()], {})
    assert {name: possible for name, (_reached, possible) in by.items()} == {
        "POLICY": 60, "LAYOUT": 30, "EXECUTION": 10,
    }  # fmt: skip
    assert scheme.status == "unverified"


def run(fund=None, actor=None):
    scheme = EvaluationScheme.objects.get()
    return evaluation.start_run(fund=fund or FundFactory(), year=YEAR, scheme=scheme, actor=actor or officer())


def score(row, value=80, actor=None, **facts):
    actor = actor or officer()
    for one in row.scheme.indicators.all():
        evaluation.score_indicator(
            run_id=row.pk, indicator=one, score=Fraction(value), reason="seen", actor=actor, **facts
        )
    return row


def submitted(fund=None):
    return evaluation.submit_run(run_id=score(run(fund)).pk, actor=officer())


def in_state(state):
    if state == "DRAFT":
        return score(run())
    row = submitted()
    if state == "RETURNED":
        evaluation.return_run(run_id=row.pk, actor=manager(), reason="mend")
    if state == "CONFIRMED":
        evaluation.confirm_run(run_id=row.pk, actor=manager())
    return EvaluationRun.objects.get(pk=row.pk)


MOVES = {
    "submit": (PREPARERS, {"DRAFT", "RETURNED"}, lambda r, a: evaluation.submit_run(run_id=r.pk, actor=a)),
    "confirm": (CONFIRMERS, {"SUBMITTED"}, lambda r, a: evaluation.confirm_run(run_id=r.pk, actor=a)),
    "return": (CONFIRMERS, {"SUBMITTED"}, lambda r, a: evaluation.return_run(run_id=r.pk, actor=a, reason="no")),
}


@pytest.mark.parametrize("event", MOVES)
def test_who_moves_a_run_from_which_state(event):
    roles, states, move = MOVES[event]
    actors = {role: UserFactory(role=role) for role in Role}
    for state in EvaluationRun.State.values:
        row = in_state(state)
        for role, actor in actors.items():
            with transaction.atomic():
                if role not in roles:
                    with pytest.raises(PermissionDenied):
                        move(row, actor)
                elif state not in states:
                    with pytest.raises(RuleViolation) as refused:
                        move(row, actor)
                    assert refused.value.code == "NO_SUCH_TRANSITION"
                else:
                    assert move(row, actor).state != state
                transaction.set_rollback(True)


def test_a_run_is_scored_with_evidence_submitted_and_confirmed_by_another():
    author = officer()
    row = run(actor=author)
    with pytest.raises(RuleViolation) as refused:
        evaluation.submit_run(run_id=row.pk, actor=author)
    assert refused.value.code == "SCORES_MISSING"
    score(row, 80, author)
    first = row.scheme.indicators.first()
    evaluation.score_indicator(
        run_id=row.pk, indicator=first, score=Fraction(1, 4), reason="late", actor=author, upload=proof()
    )
    evaluation.submit_run(run_id=row.pk, actor=author)
    done = evaluation.confirm_run(run_id=row.pk, actor=manager(), reason="agreed")
    assert done.total == 80 - first.weight * (80 - Fraction(1, 4)) / 100
    assert ProofFile.objects.get().score.indicator == first


@pytest.mark.parametrize(
    ("work", "code"),
    [
        (lambda: evaluation.start_run(
            fund=FundFactory(), year=2999, scheme=EvaluationScheme.objects.get(), actor=officer()), "YEAR_RUNNING"),
        (lambda: evaluation.start_run(
            fund=FundFactory(), year=2001, scheme=EvaluationScheme.objects.get(), actor=officer()), "YEAR_BEFORE_FUND"),
        (lambda: run(run().fund), "RUN_EXISTS"),
        (lambda: score(run(), Fraction(101)), "SCORE_RANGE"),
        (lambda: score(run(), Fraction(1, 3)), "SCORE_RANGE"),
        (lambda: score(submitted()), "RUN_CLOSED"),
        (lambda: evaluation.return_run(run_id=submitted().pk, actor=manager(), reason=" "), "REASON_MISSING"),
        (lambda: filing.make_extract(fund=FundFactory(), year=2999, actor=officer()), "YEAR_RUNNING"),
        (lambda: filing.make_extract(fund=FundFactory(), year=2001, actor=officer()), "YEAR_BEFORE_FUND"),
    ],
)  # fmt: skip
def test_what_is_refused_in_words(work, code):
    with pytest.raises(RuleViolation) as refused:
        work()
    assert refused.value.code == code


def test_author_and_judge_are_two_people_even_with_both_rights():
    actor = UserFactory(role=Role.ADMINISTRATOR)
    row = score(run(actor=actor), actor=actor)
    evaluation.submit_run(run_id=row.pk, actor=actor)
    with pytest.raises(RuleViolation) as refused:
        evaluation.confirm_run(run_id=row.pk, actor=actor)
    assert refused.value.code == "FOUR_EYES"
    extract = filing.make_extract(fund=row.fund, year=YEAR, actor=actor)
    with pytest.raises(RuleViolation) as refused:
        filing.commit_extract(extract_id=extract.pk, commitment="true", actor=actor)
    assert refused.value.code == "FOUR_EYES"


def extract(fund=None, actor=None):
    return filing.make_extract(fund=fund or managed_holding().fund, year=YEAR, actor=actor or officer())


def committed(fund=None):
    return filing.commit_extract(extract_id=extract(fund).pk, commitment="It is true.", actor=manager())


def test_an_extract_says_what_is_known_and_what_is_not_and_is_frozen_with_its_hash():
    fund = managed_holding().fund
    row = extract(fund)
    values = {field["code"]: field["value"] for field in row.content["fields"]}
    paths = dict(FilingField.objects.exclude(path="").values_list("path", "code"))
    assert set(paths) <= set(PATHS)
    assert values[paths["fund.code"]] == fund.code
    assert values[paths["money.paid_in"]] == values[paths["money.invested"]] == 600_000_000
    assert len(row.content["unknown"]) == FilingField.objects.filter(path="").count()
    assert (row.due_on, row.sha256) == (date(2025, 6, 30), hash_of(row.content))
    again = extract(fund)
    assert again.pk == row.pk
    done = filing.commit_extract(extract_id=row.pk, commitment="It is true.", actor=manager())
    with pytest.raises(RuleViolation) as refused:
        extract(fund)
    assert refused.value.code == "EXTRACT_COMMITTED"
    filed = filing.file_extract(extract_id=done.pk, filed_on=date(2025, 6, 1), receipt="R-7", actor=officer())
    assert (filed.state, filed.receipt) == ("FILED", "R-7")


@pytest.mark.parametrize("role", Role)
def test_who_makes_commits_and_files(role):
    actor, fund = UserFactory(role=role), FundFactory()
    if role in PREPARERS:
        assert extract(fund, actor).state == "DRAFT"
    else:
        with pytest.raises(PermissionDenied):
            extract(fund, actor)
    other = extract(FundFactory())
    if role in CONFIRMERS:
        assert filing.commit_extract(extract_id=other.pk, commitment="true", actor=actor).state == "COMMITTED"
    else:
        with pytest.raises(PermissionDenied):
            filing.commit_extract(extract_id=other.pk, commitment="true", actor=actor)


def test_the_database_keeps_evaluations_whole():
    row, who, now = submitted(), manager(), timezone.now()
    rows = EvaluationRun.objects.filter(pk=row.pk)
    refused("score_of_open_run", lambda: EvaluationScore.objects.filter(run=row).update(hundredths=1))
    refused("indicator_of_used_scheme_stays", lambda: EvaluationIndicator.objects.update(weight_num=1))
    refused("run_four_eyes", lambda: rows.update(decided_by=row.prepared_by))
    refused("run_confirmed_whole", lambda: rows.update(state="CONFIRMED", decided_by=who, decided_at=now))
    refused("run_once_a_year", lambda: EvaluationRun.objects.create(
        fund=row.fund, year=YEAR, scheme=row.scheme, prepared_by=who))  # fmt: skip
    draft = run()
    one = row.scheme.indicators.first()
    refused("score_in_range", lambda: EvaluationScore.objects.create(
        run=draft, indicator=one, hundredths=10_001, reason="x"))  # fmt: skip
    evaluation.confirm_run(run_id=row.pk, actor=who)
    refused("run_confirmed_stays", lambda: rows.update(year=2020))
    scheme = EvaluationScheme.objects.create(code="X", zh="x", source="x")
    refused("scheme_version_once", lambda: EvaluationScheme.objects.create(code="X", zh="x", source="x"))
    facts = {"scheme": scheme, "dimension": "POLICY", "code": "A", "zh": "x"}
    refused("indicator_weight", lambda: EvaluationIndicator.objects.create(weight_num=0, **facts))
    EvaluationIndicator.objects.create(weight_num=1, **facts)
    refused("indicator_once", lambda: EvaluationIndicator.objects.create(weight_num=1, **facts))


def test_the_database_keeps_extracts_whole():
    row, who, now = extract(), manager(), timezone.now()
    rows = FilingExtract.objects.filter(pk=row.pk)
    refused("extract_hash_length", lambda: rows.update(sha256="ab"))
    refused("extract_four_eyes", lambda: rows.update(
        state="COMMITTED", committed_by=row.made_by, committed_at=now, commitment="x"))  # fmt: skip
    refused("extract_committed_whole", lambda: rows.update(state="COMMITTED", committed_by=who, committed_at=now))
    refused("extract_filed_whole", lambda: rows.update(filed_on=now))
    refused("extract_once_a_year", lambda: FilingExtract.objects.create(
        fund=row.fund, year=YEAR, due_on=now, sha256="a" * 64, made_by=who))  # fmt: skip
    filing.commit_extract(extract_id=row.pk, commitment="true", actor=who)
    refused("extract_committed_stays", lambda: rows.update(content={}))
    refused("extract_committed_stays", lambda: rows._raw_delete(using="default"))


@pytest.mark.usefixtures("undrawn")
def test_who_opens_what(client):
    draft, waiting, made = run(), submitted(), extract()
    expected = {
        reverse("funds:evaluations"): READERS,
        draft.get_absolute_url(): READERS,
        reverse("funds:evaluation_new"): PREPARERS,
        reverse("funds:evaluation_act", args=[draft.pk, "score"]): PREPARERS,
        reverse("funds:evaluation_act", args=[waiting.pk, "confirm"]): CONFIRMERS,
        reverse("funds:filings"): READERS,
        made.get_absolute_url(): READERS,
        reverse("funds:filing_json", args=[made.pk]): READERS,
        reverse("funds:filing_new"): PREPARERS,
        reverse("funds:filing_act", args=[made.pk, "commit"]): CONFIRMERS,
    }
    for role in in_turn(client):
        for address, roles in expected.items():
            status = client.get(address).status_code
            assert status == 200 if role in roles else status == 302 if role is None else status in {403, 404}, address


def test_a_year_from_the_form_to_the_filing(client):
    fund = managed_holding().fund
    as_role(client, Role.FUND_OFFICER)

    def send(name, *args, **data):
        return client.post(reverse(f"funds:{name}", args=args), data | {"form_token": new_token()}, headers=ENGLISH)

    scheme = EvaluationScheme.objects.get()
    assert send("evaluation_new", fund=fund.pk, year=YEAR, scheme=scheme.pk).status_code == 302
    row = EvaluationRun.objects.get()
    assert "have no score yet" in send("evaluation_act", row.pk, "submit").text
    for one in scheme.indicators.all():
        given = {"indicator": one.pk, "score": "87.5", "reason": "seen"}
        assert send("evaluation_act", row.pk, "score", **given).status_code == 302
    assert send("evaluation_act", row.pk, "submit").status_code == 302
    assert send("filing_new", fund=fund.pk, year=YEAR).status_code == 302
    made = FilingExtract.objects.get()
    assert "This filing is late." in client.get(made.get_absolute_url(), headers=ENGLISH).text
    as_role(client, Role.PROGRAMME_MANAGER)
    start = client.get(reverse("home"), headers=ENGLISH).text
    assert "Evaluations to confirm" in start
    assert "Filings due" in start
    assert send("evaluation_act", row.pk, "confirm", reason="agreed").status_code == 302
    assert "87.50" in client.get(row.get_absolute_url(), headers=ENGLISH).text
    assert send("filing_act", made.pk, "commit", commitment="It is true.").status_code == 302
    page = client.get(made.get_absolute_url(), {"unit": "wan"}, headers=ENGLISH).text
    assert ("600.00 × 10,000 yuan" in page, "600000000" in page, "DIRECT</td>" in page) == (True, False, False)
    sent_file = client.get(made.get_absolute_url(), {"fields-export": "csv"}, headers=ENGLISH).getvalue().decode()
    assert "F11,Paid-in capital,600000000,Amount in fen," in sent_file
    filed_as = filing_report({"fund": fund}, as_of=date(YEAR, 12, 31), known_at=timezone.now(), language="en")
    values = {row.cells[0].value: row.cells[2] for part in filed_as.sections for one in part.tables for row in one.rows}
    assert (values["F11"], values["F04"]) == (Money(600_000_000), Text(fund.get_fund_class_display()))
    assert values["F12"] == Percent(fund.government_share)
    register = filing_report({}, as_of=date(YEAR + 1, 6, 30), known_at=timezone.now(), language="en")
    assert register.sections[0].tables[0].rows[0].link == made.get_absolute_url()
    sheet = client.get(made.get_absolute_url(), {"fields-export": "xlsx"})
    assert sheet["Content-Type"].endswith("spreadsheetml.sheet")
    data = json.loads(client.get(reverse("funds:filing_json", args=[made.pk])).content)
    assert (data["commitment"], hash_of(data["content"])) == ("It is true.", data["sha256"])
    as_role(client, Role.FUND_OFFICER)
    assert send("filing_act", made.pk, "file", filed_on="2025-06-01", receipt="R-7").status_code == 302
    report = KIND.build(
        {"fund": fund}, as_of=date(YEAR, 12, 31), known_at=timezone.now(), language="en"
    )  # fmt: skip
    assert "87.50" in str(report.summary)
    assert report.sources[0].unverified
    early = KIND.build(
        {"fund": fund}, as_of=date(YEAR, 12, 31), known_at=datetime(2025, 1, 1, tzinfo=UTC), language="en"
    )
    assert "No self-evaluation" in str(early.summary)


@pytest.mark.parametrize("name", ["evaluations", "filings", "run", "filing"])
def test_pages_cost_the_same_for_one_row_and_three(client, name, django_assert_max_num_queries):
    as_role(client, Role.AUDITOR)
    first, made = score(run()), extract()
    one = {"run": first.get_absolute_url(), "filing": made.get_absolute_url()}
    counts = []
    for more in (0, 2):
        for _ in range(more):
            extract(run().fund)
        address = one.get(name) or reverse(f"funds:{name}")
        client.get(address)
        with django_assert_max_num_queries(14) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_admin_begins_and_decides(client):
    fund = managed_holding().fund
    as_role(client, Role.FUND_OFFICER)
    form = {"fund": fund.pk, "year": YEAR}
    scheme = {"scheme": EvaluationScheme.objects.get().pk}
    assert client.post(reverse("admin:funds_evaluationrun_add"), form | scheme).status_code == 302
    assert client.post(reverse("admin:funds_filingextract_add"), form).status_code == 302
    row, made = score(EvaluationRun.objects.get()), FilingExtract.objects.get()

    def press(model, pk, act, **data):
        return client.post(reverse(f"admin:funds_{model}_act", args=[pk, act]), data).status_code

    assert press("evaluationrun", row.pk, "submit") == 302
    assert press("evaluationrun", row.pk, "confirm", reason="so") == 403
    as_role(client, Role.PROGRAMME_MANAGER)
    assert press("evaluationrun", row.pk, "confirm", reason="so") == 302
    assert press("filingextract", made.pk, "commit", commitment="true") == 302
    as_role(client, Role.FUND_OFFICER)
    assert press("filingextract", made.pk, "file", filed_on="2025-06-01", receipt="R") == 302
    row.refresh_from_db()
    made.refresh_from_db()
    assert (row.state, row.total, made.state) == ("CONFIRMED", 80, "FILED")


@pytest.mark.parametrize("role", Role)
def test_who_writes_over_the_api(role):
    client = APIClient()
    client.force_authenticate(UserFactory(role=role))
    body = {"fund": FundFactory().pk, "year": YEAR, "scheme": EvaluationScheme.objects.get().pk}
    made = client.post(reverse("api:evaluationrun-list"), body)
    assert made.status_code == (201 if role in PREPARERS else 403)
    waiting = submitted()
    answer = client.post(reverse("api:evaluationrun-confirm", args=[waiting.pk]), {"reason": "so"})
    assert answer.status_code == (200 if role in CONFIRMERS else 403 if role in READERS else 404)
    filed = client.post(reverse("api:filingextract-list"), {"fund": body["fund"], "year": YEAR})
    assert filed.status_code == (201 if role in PREPARERS else 403)
    if role in PREPARERS:
        number = made.json()["id"]
        one = EvaluationScheme.objects.get().indicators.first()
        given = {"indicator": one.pk, "score": "12.25", "reason": "seen"}
        assert client.post(reverse("api:evaluationrun-score", args=[number]), given).json()["hundredths"] == 1225
