"""Doors of blind assessments: role × address, pages and API; what a reviewer reads; queries with one row and three."""

import json
import re

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from innovation.accounts.choices import Role
from talent.choices.assessment import AssessmentState
from talent.models import Assessment, PersonVault, Score, ScoreChange
from talent.queries.blind import BlindCriterion, BlindItem, BlindLine, BlindPacket
from talent.urls import assessment as addresses
from tests.factories.accounts import UserFactory
from tests.factories.talent import PersonFactory
from tests.factories.talent_assessment import KEYS, Case

pytestmark = pytest.mark.django_db
SECRETS = ("欧阳", "怀瑾", "Ouyang", "Huaijin", "ZL2019", "2019年", "30年从业")
READERS = {Role.TALENT_OFFICER, Role.PRIVACY_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR}
RUNS = {Role.TALENT_OFFICER, Role.ADMINISTRATOR}
DECIDES = {Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}
EVERYBODY = {*Role, "subject", "asked"}
ALLOWED = {
    "assessments": READERS | DECIDES, "assessment": READERS | DECIDES, "assessment_new": RUNS,
    "assessment_evidence": RUNS, "assessment_reviewer": RUNS, "assessment_step": RUNS, "redact": RUNS,
    "evidence_file": READERS | {"subject"}, "release_reviewer": RUNS, "blind_reviews": {Role.REVIEWER, "asked"},
    **{key: {"asked"} for key in ("blind_review", "blind_declare", "blind_decline", "blind_conflict", "blind_change")},
    "blind_file": set(), "own_assessments": EVERYBODY,
    **{key: {"subject"} for key in ("own_assessment", "own_evidence", "own_appeal")},
    "vault": {"subject"}, "vault_withdraw": {"subject"},
    "api:assessmentrubric-list": EVERYBODY, "api:assessmentround-list": EVERYBODY, "api:assessment-list": EVERYBODY,
    "api:assessment-detail": READERS | DECIDES | {"subject"}, "api:assessment-history": READERS,
    "api:blindreview-list": EVERYBODY, "api:blindreview-detail": {"asked"},
}  # fmt: skip


def address(name, case):
    evidence, review = case.record.evidence.first(), case.review(0)
    values = {
        "assessment": [case.pk], "assessment_evidence": [case.pk], "assessment_reviewer": [case.pk],
        "assessment_step": [case.pk, "lock"], "redact": [evidence.pk], "evidence_file": [evidence.pk],
        "release_reviewer": [review.pk], "blind_change": [review.pk, 1], "blind_file": [review.pk, 1],
        **{key: [review.pk] for key in ("blind_review", "blind_declare", "blind_decline", "blind_conflict")},
        **{key: [case.pk] for key in ("own_assessment", "own_evidence", "own_appeal")},
        **{key: [case.pk] for key in ("api:assessment-detail", "api:assessment-history")},
        "api:blindreview-detail": [review.pk],
    }  # fmt: skip
    return reverse(name if ":" in name else f"talent:{name}", args=values.get(name, []))


def client_of(user):
    client = Client(headers={"accept-language": "zh-hans"}, raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


@pytest.mark.usefixtures("undrawn")
def test_each_address_answers_whom_the_table_names_and_nobody_else():
    case = Case().to("blind_scoring")
    evidence = case.record.evidence.get()
    evidence.file.save("a.pdf", ContentFile(b"%PDF-1"), save=False)
    type(evidence).objects.filter(pk=evidence.pk).update(
        file=evidence.file.name, file_name="a.pdf", file_kind="pdf", file_sha256="0" * 64
    )
    pages = {name for name in ALLOWED if ":" not in name}
    assert pages == {pattern.name for pattern in addresses.urlpatterns}
    people = {role: UserFactory(role=role) for role in Role}
    people |= {"subject": case.person.user, "asked": case.reviewers[0], None: None}
    wrong = []
    for who, user in people.items():
        client = client_of(user)
        cache.clear()
        for name, allowed in ALLOWED.items():
            status = client.get(address(name, case)).status_code
            good = {200, 302} if who in allowed else {302, 401} if who is None else {403, 404}
            if who in allowed and name == "blind_change":
                good = {200}
            if status not in good:
                wrong.append((name, who, status))
    assert wrong == []


def send(client, url, status=302, **data):
    """Fill the form of ``url`` in, as a browser does."""
    form = client.get(url).content.decode()
    token = re.search(r'name="form_token" value="([^"]+)"', form)[1]
    answer = client.post(url, {"form_token": token, **data})
    assert answer.status_code == status, answer.content.decode()[-3000:]
    return answer


def test_a_case_is_led_through_its_pages_and_no_reviewer_page_names_the_person():
    case = Case()
    officer, reviewer, subject = client_of(case.officer), client_of(case.reviewers[0]), client_of(case.person.user)

    def step(event):
        return reverse("talent:assessment_step", args=[case.pk, event])

    own = reverse("talent:own_evidence", args=[case.pk])
    send(subject, own, criterion="fit", form="plan", text="欧阳怀瑾的计划,2019年开始。", domain="", year="", upload="")
    added = case.record.evidence.order_by("-pk").first()
    desk = officer.get(reverse("talent:redact", args=[added.pk])).content.decode()
    assert "<mark>欧阳怀瑾</mark>" in desk
    assert "▇▇▇的计划" in desk
    send(officer, reverse("talent:redact", args=[added.pk]), 422, text="欧阳怀瑾的计划", left_reason="x")
    send(officer, reverse("talent:redact", args=[added.pk]), text="申请人的计划。", left_reason="")
    send(officer, step("begin"))
    pages = [reverse("talent:blind_reviews")]
    review = reverse("talent:blind_review", args=[case.review(0).pk])
    assert reviewer.get(review).status_code == 302
    send(reviewer, reverse("talent:blind_declare", args=[case.review(0).pk]), conflict="no")
    marks = {f"mark_{key}": mark for key, mark in zip(KEYS, (4, 2, 3, 2, 4), strict=True)}
    send(reviewer, review, save="1", **marks)
    send(reviewer, review, 422, submit="1", **marks)
    pages += [review, "/", reverse("api:blindreview-list"), reverse("api:blindreview-detail", args=[case.review(0).pk])]
    for page in pages:
        text = reviewer.get(page).content.decode()
        assert [word for word in SECRETS if word in text] == [], page
    assert "申请人的计划。" in reviewer.get(review).content.decode()
    send(reviewer, review, submit="1", **marks, **{f"reason_{key}": "理由充分" for key in KEYS})
    case.score(1)
    send(officer, step("lock"))
    send(officer, step("unblind"))
    assert "怀瑾" in reviewer.get(review).content.decode()
    change = reverse("talent:blind_change", args=[case.review(0).pk, Score.objects.filter(review=case.review(0))[0].pk])
    send(reviewer, change, mark="3", reason="核对原件")
    assert ScoreChange.objects.get().stage == "due_diligence"
    send(officer, step("diligence"), findings="原件齐全")
    manager = client_of(case.manager)
    page = manager.get(reverse("talent:assessment", args=[case.pk])).content.decode()
    assert [word for word in SECRETS if word in page] == []
    assert "原件齐全" in page
    told = manager.get(reverse("api:assessment-detail", args=[case.pk])).json()
    assert told["person"] is None
    assert [word for word in SECRETS if word in json.dumps(told, ensure_ascii=False)] == []
    send(manager, step("decide"), outcome="awarded", reason="综合评定")
    mine = subject.get(reverse("talent:own_assessment", args=[case.pk])).content.decode()
    assert "综合评定" in mine
    assert "理由充分" in mine
    assert str(case.reviewers[0].email) not in mine
    send(subject, reverse("talent:own_appeal", args=[case.pk]), text="请复核")
    send(client_of(case.second), step("answer"), outcome="awarded", answer="维持")
    assert Assessment.objects.get(pk=case.pk).state == AssessmentState.CLOSED


def test_records_for_reviewers_have_no_field_for_a_person():
    words = ("person", "name", "user", "email", "orcid", "age", "birth", "sex", "school", "title_award")
    allowed = {"title"}
    for record in (BlindLine, BlindItem, BlindCriterion, BlindPacket):
        fields = set(record.__dataclass_fields__) - allowed
        assert [field for field in fields if any(word == field or f"_{word}" in field for word in words)] == []
        assert not hasattr(record, "__dict__") or "__slots__" in vars(record)


def test_the_api_takes_a_case_through_scoring():
    case = Case()
    officer, reviewer = client_of(case.officer), client_of(case.reviewers[0])
    act = reverse("api:assessment-act", args=[case.pk])
    again = {"content_type": "application/json"}
    assert officer.post(act, {"step": "lock"}, **again).status_code == 409
    assert officer.post(act, {"step": "begin"}, **again).json()["assessment_state"] == "blind_scoring"
    review = case.review(0).pk
    assert reviewer.get(reverse("api:blindreview-detail", args=[review])).json()["packet"] is None
    reviewer.post(reverse("api:blindreview-declare", args=[review]), {"conflict": False}, **again)
    sheet = {"marks": dict.fromkeys(KEYS, 2), "reasons": dict.fromkeys(KEYS, "理由")}
    saved = reviewer.post(reverse("api:blindreview-save", args=[review]), sheet, **again).json()
    assert saved["draft"]["marks"]["fit"] == 2
    done = reviewer.post(reverse("api:blindreview-submit", args=[review]), sheet, **again).json()
    assert done["review_state"] == "submitted"
    person = PersonFactory()
    opened = officer.post(
        reverse("api:assessment-open-case"), {"round": case.round.pk, "person": str(person.uuid)}, **again
    )
    assert opened.json()["code"] == "NO_SUCH_ROLE"


def test_a_year_of_birth_goes_in_sealed_and_never_comes_out():
    person = PersonFactory(with_account=True)
    client = client_of(person.user)
    page = reverse("talent:vault")
    send(client, page, 422, year="1971")
    send(client, page, year="1971", consent="on")
    entry = PersonVault.objects.get(person=person)
    assert b"1971" not in bytes(entry.sealed)
    assert "1971" not in client.get(page).content.decode()
    for role in Role:
        assert not PersonVault.objects.visible_to(UserFactory(role=role)).exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'public' "
            "AND table_name LIKE 'talent%' AND column_name ~ '(^|_)(birth|born|age|ages|sealed_year)($|_)'"
        )
        assert cursor.fetchone() == (0,)
    send(client, reverse("talent:vault_withdraw"))
    assert not PersonVault.objects.exists()


def test_lists_and_pages_cost_the_same_with_one_row_and_with_three():
    first = Case().to("blind_scoring")
    people = {"officer": first.officer, "asked": first.reviewers[0], "subject": first.person.user}
    pages = {
        "officer": ["assessments", "assessment", "api:assessment-list"],
        "asked": ["blind_reviews", "api:blindreview-list"],
        "subject": ["own_assessments", "api:assessment-list"],
    }  # fmt: skip

    def costs():
        found = {}
        for who, names in pages.items():
            client = client_of(people[who])
            client.get("/")
            for name in names:
                with CaptureQueriesContext(connection) as seen:
                    assert client.get(address(name, first)).status_code == 200
                found[who, name] = len(seen)
        return found

    cache.clear()
    before = costs()
    for _number in range(2):
        Case(officer=first.officer, manager=first.manager, second=first.second, person=PersonFactory(),
             reviewers=first.reviewers, round=first.round).to("blind_scoring")  # fmt: skip
    assert costs() == before
