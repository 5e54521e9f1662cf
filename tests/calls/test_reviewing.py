"""Reviewers: conflict first, blind by construction, assignment laws, scores that stay, ranking with ties."""

import io
import json
from datetime import timedelta
from fractions import Fraction

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from innovation.accounts.choices import Role
from innovation.calls.actions import assigning, closing, reviewing
from innovation.calls.actions.reviewing import Written
from innovation.calls.choices import ApplicationState, Relation, RelationKind, ReviewState
from innovation.calls.models import Partner, Review, ReviewSummary, ReviewVersion
from innovation.calls.queries.proposals import propose
from innovation.calls.queries.relations import standings
from innovation.core.models import OutboxMessage
from innovation.organisations.choices import MembershipRole
from tests.factories.accounts import UserFactory
from tests.factories.calls import CallFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.factories.reviews import ReviewFactory, form_with, make_reviewer, submitted_case
from tests.refusals import refused, refused_by_rule

pytestmark = pytest.mark.django_db
NAME, CODE, PERSON, PHONE = "琥珀光电科技有限公司", "91110000600037341L", "欧阳明月", "13912345678"
BLIND_FORM = {
    "sections": [
        {"key": "project", "title": {"en": "Project", "zh": "项目"}, "fields": [
            {"key": "title", "type": "text", "label": {"en": "Title", "zh": "名称"}, "column": "title"},
            {"key": "summary", "type": "long_text", "label": {"en": "Summary", "zh": "摘要"}},
            {"key": "team", "type": "table", "label": {"en": "Team", "zh": "团队"}, "columns": [
                {"key": "who", "type": "person", "label": {"en": "Who", "zh": "姓名"}},
                {"key": "task", "type": "text", "label": {"en": "Task", "zh": "分工"}}]},
        ]},
        {"key": "applicant", "title": {"en": "Applicant", "zh": "单位"}, "fields": [
            {"key": "company", "type": "text", "label": {"en": "Name", "zh": "单位名称"}, "identifying": True},
            {"key": "phone", "type": "text", "label": {"en": "Phone", "zh": "电话"}, "identifying": True},
            {"key": "papers", "type": "file", "label": {"en": "Papers", "zh": "附件"}}]},
    ],
    "rules": [],
}  # fmt: skip


def test_the_start_page_of_a_reviewer_begins_with_the_reviews_and_offers_nothing_to_apply_for(client):
    reviewer, both = make_reviewer(), make_reviewer()
    both.groups.add(Group.objects.get(name=Role.APPLICANT))
    for person in (reviewer, both):
        ReviewFactory(reviewer=person)
        client.force_login(person)
        page = client.get("/", headers={"accept-language": "en"}).content.decode()
        assert "1 review waits for you." in page
        assert 'href="/funds/' not in page
        applies = "Calls that you can apply to" in page
        assert applies == ("/calls/applications/" in page) == (person is both)
        assert not applies or page.index("Reviews to write") < page.index("Calls that you can apply to")


def written(novelty=8, team=6, market=4, text=""):
    return Written({"novelty": novelty, "team": team, "market": market}, {"novelty": "有新意"}, "总体可行", text)


def coordinator():
    return UserFactory(role=Role.FUND_OFFICER)


def blind_case(organisation=None, created_by=None):
    """A case whose every text tries to tell who applies."""
    answers = {
        "title": f"{NAME}的激光雷达", "summary": f"本项目由{NAME}（{CODE.lower()}）承担，负责人{PERSON}，电话{PHONE}。",
        "team": [{"who": {"name": PERSON}, "task": f"{PERSON}负责总体"}], "company": NAME, "phone": PHONE,
    }  # fmt: skip
    organisation = organisation or OrganisationFactory(name_zh=NAME, name_en="Amber Optics", uscc=CODE)
    call = CallFactory(is_blind=True, form=form_with(BLIND_FORM))
    case = submitted_case(
        ApplicationState.IN_REVIEW, answers, call=call, organisation=organisation, title=f"{NAME}的激光雷达",
        created_by=created_by or UserFactory(role=Role.APPLICANT, name=PERSON, email="ouyang@amber.example"),
    )  # fmt: skip
    Partner.objects.create(
        application=case, name="北辰大学", email="li@beichen.example", organisation=OrganisationFactory()
    )
    return case


SECRETS = (NAME, "琥珀", CODE, CODE.lower(), PERSON, PHONE, "ouyang", "amber", "Amber", "北辰", "beichen")


def leaks(content):
    text = content if isinstance(content, str) else content.decode(errors="replace")
    return [secret for secret in SECRETS if secret in text]


def test_a_blind_reviewer_reads_everything_and_finds_no_identity(client):
    case = blind_case()
    reviewer = make_reviewer()
    review = assigning.assign_reviewer(application_id=case.pk, reviewer_id=reviewer.pk, actor=coordinator())
    client.force_login(reviewer)
    before = client.get(reverse("reviews:declare", args=[review.pk])).content
    assert case.number in before.decode()
    assert "激光雷达" not in before.decode()
    assert client.get(reverse("reviews:packet_pdf", args=[review.pk])).status_code == 404
    reviewing.declare(review_id=review.pk, conflict=False, actor=reviewer)
    page = client.get(review.get_absolute_url()).content
    assert "激光雷达" in page.decode()
    assert "负责总体" in page.decode()
    pdf = "".join(
        each.extract_text()
        for each in PdfReader(io.BytesIO(client.get(reverse("reviews:packet_pdf", args=[review.pk])).content)).pages
    )
    response = client.get(reverse("reviews:packets"))
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)), read_only=True)
    cells = json.dumps([list(row) for sheet in book for row in sheet.values], default=str, ensure_ascii=False)
    assert "激光雷达" in pdf.replace("\n", "")
    assert "激光雷达" in cells
    mails = json.dumps(list(OutboxMessage.objects.values_list("subject", "payload")), ensure_ascii=False)
    pages = [client.get(reverse("reviews:desk")).content, client.get(reverse("home")).content]
    exports = [b"".join(client.get(reverse("reviews:desk") + "?open-export=csv").streaming_content)]
    for content in (before, page, pdf, cells, mails, *pages, *exports):
        assert leaks(content) == []
    assert client.get(reverse("calls:application", args=[case.pk])).status_code == 404


def test_conflict_is_declared_before_anything_is_read_or_written(client):
    case = submitted_case(ApplicationState.IN_REVIEW)
    review = ReviewFactory(application=case, state=ReviewState.INVITED)
    act = {"review_id": review.pk, "actor": review.reviewer}
    refused_by_rule("CONFLICT_NOT_DECLARED", reviewing.save_draft, **act, written=written())
    refused_by_rule("CONFLICT_NOT_DECLARED", reviewing.submit_review, **act, written=written())
    refused("review_declared_first", lambda: Review.objects.filter(pk=review.pk).update(state="open"))
    client.force_login(review.reviewer)
    assert client.get(review.get_absolute_url()).headers["Location"] == reverse("reviews:declare", args=[review.pk])
    refused_by_rule("REASON_MISSING", reviewing.declare, **act, conflict=True)
    refused_by_rule("NOT_YOURS", reviewing.declare, review_id=review.pk, actor=make_reviewer(), conflict=False)
    reviewing.declare(**act, conflict=True, note="共同专利")
    assert client.get(reverse("reviews:packet_pdf", args=[review.pk])).status_code == 404
    other = submitted_case(ApplicationState.ELIGIBLE, organisation=case.organisation)
    refused_by_rule(
        "REVIEWER_RELATED", assigning.assign_reviewer, application_id=other.pk, reviewer_id=review.reviewer_id,
        actor=coordinator(),
    )  # fmt: skip


def test_relations_are_computed_declared_and_unknown_blocks():
    case = submitted_case(ApplicationState.ELIGIBLE)
    group = OrganisationFactory()
    case.organisation.controlling_group = group
    case.organisation.save()
    free, employed, grouped, mailed, silent, told, public = (make_reviewer() for _ in range(7))
    MembershipFactory(organisation=case.organisation, user=employed, role=MembershipRole.VIEWER)
    MembershipFactory(organisation=OrganisationFactory(controlling_group=group), user=grouped)
    mailed.email, public.email = "prof@example.org", "someone@163.com"
    silent.reviewer_profile.declared_on = timezone.localdate() - timedelta(days=400)
    silent.reviewer_profile.save()
    assigning.record_relation(
        user_id=told.pk, organisation_id=case.organisation_id, relation=Relation.UNKNOWN, kind=RelationKind.OTHER,
        actor=coordinator(),
    )  # fmt: skip
    people = [free, employed, grouped, mailed, silent, told, public]
    held = standings([case], people)
    assert [held[case.pk, person.pk].relation.value for person in people] == [
        "none", "conflict", "conflict", "conflict", "unknown", "unknown", "none"
    ]  # fmt: skip
    assert held[case.pk, grouped.pk].reasons == ("group",)
    refused_by_rule(
        "RELATION_UNKNOWN", assigning.assign_reviewer, application_id=case.pk, reviewer_id=silent.pk,
        actor=coordinator(),
    )  # fmt: skip
    plan = propose([case])
    assert not {one.reviewer for one in plan.choices} & {employed, grouped, silent, told}


def test_a_proposal_fills_seats_evenly_and_is_confirmed_whole():
    call = CallFactory(reviewers_needed=2)
    cases = [submitted_case(ApplicationState.ELIGIBLE, call=call) for _ in range(3)]
    reviewers = [make_reviewer(load_limit=2) for _ in range(3)]
    employed = make_reviewer()
    MembershipFactory(organisation=cases[0].organisation, user=employed)
    plan = propose(cases)
    assert plan.shortages == ()
    assert {case.pk: len({one.reviewer for one in plan.choices if one.case == case}) for case in cases} == {
        case.pk: 2 for case in cases
    }
    assert not [one for one in plan.choices if one.case == cases[0] and one.reviewer == employed]
    pairs = [assigning.Pair(one.case.pk, one.reviewer.pk) for one in plan.choices]
    actor = coordinator()
    refused_by_rule(
        "REVIEWER_RELATED", assigning.confirm_proposal, actor=actor,
        pairs=[*pairs, assigning.Pair(cases[0].pk, employed.pk)],
    )  # fmt: skip
    assert Review.objects.count() == 0
    reviews = assigning.confirm_proposal(pairs=pairs, actor=actor)
    assert {case.state for case in call.applications.all()} == {ApplicationState.IN_REVIEW}
    asked = OutboxMessage.objects.exclude(key__startswith="application-")
    assert asked.count() == len(reviews) == 6
    loads = [Review.objects.filter(reviewer=one).count() for one in [*reviewers, employed]]
    assert max(loads) - min(loads) <= 1
    again = assigning.remind(review_ids=[one.pk for one in reviews], actor=actor)
    assert (len(again), assigning.remind(review_ids=[one.pk for one in reviews], actor=actor)) == (6, [])
    assert asked.count() == 12


def test_a_review_is_complete_and_explains_a_distance():
    case = submitted_case(ApplicationState.IN_REVIEW)
    first, second = ReviewFactory(application=case), ReviewFactory(application=case)
    act = {"review_id": first.pk, "actor": first.reviewer}
    partial = Written({"novelty": 8}, {})
    reviewing.save_draft(**act, written=partial)
    refused_by_rule("SHEET_INCOMPLETE", reviewing.submit_review, **act, written=partial)
    refused_by_rule("SHEET_INCOMPLETE", reviewing.submit_review, **act, written=written(novelty=11))
    refused_by_rule("SHEET_INCOMPLETE", reviewing.submit_review, **act, written=written(team=None))
    reviewing.submit_review(**act, written=written(market=None))
    first.refresh_from_db()
    assert first.total == Fraction(8 * 2 + 6, 3) * 10
    other = {"review_id": second.pk, "actor": second.reviewer}
    refused_by_rule("DIVERGENCE_TEXT", reviewing.submit_review, **other, written=written(1, 1, 1))
    reviewing.submit_review(**other, written=written(1, 1, 1, text="市场上已有"))
    refused_by_rule("NOT_OPEN", reviewing.submit_review, **act, written=written(), reason="再看一次")
    actor = coordinator()
    day = timezone.localdate()
    closing.open_discussion(application_id=case.pk, note="差距很大", due_on=day, actor=actor)
    refused_by_rule("REASON_MISSING", reviewing.submit_review, **act, written=written())
    revised = reviewing.submit_review(**act, written=written(4, 4, 4, text="仍认为较新"), reason="看了市场材料")
    assert (revised.serial, ReviewVersion.objects.filter(review=first).count()) == (2, 2)
    refused_by_rule("NOT_OPEN", reviewing.submit_review, **act, written=written(), reason="再来")
    refused("review_version_append_only", lambda: ReviewVersion.objects.update(comment="改"))
    refused_by_rule("NONE_READY", closing.close_reviews, call_id=case.call_id, actor=actor)


def test_closing_freezes_figures_and_ranks_with_ties():
    call = CallFactory(tie_breaks=["novelty"])
    cases = [submitted_case(ApplicationState.IN_REVIEW, call=call) for _ in range(4)]
    for case, (novelty, team) in zip(cases, [(8, 8), (9, 6), (8, 8), (5, 5)], strict=True):
        for _ in range(2):
            review = ReviewFactory(application=case)
            reviewing.submit_review(
                review_id=review.pk, actor=review.reviewer, written=written(novelty, team, None)
            )  # fmt: skip
    waits = ReviewFactory(application=cases[3])
    actor = coordinator()
    done, refused_cases = closing.close_reviews(call_id=call.pk, actor=actor)
    assert [(one.application_id, one.rank, one.is_tied, one.n) for one in done] == [
        (cases[0].pk, 2, True, 2), (cases[1].pk, 1, False, 2), (cases[2].pk, 2, True, 2)
    ]  # fmt: skip
    assert done[0].score == 80
    assert (str(done[0].mean), str(done[0].sd), done[0].ranked_of) == ("80.000000", "0.000000", 3)
    assert [(one.case, one.why.code) for one in refused_cases] == [(cases[3], "REVIEWS_OPEN")]
    Review.objects.filter(pk=waits.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    (late,), none = closing.close_reviews(call_id=call.pk, actor=actor)
    assert (late.rank, none) == (1, [])
    refused("review_summary_append_only", lambda: ReviewSummary.objects.update(rank=9))
    assert {case.state for case in call.applications.all()} == {ApplicationState.RANKED}
