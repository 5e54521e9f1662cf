"""Pages of proposals, decisions and agreements: who opens them, what a person does there, constant queries."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from funds.actions.agreements import Promise
from funds.models import Agreement, Committee, Deal, Decision, LedgerEvent, MonitoringNote, Paper, Tranche
from innovation.accounts.choices import Role
from innovation.core.forms import new_token
from tests.factories import deals
from tests.factories.accounts import as_role
from tests.factories.deals import PDF, WAN
from tests.factories.funds import CompanyFactory, FundFactory

pytestmark = pytest.mark.django_db
READERS = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR}
OFFICERS = {Role.FUND_OFFICER, Role.ADMINISTRATOR}
DECIDERS = {*OFFICERS, Role.PROGRAMME_MANAGER}


@pytest.fixture
def scene():
    """A proposal in each interesting state, with everything that hangs on an approved one."""
    working, waiting, approved = deals.examined_deal(), deals.proposed_deal(), deals.approved_deal()
    agreement = deals.signed(approved, Promise(100 * WAN), Promise(100 * WAN, "Prototype"))
    ready, planned = agreement.tranches.all()
    return {
        "working": working, "waiting": waiting, "approved": approved, "ready": ready, "planned": planned,
        "decision": approved.decisions.get(), "paper": deals.paper(), "holding": approved.investment,
    }  # fmt: skip


PAGES = {
    "deals": (lambda s: [], READERS),
    "deal": (lambda s: [s["working"].pk], READERS),
    "deal_new": (lambda s: [], OFFICERS),
    "deal_edit": (lambda s: [s["working"].pk], OFFICERS),
    "deal_begin": (lambda s: [s["working"].pk], OFFICERS),
    "deal_item_new": (lambda s: [s["working"].pk], OFFICERS),
    "deal_item": (lambda s: [s["working"].pk, s["working"].items.first().pk], OFFICERS),
    "deal_paper": (lambda s: [s["working"].pk], OFFICERS),
    "deal_propose": (lambda s: [s["working"].pk], OFFICERS),
    "deal_withdraw": (lambda s: [s["working"].pk], OFFICERS),
    "deal_decide": (lambda s: [s["waiting"].pk], DECIDERS),
    "decisions": (lambda s: [], READERS),
    "decision": (lambda s: [s["decision"].pk], READERS),
    "holding": (lambda s: [s["holding"].pk], READERS),
    "holding_decide": (lambda s: [s["holding"].pk], DECIDERS),
    "holding_agreement": (lambda s: [s["holding"].pk], OFFICERS),
    "holding_note": (lambda s: [s["holding"].pk], DECIDERS),
    "tranche_met": (lambda s: [s["planned"].pk], OFFICERS),
    "tranche_give_up": (lambda s: [s["planned"].pk], OFFICERS),
    "tranche_pay": (lambda s: [s["ready"].pk], {*OFFICERS, Role.FINANCE}),
    "paper": (lambda s: [s["paper"].pk], READERS),
}


@pytest.mark.usefixtures("undrawn")
def test_who_opens_what(client, scene):
    for role in (*Role, None):
        as_role(client, role)
        for name, (arguments, allowed) in PAGES.items():
            answer = client.get(reverse(f"funds:{name}", args=arguments(scene)))
            expected = 302 if role is None else 200 if role in allowed else 403
            assert answer.status_code == expected, (role, name)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_read_in_both_languages(client, scene, language):
    as_role(client, Role.ADMINISTRATOR)
    for name, (arguments, __) in PAGES.items():
        if name != "paper":
            answer = client.get(reverse(f"funds:{name}", args=arguments(scene)), headers={"accept-language": language})
            assert ("项目建议" if language == "zh-hans" else "Investment proposals") in answer.text, name


@pytest.mark.parametrize("name", ["deals", "decisions"])
def test_lists_cost_the_same_for_one_row_and_three(client, name, django_assert_max_num_queries):
    as_role(client, Role.AUDITOR)
    deals.approved_deal()
    client.get(reverse(f"funds:{name}"))
    counts = []
    for more in (0, 2):
        for _ in range(more):
            deals.approved_deal()
        with django_assert_max_num_queries(14) as queries:
            client.get(reverse(f"funds:{name}"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_page_of_a_holding_costs_the_same_for_one_agreement_and_three(client, django_assert_max_num_queries):
    as_role(client, Role.ADMINISTRATOR)
    deal = deals.approved_deal()
    address = reverse("funds:holding", args=[deal.investment_id])
    deals.signed(deal, number="A-0", amount_fen=WAN)
    client.get(address)
    counts = []
    for numbers in ((), ("A-1", "A-2")):
        for number in numbers:
            deals.signed(deal, number=number, amount_fen=WAN)
        with django_assert_max_num_queries(40) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def post(client, name, args, **fields):
    return client.post(reverse(f"funds:{name}", args=args), fields | {"form_token": new_token()})


def money(**amounts):
    """Amounts in 万元 as the two controls of a money field send them."""
    typed = {f"{name}_amount": amount for name, amount in amounts.items()}
    return typed | {f"{name}_unit": "wan" for name in amounts}


def test_a_proposal_goes_all_the_way_by_forms(client):
    officer = as_role(client, Role.FUND_OFFICER)
    fund, company, committee = FundFactory(), CompanyFactory(), deals.committee(3, 2)
    fields = {
        "fund": fund.pk, "company": company.name_zh, "stage": "angel", "mode": "DIRECT", "instrument": "PREFERRED",
        "source": "OWN", "opened_on": str(deals.today()), "summary": "Sound", "risks": "Few",
    } | money(amount_fen="500", pre_money_fen="")  # fmt: skip
    wrong = post(client, "deal_new", [], **fields | {"company": "nobody"})
    assert (wrong.status_code, Deal.objects.count()) == (422, 0)
    assert "The directory has no organisation of this code or name." in wrong.text
    assert post(client, "deal_new", [], **fields).status_code == 302
    deal = Deal.objects.get()
    assert (deal.lead, deal.amount_fen, deal.company) == (officer, 500 * WAN, company)
    post(client, "deal_begin", [deal.pk])
    early = post(client, "deal_propose", [deal.pk])
    assert "still open: 8" in early.text
    for item in deal.items.all():
        answer = {"area": item.area, "question": item.question, "state": "CLEAR"}
        assert post(client, "deal_item", [deal.pk, item.pk], **answer).status_code == 302
    paper = SimpleUploadedFile("plan.pdf", PDF)
    assert post(client, "deal_paper", [deal.pk], file=paper, kind="PROPOSAL").status_code == 302
    assert post(client, "deal_propose", [deal.pk]).status_code == 302
    members = list(committee.members.all())
    votes = {f"vote_{member.pk}": "FOR" for member in members}
    decision = votes | {"number": "IC 1", "met_on": str(deals.today()), "outcome": "APPROVED", "reason": "Good"}
    assert "does not record its decision" in post(client, "deal_decide", [deal.pk], **decision | _no_amount()).text
    as_role(client, Role.PROGRAMME_MANAGER)
    recused = decision | {f"vote_{members[0].pk}": "RECUSED"} | _no_amount()
    answer = post(client, "deal_decide", [deal.pk], **recused)
    assert "Say why M1 recused." in answer.text
    assert not Decision.objects.exists()
    recused[f"reason_{members[0].pk}"] = "Cousin of the founder"
    recused["file"] = SimpleUploadedFile("minutes.pdf", PDF + b"%%EOF")
    assert post(client, "deal_decide", [deal.pk], **recused).status_code == 302
    sealed = Decision.objects.get()
    assert (sealed.papers.count(), sealed.amount_fen) == (2, 500 * WAN)
    shown = client.get(sealed.get_absolute_url())
    assert "Reads as it was sealed" in shown.text
    assert "Cousin of the founder" in shown.text
    assert sealed.sha256 in shown.text
    _sign_and_pay(client, Deal.objects.get())


def _no_amount():
    return money(amount_fen="")


def _sign_and_pay(client, deal):
    as_role(client, Role.FUND_OFFICER)
    holding = deal.investment_id
    tranches = {f"{part}_{place}": "" for place in range(1, 5) for part in ("condition", "due")}
    tranches |= money(tranche_1="300", tranche_2="200", tranche_3="", tranche_4="")
    tranches["condition_2"] = "Prototype"
    fields = tranches | {
        "decision": deal.decisions.get().pk, "number": "A 1", "signed_on": str(deals.today()), "share": "12.5%",
        "instrument": "PREFERRED",
    } | money(amount_fen="500", pre_money_fen="3500")  # fmt: skip
    assert post(client, "holding_agreement", [holding], **fields).status_code == 302
    agreement = Agreement.objects.get()
    assert (agreement.share_num, agreement.share_den, agreement.tranches.count()) == (1, 8, 2)
    first, second = agreement.tranches.all()
    met = {"met_on": str(deals.today()), "note": "Report 3"}
    assert post(client, "tranche_met", [second.pk], **met).status_code == 302
    paid = post(client, "tranche_pay", [first.pk], value_date=str(deals.today()), document="slip")
    assert paid.status_code == 302
    assert LedgerEvent.objects.get().amount_fen == 300 * WAN
    assert post(client, "tranche_give_up", [second.pk], reason="Company sold").status_code == 302
    assert Tranche.objects.get(pk=second.pk).state == "CANCELLED"
    note = {"noted_on": str(deals.today()), "kind": "VISIT", "rating": "WATCH", "text": "Slow sales"}
    next_on = str(deals.today() + timedelta(days=30))
    assert post(client, "holding_note", [holding], **note, next_on=next_on).status_code == 302
    assert MonitoringNote.objects.get().rating == "WATCH"
    page = client.get(reverse("funds:holding", args=[holding])).text
    for words in ("Invested", "A 1", "12.5", "Slow sales", "Given up", "Paid", "IC 1"):
        assert words in page, words


def test_warnings_stand_on_the_page_while_the_proposal_is_worked_on(client):
    as_role(client, Role.FUND_OFFICER)
    deal = deals.new_deal(fund=FundFactory(committed_fen=100 * WAN))
    page = client.get(deal.get_absolute_url())
    assert "The fund has less money left than is asked for." in page.text


def test_a_paper_comes_back_as_it_was_sent_and_always_as_a_download(client):
    as_role(client, Role.FUND_OFFICER)
    deal = deals.new_deal()
    refused = post(client, "deal_paper", [deal.pk], file=SimpleUploadedFile("x.pdf", b"MZ\x00\x01"), kind="OTHER")
    assert refused.status_code == 422
    post(client, "deal_paper", [deal.pk], file=SimpleUploadedFile("x.pdf", PDF), kind="OTHER")
    answer = client.get(Paper.objects.get().get_absolute_url())
    assert b"".join(answer.streaming_content) == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/pdf"


def test_the_committee_of_the_fund_comes_before_the_general_one_and_another_can_be_chosen(client):
    deal = deals.proposed_deal()
    general = deals.committee(2, 1)
    own = Committee.objects.create(name_zh="本基金", name_en="Own committee", quorum=1, fund=deal.fund)
    as_role(client, Role.PROGRAMME_MANAGER)
    address = reverse("funds:deal_decide", args=[deal.pk])
    assert client.get(address).context["committee"] == own
    assert client.get(address, {"committee": general.pk}).context["committee"] == general


def test_work_waits_on_the_start_page(client):
    deals.proposed_deal()
    approved = deals.approved_deal()
    deals.signed(approved)
    as_role(client, Role.PROGRAMME_MANAGER)
    assert "Proposals before the committee" in client.get(reverse("home")).text
    as_role(client, Role.FINANCE)
    assert "Tranches to be paid" in client.get(reverse("home")).text
    as_role(client, Role.APPLICANT)
    assert "Proposals before the committee" not in client.get(reverse("home")).text
