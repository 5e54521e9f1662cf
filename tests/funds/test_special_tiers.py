"""The special tier of a rule through its doors: evidence by hash, two people, validity, mails, the end."""

import hashlib
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from funds.actions import special_tiers
from funds.actions.policies import bind_policy
from funds.models import PolicyDocument, SpecialTierApproval, TierEvidence
from funds.queries.tolerance import Target, evaluate
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from innovation.core.models import OutboxMessage
from tests.factories.accounts import UserFactory
from tests.funds.scenes import invest, venture

pytestmark = pytest.mark.django_db
START = date(2024, 1, 1)
PDF = b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF\n"
READERS = {Role.FUND_OFFICER, Role.FINANCE, Role.PROGRAMME_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}


def pdf(name="opinion.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


@pytest.fixture
def binding(officer):
    document = PolicyDocument.objects.get(code="CN-HZ-SHANGCHENG-2025")
    return bind_policy(document_id=document.pk, fund_id=venture().pk, valid_from=START, actor=officer)


@pytest.fixture
def rule(binding):
    return binding.document.rules.get(code="CN-HZ-SC-FUND-VC")


def ask(binding, rule, officer, **facts):
    given = {"evidence": "Minutes 3", "valid_from": START, "valid_to": date(2024, 12, 31), "files": [pdf()]}
    return special_tiers.request_special_tier(binding_id=binding.pk, rule_id=rule.pk, actor=officer, **given | facts)


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def test_evidence_is_kept_with_the_hash_of_its_bytes_and_never_changed(binding, rule, officer):
    approval = ask(binding, rule, officer)
    row = approval.files.get()
    assert (row.sha256, row.size, row.file_kind) == (hashlib.sha256(PDF).hexdigest(), len(PDF), "pdf")
    with pytest.raises(RuleViolation) as caught:
        special_tiers.add_evidence(approval_id=approval.pk, upload=pdf("same.pdf"), actor=officer)
    assert caught.value.code == "EVIDENCE_TWICE"
    special_tiers.add_evidence(approval_id=approval.pk, upload=pdf("b.pdf", PDF + b"%%EOF\n"), actor=officer)
    for work in (lambda: TierEvidence.objects.update(file_name="x"), row.delete):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            work()
        assert "tier_evidence_append_only" in refused.value.__cause__.diag.constraint_name
    facts = {"approval": approval, "file": "x", "file_name": "x", "size": 1, "added_by": officer}
    for name, digest in (("tier_evidence_hash", "zz"), ("tier_evidence_once", row.sha256)):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            TierEvidence.objects.create(**facts, sha256=digest)
        assert refused.value.__cause__.diag.constraint_name == name


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("PERIOD_ORDER", {"valid_to": date(2023, 1, 1)}),
        ("BEFORE_BINDING", {"valid_from": date(2023, 12, 31)}),
        ("FILE_KIND", {"files": [SimpleUploadedFile("a.exe", b"MZ\x00\x01\x02")]}),
    ],
)
def test_a_wrong_request_is_refused_whole(code, facts, binding, rule, officer):
    with pytest.raises(RuleViolation) as caught:
        ask(binding, rule, officer, **facts)
    assert caught.value.code == code
    assert not SpecialTierApproval.objects.exists()


def test_two_requests_for_one_special_case_do_not_wait_side_by_side(binding, rule, officer, manager):
    first = ask(binding, rule, officer)
    with pytest.raises(RuleViolation) as caught:
        ask(binding, rule, officer)
    assert caught.value.code == "ALREADY_REQUESTED"
    special_tiers.decide_special_tier(approval_id=first.pk, approve=False, reason="no", actor=manager)
    assert ask(binding, rule, officer).state == "REQUESTED"
    with pytest.raises(RuleViolation) as caught:
        special_tiers.add_evidence(approval_id=first.pk, upload=pdf("late.pdf", PDF + b"%%EOF"), actor=officer)
    assert caught.value.code == "ALREADY_DECIDED"


def test_the_cap_changes_on_approved_days_only_and_the_past_keeps_it_after_the_end(binding, rule, officer, manager):
    invest(binding.fund, 100)

    def cap(day):
        main = evaluate(Target.of_fund(binding.fund), day, timezone.now()).main
        return str(main.tolerance.effective_cap)

    approval = ask(binding, rule, officer)
    assert cap(date(2024, 6, 30)) == "2/5"
    special_tiers.decide_special_tier(approval_id=approval.pk, approve=True, reason="Board 4", actor=manager)
    assert (cap(date(2024, 6, 30)), cap(date(2025, 1, 1))) == ("3/5", "2/5")
    assert special_tiers.expire_special_tiers(today=date(2024, 12, 31)) == 0
    assert special_tiers.expire_special_tiers(today=date(2025, 1, 1)) == 1
    approval.refresh_from_db()
    assert approval.state == "EXPIRED"
    assert (cap(date(2024, 6, 30)), cap(date(2025, 1, 1))) == ("3/5", "2/5")


def test_each_step_is_told_once_to_whom_it_concerns(binding, rule, officer, manager):
    approval = ask(binding, rule, officer)
    special_tiers.decide_special_tier(approval_id=approval.pk, approve=True, reason="Board 4", actor=manager)
    special_tiers.expire_special_tiers(today=date(2025, 1, 1))
    mails = OutboxMessage.objects.filter(key__startswith="special-tier-").order_by("pk")
    assert [(mail.key.split("-")[3], mail.recipient) for mail in mails] == [
        ("REQUESTED", manager.email), ("APPROVED", officer.email), ("EXPIRED", officer.email),
        ("EXPIRED", manager.email),
    ]  # fmt: skip
    assert "Board 4" in mails[1].payload["text"]


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("special_tier_expires_by_its_end", {"state": "EXPIRED"}),
        ("special_tier_in_order", {"valid_to": date(2020, 1, 1)}),
    ],
)
def test_the_database_refuses_wrong_special_tiers(name, facts, binding, rule, officer):
    manager = UserFactory(role=Role.PROGRAMME_MANAGER)
    decided = {"decided_by": manager, "decided_at": timezone.now()} if "state" in facts else {}
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        SpecialTierApproval.objects.create(
            binding=binding, rule=rule, evidence="x", valid_from=START, requested_by=officer, **decided | facts
        )
    assert refused.value.__cause__.diag.constraint_name == name


# ── Pages ────────────────────────────────────────────────────────────────────────────────────────
def test_a_request_is_made_decided_and_read_on_its_pages(binding, rule, officer, manager):
    client, address = client_of(officer), reverse("funds:special_tier_request")
    page = client.get(address, {"fund": binding.fund_id})
    form = {
        "choice": f"{binding.pk}-{rule.pk}", "evidence": "Minutes 3", "valid_from": "2024-01-01",
        "valid_to": "2024-12-31", "files": [pdf(), pdf("second.pdf", PDF + b"%%EOF")],
        "form_token": page.context["form"]["form_token"].value(),
    }  # fmt: skip
    refused = client.post(address, form)
    assert "condition_met" in refused.context["form"].errors
    form["form_token"] = refused.context["form"]["form_token"].value()
    form["files"] = [pdf(), pdf("second.pdf", PDF + b"%%EOF")]
    assert client.post(address, form | {"condition_met": "on"}).status_code == 302
    approval = SpecialTierApproval.objects.get()
    assert approval.files.count() == 2
    address = reverse("funds:special_tier", args=[approval.pk])
    own = client.get(address)
    assert own.context["decide_form"] is None
    assert hashlib.sha256(PDF).hexdigest() in own.text
    other = client_of(manager)
    token = other.get(address).context["decide_form"]["form_token"].value()
    decision = {"act": "decide", "decision": "approve", "decision_reason": "", "form_token": token}
    refused = other.post(address, decision)
    assert refused.status_code == 422
    decision |= {"decision_reason": "Board 4", "form_token": refused.context["decide_form"]["form_token"].value()}
    assert other.post(address, decision).status_code == 302
    assert "Board 4" in client.get(address).text
    assert client.get(address).context["evidence_form"] is None


def test_one_more_document_is_attached_on_the_page(binding, rule, officer):
    approval, client = ask(binding, rule, officer), client_of(officer)
    address = reverse("funds:special_tier", args=[approval.pk])
    token = client.get(address).context["evidence_form"]["form_token"].value()
    answer = client.post(address, {"act": "evidence", "file": pdf("c.pdf", PDF + b"%%EOF"), "form_token": token})
    assert (answer.status_code, approval.files.count()) == (302, 2)
    file = approval.files.last()
    got = client.get(reverse("funds:tier_evidence", args=[file.pk]))
    assert hashlib.sha256(b"".join(got.streaming_content)).hexdigest() == file.sha256
    assert got["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("role", Role)
@pytest.mark.usefixtures("undrawn")
def test_who_opens_what(role, binding, rule, officer):
    approval = ask(binding, rule, officer)
    client = client_of(UserFactory(role=role))
    evidence = reverse("funds:tier_evidence", args=[approval.files.get().pk])
    for address in (reverse("funds:special_tiers"), reverse("funds:special_tier", args=[approval.pk]), evidence):
        assert client.get(address).status_code == (200 if role in READERS else 403)
    asks = role in {Role.FUND_OFFICER, Role.ADMINISTRATOR}
    assert client.get(reverse("funds:special_tier_request")).status_code == (200 if asks else 403)
    api = APIClient()
    api.force_authenticate(UserFactory(role=role))
    assert len(api.get(reverse("api:specialtier-list")).json()["results"]) == (role in READERS)
    decided = api.post(reverse("api:specialtier-decide", args=[approval.pk]), {"approve": True, "reason": "so"})
    decides = role in {Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}
    assert decided.status_code == (200 if decides else 403 if role in READERS else 404)


def test_the_list_costs_the_same_for_one_row_and_three(officer, django_assert_max_num_queries):
    client, counts = client_of(officer), []
    document = PolicyDocument.objects.get(code="CN-HZ-SHANGCHENG-2025")
    rule = document.rules.get(code="CN-HZ-SC-FUND-VC")
    for rows in (1, 2):
        for _ in range(rows):
            binding = bind_policy(document_id=document.pk, fund_id=venture().pk, valid_from=START, actor=officer)
            ask(binding, rule, officer)
        with django_assert_max_num_queries(12) as queries:
            client.get(reverse("funds:special_tiers"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_request_by_the_api_carries_its_file(binding, rule, officer):
    api = APIClient()
    api.force_authenticate(officer)
    facts = {
        "binding": binding.pk, "rule": rule.pk, "evidence": "Minutes 3", "valid_from": "2024-01-01",
        "valid_to": str(START + timedelta(days=365)), "upload": pdf(),
    }  # fmt: skip
    answer = api.post(reverse("api:specialtier-list"), facts, format="multipart")
    assert answer.status_code == 201, answer.json()
    body = api.get(reverse("api:specialtier-detail", args=[answer.json()["id"]])).json()
    assert body["files"][0]["sha256"] == hashlib.sha256(PDF).hexdigest()
    own = api.post(reverse("api:specialtier-decide", args=[body["id"]]), {"approve": True, "reason": "so"})
    assert own.status_code == 403
