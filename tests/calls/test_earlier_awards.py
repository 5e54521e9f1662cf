"""Earlier awards from a file: a dry run with what is wrong beside each cell, then whole or not at all."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from innovation.accounts.choices import Role
from innovation.calls.imports.award_rows import template_csv
from innovation.calls.imports.awards import confirm_awards, send_awards
from innovation.calls.models import AwardImport, EarlierAward
from innovation.calls.queries.bids import bid_of
from innovation.calls.queries.earlier import awards_of
from innovation.core.forms import new_token
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.reviews import submitted_case
from tests.refusals import refused, rule_refuses

pytestmark = pytest.mark.django_db
HEAD = "承担单位,资助单位,项目编号,项目名称,项目负责人,金额（万元）,立项日期,结束日期,项目状态"


def table(*rows, head=HEAD, name="old.csv"):
    return SimpleUploadedFile(name, ("\ufeff" + "\n".join((head, *rows)) + "\n").encode())


@pytest.fixture
def firm():
    return OrganisationFactory(uscc="91110000600037341L", name_zh="云栖芯片有限公司")


def test_from_the_file_to_the_case_by_pages(client, firm, officer):
    client.force_login(officer)
    wrong = table(
        "云栖芯片有限公司,省科技厅,A1,雷达,李工,120.5,2023-05-01,2022-01-01,finished",
        "没有这家公司,省科技厅,A1,雷达,李工,一百,昨天,,在做",
    )
    sent = client.post("/calls/awards/files/new/", {"file": wrong, "form_token": new_token()})
    page = client.get(sent.url, headers={"accept-language": "en"}).content.decode()
    for told in ("A project ends after it was awarded.", "No organisation of the register", "Stands in row 2 already.",
                 "is not a date like", "is none of"):  # fmt: skip
        assert told in page
    assert client.post(sent.url, {"form_token": new_token()}).status_code == 422
    assert not EarlierAward.objects.exists()

    good = table(
        "91110000600037341L,省科技厅,A1,雷达,李工,120.5,2023-05-01,2025-04-30,已结束".replace("已结束", "running")
    )
    sent = client.post("/calls/awards/files/new/", {"file": good, "form_token": new_token()})
    assert client.post(sent.url, {"form_token": new_token()}).status_code == 302
    award = EarlierAward.objects.get()
    assert (award.organisation, award.amount_fen, award.origin.report["counts"]["new"]) == (firm, 120_500_000, 1)
    assert award.origin.sha256 in client.get(sent.url).content.decode()
    assert client.post(sent.url, {"form_token": new_token()}).status_code == 422
    assert "雷达" in client.get("/calls/awards/?q=李工").content.decode()
    assert client.get("/api/v1/earlier-awards/").json()["results"][0]["number"] == "A1"

    answers = {"title": "新雷达", "starts_on": "2025-01-01", "ends_on": "2026-01-01", "leader": {"name": "李工"}}
    case = submitted_case(organisation=firm, answers=answers, call__rules={"min_bids": 3})
    assert awards_of(case) == [(award, True)]
    assert bid_of(case, answers | {"unfinished": "0"}).leader_unfinished == 1
    assert "A1" in client.get(f"/calls/desk/{case.pk}/?tab=gates").content.decode()
    later = answers | {"starts_on": "2025-05-01"}
    assert awards_of(submitted_case(organisation=firm, answers=later)) == [(award, False)]


def test_a_second_file_changes_what_it_tells_and_nothing_else(firm, officer):
    row = "云栖芯片有限公司,省科技厅,A1,雷达,李工,120.5,2023-05-01,2025-04-30,running"
    first = send_awards(upload=table(row), actor=officer)
    confirm_awards(import_id=first.pk, actor=officer)
    with rule_refuses("ALREADY_WRITTEN"):
        confirm_awards(import_id=first.pk, actor=officer)
    with rule_refuses("ALREADY_IMPORTED"):
        confirm_awards(import_id=send_awards(upload=table(row), actor=officer).pk, actor=officer)
    head = "uscc,funder,number,project,state,awarded on,amount (yuan)"
    more = table("91110000600037341L,省科技厅,A1,雷达,finished,2023-05-01,1205000", head=head)
    second = send_awards(upload=more, actor=officer)
    assert second.report["counts"] == {"new": 0, "changed": 1, "same": 0}
    confirm_awards(import_id=second.pk, actor=officer)
    award = EarlierAward.objects.get()
    assert (award.state, award.leader, award.ends_on) == ("finished", "李工", datetime.date(2025, 4, 30))
    again = send_awards(upload=table("91110000600037341L,省科技厅,A1,雷达,finished,2023-05-01,1205000 ", head=head),
                        actor=officer)  # fmt: skip
    assert again.report["counts"]["same"] == 1
    assert send_awards(upload=SimpleUploadedFile("x.csv", template_csv()), actor=officer).is_good


def test_files_that_are_refused_as_a_whole_and_what_the_database_refuses(firm, officer):
    with rule_refuses("COLUMNS_MISSING"):
        send_awards(upload=table("a,b", head="项目编号,项目名称"), actor=officer)
    with rule_refuses("COLUMNS_MISSING"):
        send_awards(upload=table("a,b,c,d,e,f,g,h,i", head=HEAD.replace("金额（万元）", "金额")), actor=officer)
    with rule_refuses("NO_ROWS"):
        send_awards(upload=table(), actor=officer)
    with pytest.raises(PermissionDenied):
        send_awards(upload=table(), actor=UserFactory(role=Role.FINANCE))
    row = "云栖芯片有限公司,省科技厅,A1,雷达,李工,120.5,2023-05-01,2025-04-30,running"
    file = confirm_awards(import_id=send_awards(upload=table(row), actor=officer).pk, actor=officer)
    rows = EarlierAward.objects.all()
    refused("earlier_award_sound", lambda: rows.update(amount_fen=-1))
    refused("earlier_award_days_in_order", lambda: rows.update(ends_on="2020-01-01"))
    facts = rows.get().facts | {"origin": file, "funder": "省科技厅", "number": "A1"}
    refused("earlier_award_once", lambda: EarlierAward.objects.create(**facts))
    twin = send_awards(upload=table(row), actor=officer)
    moment = file.written_at
    refused("award_import_written_once", lambda: AwardImport.objects.filter(pk=twin.pk).update(written_at=moment))
