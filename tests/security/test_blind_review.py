"""A blind reviewer opens every address of the product: pages, exports, files, search, API, mail; nobody is named.

The addresses are those of the resolver. Two cases are asked for at each: one in a round of discussion, and one that
the board has decided on, before its notice names the applicant to everybody.
"""

import io
import json
import re
import zipfile
from datetime import timedelta
from html import unescape

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from innovation.accounts.choices import Role
from innovation.calls.actions import closing, reviewing
from innovation.calls.actions.reviewing import Written
from innovation.calls.models import Application
from innovation.core.models import OutboxMessage
from tests.calls.scenes import Office
from tests.calls.test_reviewing import PERSON, blind_case, leaks
from tests.factories.accounts import UserFactory
from tests.factories.reviews import ReviewFactory, make_reviewer

pytestmark = pytest.mark.django_db
OTHERS = ("司马相如", "simaxr", "卓文君")
"""Who else reviews, and who decides: reviewers learn neither."""
REGISTER = re.compile(r"/organisations/|/api/v1/(organisations|industries|divisions|role-kinds)/")
"""The register of organisations is no secret; it does not say who applies."""
CASES = re.compile(r"/(calls|reviews)/|/api/v1/(application|review|case|screening|entitlement|public|call)")
"""Where records of cases stand: asked with every value, everything else with one."""
SKIPPED = re.compile(
    r"/account/|/admin/(?!calls/application)|/components/|/metrics|/livez|/readyz|/api/v1/(schema|docs)/"
)
"""Pages of one's own account and of the machine, the gallery; of the administration what shows applications."""


def addresses(patterns, prefix="/", values=None):
    """Every address under ``patterns``: each argument takes what ``values`` names for its kind, one after the other."""
    for pattern in patterns:
        route = str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, prefix + plain(route), values)
        elif isinstance(pattern, URLPattern):
            path = prefix + plain(route)
            names = re.findall(r"<(?:\w+:)?(\w+)>", path)
            for row in values if names and CASES.match(path) else values[:1]:
                yield re.sub(r"<(?:\w+:)?(\w+)>", lambda found, row=row: str(row.get(found[1], row["pk"])), path)


def plain(route):
    """A route of either kind as ``name/<pk>/``."""
    route = re.sub(r"\(\?P<(\w+)>(?:\[[^\]]*\]\+|[^()]*|\([^()]*\))*\)", r"<\1>", route)
    return route.replace("^", "").replace("$", "").replace("\\Z", "").replace("\\.", ".").replace("\\/", "/")


def text_of(response):
    """What a person can read of an answer, whatever its kind."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body.startswith(b"%PDF"):
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    if body.startswith(b"PK") and "sheet" in response["Content-Type"]:
        book = load_workbook(io.BytesIO(body), read_only=True)
        return json.dumps([list(row) for sheet in book for row in sheet.values], default=str, ensure_ascii=False)
    if body.startswith(b"PK"):
        archive = zipfile.ZipFile(io.BytesIO(body))
        return "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
    return unescape(body.decode(errors="replace")) + " ".join(response.headers.values())


@pytest.fixture
def seen():
    """The reviewer, and for both cases the values that an address may be about."""
    office = Office(chair=UserFactory(role=Role.PROGRAMME_MANAGER, name="卓文君"))
    reviewer = make_reviewer()
    other = make_reviewer()
    other.name, other.email = "司马相如", "simaxr@panel.example.net"
    other.save()
    talked = blind_case()
    colleague = UserFactory(role=Role.APPLICANT, name=PERSON, email="ouyang2@amber.example")
    decided = blind_case(talked.organisation, created_by=colleague)
    values = []
    for case in (talked, decided):
        for person, points in ((reviewer, 9), (other, 1)):
            review = ReviewFactory(application=case, reviewer=person)
            written = Written(dict.fromkeys(("novelty", "team", "market"), points), {}, f"意见{points}", "相差较大")
            reviewing.submit_review(review_id=review.pk, written=written, actor=person)
        own = case.reviews.get(reviewer=reviewer)
        values.append(
            {"pk": case.pk, "application": case.pk, "code": case.call.code, "number": case.number, "serial": 1,
             "call": case.call_id, "review": own.pk, "kind": "report", "section": "project", "key": "title",
             "act": "decide", "family": "srdi", "token": "none", "user": case.created_by_id, "gate": 1, "file": 1,
             "partner": case.partners.get().pk}
        )  # fmt: skip
        values.append(values[-1] | {"pk": own.pk})
        values.append(values[-1] | {"pk": case.organisation_id})
    closing.open_discussion(
        application_id=talked.pk, note="差距很大", due_on=timezone.localdate() + timedelta(days=3), actor=office.officer
    )
    closing.close_reviews(call_id=decided.call_id, actor=office.officer)
    decided.refresh_from_db()
    office.decided(decided)
    item, decision = decided.agenda_items.get(), decided.decisions.get()
    values += [values[3] | {"pk": one} for one in (item.pk, item.meeting_id, decision.pk)]
    return reviewer, talked, decided, values


def test_no_address_names_who_applies_who_else_reviews_or_who_decides(seen):
    reviewer, talked, decided, values = seen
    # Most addresses answer 403 or 404: as a short JSON, instead of a page with the whole navigation.
    headers = {"accept": "application/json", "accept-language": "zh-hans"}
    client = Client(headers=headers, raise_request_exception=False)
    client.force_login(reviewer)
    cache.clear()
    told, opened, waiting = {}, 0, list(addresses(get_resolver().url_patterns, values=values))
    assert len(set(waiting)) > 300
    asked = set()
    for address in waiting:
        if address in asked or SKIPPED.match(address):
            continue
        asked.add(address)
        answer = client.get(address)
        assert answer.status_code < 500, address
        if answer.status_code != 200:
            continue
        opened += 1
        text = text_of(answer)
        more = [] if "?" in address else [f"{address}?q=激光雷达", *exports_in(text, address)]
        waiting += more
        found = [] if REGISTER.match(address) else leaks(text)
        found += [word for word in OTHERS if word in text]
        if REGISTER.match(address):
            found += [case.number for case in (talked, decided) if case.number in text]
        if found:
            told[address] = found
    assert told == {}
    assert opened > 40
    mails = OutboxMessage.objects.filter(recipient__contains=reviewer.email)
    assert leaks(json.dumps(list(mails.values_list("subject", "payload")), ensure_ascii=False)) == []
    # The same walk does see: what the office reads of these cases names them.
    client.force_login(UserFactory(role=Role.FUND_OFFICER))
    assert leaks(text_of(client.get(f"/calls/desk/{talked.pk}/")))
    assert Application.objects.get(pk=decided.pk).state == "approved"


def exports_in(text, address):
    """Links to files of what a page shows."""
    links = re.findall(r'href="([^"]*(?:export|format)=[^"]*)"', text)
    return [f"{address}{link}" if link.startswith("?") else link for link in links if link.startswith(("?", "/"))]
