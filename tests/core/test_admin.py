"""The office's base classes, tried on small records."""

import csv
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.contrib import admin
from django.core import checks
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from innovation.accounts.models import User
from innovation.core import history, transitions
from innovation.core.admin import Admin
from innovation.core.models import OutboxMessage, WorkingDayException
from tests.factories.accounts import UserFactory
from tests.toys.models import Book, Shelf

pytestmark = pytest.mark.django_db
LIST = "/admin/toys/book/"


@pytest.fixture
def root(client):
    user = User.objects.create_superuser("root@example.org", "x", name="Root")
    client.force_login(user)
    return user


def fill(count, start=0):
    for number in range(start, start + count):
        Book.objects.create(title=f"Book {number}", shelf=Shelf.objects.create(name=f"S{number}"), owner=UserFactory())


def test_a_list_takes_the_same_queries_for_one_and_three_rows(client, root, django_assert_max_num_queries):
    fill(1)
    client.get(LIST)
    with django_assert_max_num_queries(30) as one:
        assert client.get(LIST).status_code == 200
    fill(2, 1)
    with django_assert_max_num_queries(len(one)):
        assert b"S2" in client.get(LIST).content


def test_states_cannot_be_edited_and_foreign_keys_are_searched(client, root):
    page = client.get(f"{LIST}add/").content.decode()
    assert 'name="state"' not in page
    assert "admin-autocomplete" in page
    response = client.post(f"{LIST}add/", {"title": "A", "state": "lent", "_save": "1"})
    assert response.status_code == 302
    assert Book.objects.get().state == "draft"


def test_the_history_tab_shows_who_changed_what_from_what_to_what(client, root):
    client.post(f"{LIST}add/", {"title": "Before", "_save": "1"}, headers={"X-Request-ID": "request-number-1"})
    book = Book.objects.get()
    client.post(
        f"{LIST}{book.pk}/change/", {"title": "After", "_save": "1"}, headers={"X-Request-ID": "request-number-2"}
    )
    page = client.get(f"{LIST}{book.pk}/history/").content.decode()
    for text in ("Root &lt;root@example.org&gt;", "Before", "After", "request-number-1", "request-number-2", "Changed"):
        assert text in page
    assert page.index("request-number-2") < page.index("request-number-1")


def test_the_history_tab_takes_constant_queries(client, root, django_assert_max_num_queries):
    fill(1)
    book = Book.objects.get()
    with django_assert_max_num_queries(40) as few:
        client.get(f"{LIST}{book.pk}/history/")
    for number in range(4):
        Book.objects.update(shelf=Shelf.objects.create(name=f"T{number}"))
    with django_assert_max_num_queries(len(few)):
        assert "T3" in client.get(f"{LIST}{book.pk}/history/").content.decode()


def test_the_export_equals_the_filtered_list_and_escapes_formulas(client, root):
    Book.objects.create(title="=1+1", pages=7)
    Book.objects.create(title="Old", pages=9, is_old=True)
    response = client.get(f"{LIST}export/?as=csv&is_old__exact=0")
    rows = list(csv.reader(StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    head = rows.index(["Title", "Shelf", "Owner", "Pages", "Is old", "State"])
    assert rows[head + 1] == ["'=1+1", "", "", "7", "no", "Draft"]
    assert rows[head + 2] == ["Rows", "1"]
    assert ["Filter", "is_old__exact: 0"] in rows
    sheet = openpyxl.load_workbook(
        BytesIO(b"".join(client.get(f"{LIST}export/?as=xlsx&q=Old").streaming_content))
    ).active
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert ["Old", None, None, 9, "yes", "Draft"] in values
    assert not any("=1+1" in row for row in values)


def test_the_export_link_keeps_the_filters(client, root):
    page = client.get(f"{LIST}?is_old__exact=1&q=x").content.decode()
    assert f"{LIST}export/?is_old__exact=1&amp;q=x&amp;as=csv" in page


def test_the_export_needs_the_right_to_see_the_list(client):
    client.force_login(UserFactory(is_staff=True))
    assert client.get(f"{LIST}export/").status_code == 403


def test_a_form_with_a_select_of_every_row_is_a_system_error():
    class Bad(Admin):
        search_fields = ["title"]

    shown = admin.site._registry[Book]
    admin.site._registry[Book] = Bad(Book, admin.site)
    searchable, admin.site._registry[Shelf].search_fields = admin.site._registry[Shelf].search_fields, []
    try:
        found = [error for error in checks.run_checks(tags=[checks.Tags.admin]) if error.id == "core.E001"]
    finally:
        admin.site._registry[Book], admin.site._registry[Shelf].search_fields = shown, searchable
    assert "Bad.shelf would be a select of every row." in [error.msg for error in found]


def test_every_admin_page_of_the_floor_opens(client, root):
    OutboxMessage.objects.create(kind="mail", key="k", recipient="a@b.cn", payload={})
    with history.acting_as(root):
        transitions.apply(Book.objects.create(title="A"), "lend", actor=root)
    for path in (
        "core/outboxmessage", "core/transitionrecord", "core/workingdayexception", "django_celery_beat/periodictask",
        "django_celery_beat/crontabschedule", "django_celery_beat/intervalschedule",
    ):  # fmt: skip
        assert client.get(f"/admin/{path}/").status_code == 200, path
    for path in ("core/workingdayexception/add", "django_celery_beat/periodictask/add"):
        assert client.get(f"/admin/{path}/").status_code == 200, path
    assert client.get("/admin/core/outboxmessage/add/").status_code == 403


def test_a_dead_message_is_sent_again_by_an_action_and_a_living_one_is_not(client, root):
    dead = OutboxMessage.objects.create(kind="mail", key="a", recipient="a", payload={}, state="dead", attempts=8)
    sent = OutboxMessage.objects.create(
        kind="mail", key="b", recipient="b", payload={}, state="sent", sent_at=timezone.now()
    )
    data = {"action": "send_again", "_selected_action": [dead.pk, sent.pk]}
    page = client.post("/admin/core/outboxmessage/", data, follow=True).content.decode()
    assert "1 messages wait to be sent again." in page
    assert "Only a message that was given up can be sent again." in page
    assert list(OutboxMessage.objects.order_by("key").values_list("state", "attempts")) == [("waiting", 0), ("sent", 0)]


def test_the_calendar_is_imported_with_a_preview(client, root):
    text = "date,kind,holiday,source\n2027-01-01,off,元旦,国办发明电〔2026〕1号\n"
    upload = SimpleUploadedFile("days.csv", text.encode())
    page = client.post(
        "/admin/core/workingdayexception/import/", {"import_file": upload, "format": "0", "resource": ""}
    )
    assert "2027-01-01" in page.content.decode()
    form = page.context["confirm_form"]
    client.post("/admin/core/workingdayexception/process_import/", form.initial)
    assert WorkingDayException.objects.get(date="2027-01-01").holiday == "元旦"
