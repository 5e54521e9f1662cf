"""Market indices and pacing models: files in two steps, provenance, what the database refuses, who may do what."""

import io
from datetime import date, datetime
from decimal import Decimal

import pytest
import xlsxwriter
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from funds.actions.pacing import record_pacing_model
from funds.choices.figures import IndexKind
from funds.imports.index_levels import check_levels, write_levels
from funds.models import IndexSeries, IndexUpload, IndexValue, PacingModel
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from innovation.core.forms import new_token
from tests.factories.accounts import UserFactory, as_role, in_turn

pytestmark = pytest.mark.django_db
WRITERS = {Role.FUND_OFFICER, Role.FINANCE, Role.ADMINISTRATOR}
MODELLERS = {Role.FUND_OFFICER, Role.ADMINISTRATOR}
READERS = {*WRITERS, Role.PROGRAMME_MANAGER, Role.AUDITOR}
FILE = '日期,收盘\n2024-01-02,5000\n20240103,5050.5\n2024/1/4,"5,100"\n'
NOTED = {"source": "Index company, download", "licence_note": "Internal use", "dated": date(2024, 2, 1)}
MODEL = {
    "code": "city", "name_zh": "本市", "call_rates": [Decimal("0.3"), Decimal("0.4")], "life_years": 10,
    "bow": Decimal("2.5"), "growth": Decimal("0.1"), "timing": "END", "source": "Own fit 2025",
}  # fmt: skip


@pytest.fixture
def series():
    return IndexSeries.objects.create(code="300TR", name_zh="全收益", kind=IndexKind.TOTAL_RETURN, publisher="CSI")


def csv_file(text=FILE):
    return SimpleUploadedFile("levels.csv", text.encode())


def check(series, text=FILE, actor=None):
    actor = actor or UserFactory(role=Role.FUND_OFFICER)
    return check_levels(series_id=series.pk, upload=csv_file(text), actor=actor, **NOTED)


def load(series, text=FILE, actor=None):
    actor = actor or UserFactory(role=Role.FUND_OFFICER)
    return write_levels(upload_id=check(series, text, actor).pk, actor=actor)


def test_a_file_is_shown_before_it_is_written_and_remembers_where_it_came_from(series):
    upload = check(series)
    assert not IndexValue.objects.exists()
    assert (upload.findings["new"], upload.findings["changed"]) == (3, 0)
    assert (upload.findings["first"], upload.findings["last"]) == ("2024-01-02", "2024-01-04")
    write_levels(upload_id=upload.pk, actor=upload.uploaded_by)
    assert list(IndexValue.objects.order_by("day").values_list("level", flat=True)) == [
        Decimal(5000), Decimal("5050.5"), Decimal(5100),
    ]  # fmt: skip
    stored = IndexValue.objects.first().upload
    assert (stored.source, stored.licence_note, stored.dated) == (*NOTED.values(),)


def test_a_workbook_with_real_dates_is_read_alike(series):
    data = io.BytesIO()
    with xlsxwriter.Workbook(data) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Date", "Close"])
        sheet.write_datetime(1, 0, datetime(2024, 1, 2), book.add_format({"num_format": "yyyy-mm-dd"}))  # noqa: DTZ001
        sheet.write_number(1, 1, 5000.25)
    upload = check_levels(
        series_id=series.pk, upload=SimpleUploadedFile("levels.xlsx", data.getvalue()),
        actor=UserFactory(role=Role.FINANCE), **NOTED,
    )  # fmt: skip
    assert upload.levels == [["2024-01-02", "5000.250000"]]


def test_a_corrected_level_supersedes_and_both_stay_answerable(series):
    load(series)
    upload = check(series, FILE.replace("5050.5", "5060"))
    assert (upload.findings["new"], upload.findings["changed"]) == (0, 1)
    assert upload.findings["changes"] == [["2024-01-03", "5050.500000", "5060.000000"]]
    write_levels(upload_id=upload.pk, actor=upload.uploaded_by)
    of_day = IndexValue.objects.filter(day=date(2024, 1, 3)).order_by("recorded_at")
    assert [row.level for row in of_day] == [Decimal("5050.5"), Decimal(5060)]
    assert of_day[0].superseded_at == of_day[1].recorded_at
    assert IndexValue.objects.count() == 4


def test_a_level_far_from_its_neighbour_is_pointed_out(series):
    upload = check(series, "date,level\n2024-01-02,100\n2024-01-03,1010\n")
    assert upload.findings["jumps"] == [["2024-01-03", "100.000000", "1010.000000"]]


def test_the_same_file_is_written_once(series):
    upload = load(series)
    for again in (lambda: check(series), lambda: write_levels(upload_id=upload.pk, actor=upload.uploaded_by)):
        with pytest.raises(RuleViolation) as refused:
            again()
        assert refused.value.code == "INDEX_WRITTEN"
    assert IndexValue.objects.count() == 3


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("day,price\n2024-01-02,1\n", "INDEX_COLUMNS"),
        ("date,level\n", "INDEX_EMPTY"),
        ("date,level\n2024-01-02,1\n2024-01-02,2\n", "INDEX_DAY_TWICE"),
        ("date,level\n02/01/2024,1\n", "INDEX_ROW"),
        ("date,level\n2024-01-02,0\n", "INDEX_ROW"),
        ("date,level\n2024-01-02,NaN\n", "INDEX_ROW"),
        ("date,level\n2999-01-02,1\n", "INDEX_ROW"),
        ("date,level\n2024-01-02\n", "INDEX_ROW"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_its_reason(series, text, code):
    with pytest.raises(RuleViolation) as refused:
        check(series, text)
    assert (refused.value.code, refused.value.field) == (code, "file")
    assert not IndexUpload.objects.exists()


@pytest.mark.parametrize("role", Role)
def test_who_may_send_levels(series, role):
    actor = UserFactory(role=role)
    if role in WRITERS:
        assert load(series, actor=actor).written_at
    else:
        with pytest.raises(PermissionDenied):
            check(series, actor=actor)


def test_the_database_keeps_levels_and_uploads_as_they_are(series):
    upload = load(series)
    for change in (
        lambda: IndexValue.objects.update(level=1),
        lambda: IndexValue.objects.all().delete(),
        lambda: IndexUpload.objects.update(source="else"),
        lambda: IndexUpload.objects.filter(pk=upload.pk).update(written_at=timezone.now()),
        lambda: PacingModel.objects.update(life_years=1),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"level": 0}, "index_level_positive"),
        ({"day": date(2999, 1, 1)}, "index_level_not_in_future"),
        ({"day": date(2024, 1, 2)}, "index_level_one_current_per_day"),
        (
            {"superseded_at": datetime(2020, 1, 1, tzinfo=timezone.get_default_timezone())},
            "index_level_superseded_later",
        ),
    ],
)
def test_the_database_refuses_levels_without_meaning(series, wrong, constraint):
    upload = load(series)
    facts = {"series": series, "upload": upload, "day": date(2024, 3, 1), "level": 5} | wrong
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        IndexValue.objects.create(**facts)
    assert caught.value.__cause__.diag.constraint_name == constraint


def test_the_database_refuses_an_index_that_uses_levels_of_any_age(series):
    with pytest.raises(IntegrityError, match="index_oldest_level"), transaction.atomic():
        IndexSeries.objects.filter(pk=series.pk).update(most_days_old=400)


def test_two_levels_recorded_at_one_moment_are_refused(series):
    upload, now = load(series), timezone.now()
    facts = {"series": series, "upload": upload, "day": date(2024, 3, 1), "level": 5, "recorded_at": now}
    IndexValue.objects.create(**facts, superseded_at=now)
    with pytest.raises(IntegrityError, match="index_level_recorded_once"), transaction.atomic():
        IndexValue.objects.create(**facts)


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"call_rates": []}, "pacing_call_rates_are_shares"),
        ({"call_rates": [Decimal("1.2")]}, "pacing_call_rates_are_shares"),
        ({"call_rates": [Decimal("-0.1")]}, "pacing_call_rates_are_shares"),
        ({"life_years": 0}, "pacing_terms_have_meaning"),
        ({"bow": 0}, "pacing_terms_have_meaning"),
        ({"growth": -1}, "pacing_terms_have_meaning"),
        ({"least_yield": Decimal("1.5")}, "pacing_terms_have_meaning"),
        ({"code": "ta-venture"}, "pacing_model_version_once"),
    ],
)
def test_the_database_refuses_models_without_meaning(wrong, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        PacingModel.objects.create(version=1, **MODEL | wrong)


def test_a_changed_model_is_the_next_version_and_the_first_stays():
    officer = UserFactory(role=Role.FUND_OFFICER)
    first = record_pacing_model(actor=officer, **MODEL)
    second = record_pacing_model(actor=officer, **MODEL | {"growth": Decimal("0.12")})
    assert (first.version, second.version, second.recorded_by) == (1, 2, officer)
    assert PacingModel.objects.get(code="city", version=1).growth == Decimal("0.1")
    with pytest.raises(RuleViolation) as refused:
        record_pacing_model(actor=officer, **MODEL | {"call_rates": [Decimal(2)]})
    assert refused.value.code == "PACING_TERMS"


@pytest.mark.parametrize("role", Role)
def test_who_may_record_models(role):
    actor = UserFactory(role=role)
    if role in MODELLERS:
        assert record_pacing_model(actor=actor, **MODEL).pk
    else:
        with pytest.raises(PermissionDenied):
            record_pacing_model(actor=actor, **MODEL)


def test_levels_are_sent_and_written_through_the_admin(series, client):
    client.force_login(UserFactory(role=Role.FUND_OFFICER))
    form = {"series": series.pk, "file": csv_file(), **NOTED}
    page = client.post(reverse("admin:funds_indexupload_add"), form | {"file": csv_file("a,b\n1,2\n")})
    assert "The file needs a column" in page.text
    assert client.post(reverse("admin:funds_indexupload_add"), form).status_code == 302
    upload = IndexUpload.objects.get()
    shown = client.get(reverse("admin:funds_indexupload_change", args=[upload.pk]))
    assert "3 levels from 2024-01-02 to 2024-01-04: 3 new, 0 changed" in shown.text
    act = reverse("admin:funds_indexupload_act", args=[upload.pk, "write"])
    assert act in shown.text
    assert client.post(act, {}).status_code == 302
    assert IndexValue.objects.count() == 3
    assert act not in client.get(reverse("admin:funds_indexupload_change", args=[upload.pk])).text


def test_a_model_is_recorded_through_the_admin(client):
    client.force_login(UserFactory(role=Role.FUND_OFFICER))
    form = MODEL | {"call_rates": "0.3,0.4", "least_yield": "0"}
    assert client.post(reverse("admin:funds_pacingmodel_add"), form).status_code == 302
    assert PacingModel.objects.get(code="city").call_rates == MODEL["call_rates"]


def api(role):
    client = APIClient()
    client.force_authenticate(UserFactory(role=role))
    return client


@pytest.mark.parametrize("name", ["indexseries", "indexvalue", "indexupload", "pacingmodel"])
def test_the_api_shows_the_office_everything_and_others_nothing(series, name):
    load(series)
    for role in in_turn(roles=Role):
        page = api(role).get(reverse(f"api:{name}-list"))
        expected = {"indexseries": 1, "indexvalue": 3, "indexupload": 1, "pacingmodel": 2}[name]
        assert len(page.json()["results"]) == (expected if role in READERS else 0)


@pytest.mark.parametrize("role", Role)
def test_the_api_takes_levels_in_two_steps(series, role):
    client = api(role)
    sent = client.post(
        reverse("api:indexupload-list"), {"series": series.pk, "file": csv_file(), **NOTED}, format="multipart"
    )
    assert sent.status_code == (201 if role in WRITERS else 403)
    if role in WRITERS:
        written = client.post(reverse("api:indexupload-write", args=[sent.json()["id"]]))
        assert (written.status_code, bool(written.json()["written_at"])) == (200, True)
    assert IndexValue.objects.count() == (3 if role in WRITERS else 0)


@pytest.mark.parametrize("role", Role)
def test_the_api_records_models(role):
    answer = api(role).post(reverse("api:pacingmodel-list"), MODEL | {"call_rates": ["0.3"]}, format="json")
    assert answer.status_code == (201 if role in MODELLERS else 403)


@pytest.mark.parametrize("name", ["indexseries", "indexvalue", "indexupload", "pacingmodel"])
def test_api_lists_cost_the_same_for_one_row_and_three(series, name, django_assert_num_queries):
    for text in (FILE, FILE.replace("2024", "2023")):
        load(series, text)
        client = api(Role.AUDITOR)
        with django_assert_num_queries(2):
            client.get(reverse(f"api:{name}-list"))


# ── Pages of the office ──────────────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("undrawn")
def test_who_opens_the_pages_of_indices_and_models(client, series):
    upload = load(series)
    model = record_pacing_model(actor=UserFactory(role=Role.FUND_OFFICER), **MODEL)
    pages = {
        "index_upload": ([upload.pk], READERS), "index_change": ([series.pk], MODELLERS),
        "index_levels": ([series.pk], WRITERS), "pacing_model": ([model.pk], READERS),
        "pacing_next": ([model.pk], MODELLERS),
    }  # fmt: skip
    for role in (*Role, None):
        as_role(client, role)
        for name, (arguments, allowed) in pages.items():
            answer = client.get(reverse(f"funds:{name}", args=arguments))
            assert answer.status_code == (302 if role is None else 200 if role in allowed else 403), (role, name)


def test_an_index_is_recorded_filled_and_corrected_on_its_pages(client):
    as_role(client, Role.FUND_OFFICER)
    facts = {"code": "TR", "name_zh": "全收益指数", "name_en": "", "kind": "TOTAL_RETURN", "publisher": "CSI"}
    assert send(client, "index_new", [], **facts, most_days_old="0").status_code == 422
    assert send(client, "index_new", [], **facts, most_days_old="12").status_code == 302
    series = IndexSeries.objects.get()
    for text in (FILE, "date,level\n2024-01-03,5051\n2024-01-05,9000\n"):
        noted = NOTED | {"dated": "2024-02-01", "file": csv_file(text)}
        answer = send(client, "index_levels", [series.pk], **noted)
        page = client.get(answer.url)
        assert page.context["may_write"]
        assert client.post(answer.url, {"form_token": new_token()}).status_code == 302
    assert [(step.old, step.new) for step in page.context["changes"]] == [("5050.500000", "5051.000000")]
    assert len(page.context["jumps"]) == 1
    page = client.get(reverse("funds:index", args=[series.pk]))
    levels, corrected = (page.context["tables"][name].rows for name in ("levels", "corrected"))
    assert [value.level for value in levels.order_by("day")] == [5000, 5051, 5100, 9000]
    assert [value.level for value in corrected] == [Decimal("5050.5")]
    assert page.context["drawing"].series[0].points[-1][1] == 9000
    assert (
        send(client, "index_change", [series.pk], **facts | {"publisher": "中证"}, most_days_old="20").status_code
        == 302
    )
    series.refresh_from_db()
    assert (series.publisher, series.most_days_old) == ("中证", 20)


def test_a_model_and_its_next_version_are_recorded_on_their_pages(client):
    as_role(client, Role.FUND_OFFICER)
    facts = MODEL | {"call_rates": "0.25, 0.5", "name_en": "", "fund_class": "", "least_yield": "0"}
    assert send(client, "pacing_new", [], **facts | {"call_rates": "1.5"}).status_code == 422
    assert send(client, "pacing_new", [], **facts).status_code == 302
    first = PacingModel.objects.get(code="city")
    shown = client.get(reverse("funds:pacing_next", args=[first.pk])).context["form"]
    assert (shown["call_rates"].value(), shown.fields["code"].disabled) == ("0.25, 0.5", True)
    assert send(client, "pacing_next", [first.pk], **facts | {"code": "other", "growth": "0.12"}).status_code == 302
    second = PacingModel.objects.latest("pk")
    assert (second.code, second.version, second.growth) == ("city", 2, Decimal("0.12"))
    page = client.get(reverse("funds:pacing_model", args=[first.pk]))
    assert page.context["last_url"] == reverse("funds:pacing_model", args=[second.pk])
    calls = page.context["tables"]["years"].rows
    assert [round(year.call, 4) for year in calls[:3]] == [0.25, 0.375, 0.1875]
    assert [row.pk for row in client.get(reverse("funds:pacing")).context["table"].rows if row.code == "city"] == [
        second.pk
    ]


def send(client, name, args, **fields):
    return client.post(reverse(f"funds:{name}", args=args), fields | {"form_token": new_token()})
