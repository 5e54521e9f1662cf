"""Role × address and role × API of calls: every page, act and route has a row; a new one without a row fails.

``ALLOWED`` says who gets an answer. Everybody else is refused on GET and on POST alike, whatever is sent.
"""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from innovation.accounts.choices import STAFF_ROLES, Role
from innovation.calls.permissions import role_permissions
from innovation.calls.rules.definitions import Kind
from tests.calls.world import World
from tests.factories.accounts import UserFactory
from tests.factories.reviews import make_reviewer

pytestmark = pytest.mark.django_db
OFFICERS = {Role.FUND_OFFICER, Role.TALENT_OFFICER, Role.PATENT_OFFICER}
STAFF = set(STAFF_ROLES)
SCREENS = OFFICERS | {Role.ADMINISTRATOR}
COORDINATES = SCREENS | {Role.PROGRAMME_MANAGER}
DECIDES = {Role.PROGRAMME_MANAGER, Role.FINANCE, Role.ADMINISTRATOR}
PAYS = {Role.FINANCE, Role.ADMINISTRATOR}
MANAGES = {Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}
OWNER, ASKED = frozenset({"owner"}), frozenset({"reviewer"})
APPLICANTS, REVIEWERS = {"owner", "stranger"}, {"reviewer", "other reviewer"}
PEOPLE = APPLICANTS | REVIEWERS | STAFF
EVERYONE = PEOPLE | {"nobody"}
PARTIES = OWNER | STAFF
NOBODY = set()
"""Refused to all of these: the members of a board alone, another act, another method."""

ALLOWED = {
    **dict.fromkeys(
        ("calls", "feed", "calendar", "call_document", "self_tests", "self_test", "call_calendar", "eligibility",
         "call", "notices", "notice", "notice_object", "objection_confirm", "certificate", "certificate_pdf",
         "invitation", "verify", "needs"), EVERYONE,
    ),
    **dict.fromkeys(("applications", "lookup", "apply", "own_titles", "need_new"), PEOPLE),
    **dict.fromkeys(
        ("answer_file", "application", "application_check", "receipt", "receipt_pdf", "application_withdraw",
         "application_delete", "application_data", "section", "section_save", "file_add", "application_copy",
         "people", "member_add", "member_change", "partner_add", "partner_remove"), OWNER,
    ),
    "own_part": NOBODY,
    "sign": OWNER | MANAGES,
    **dict.fromkeys(("agreement_pdf", "following_file", "need"), PARTIES),
    **dict.fromkeys(
        ("desk", "case", "ranking", "cases", "meetings", "meeting", "board_page", "appeals", "titles", "awards"), STAFF
    ),
    **dict.fromkeys(
        ("case_pass", "case_fail", "case_ask", "case_screen", "case_override", "case_officer", "messages",
         "message_new", "message"), SCREENS
    ),
    **dict.fromkeys(
        ("case_assign", "case_replace", "case_discuss", "propose", "remind", "close_reviews", "meeting_new",
         "desk_bulk", "award_send", "award_template", "award_file"), COORDINATES,
    ),
    **dict.fromkeys(
        ("act agreement", "act answer", "act check", "act issue", "act leave", "act meet", "act offer",
         "act publish_notice", "act resume", "act suspend", "act check_county", "act check_city",
         "act suspend_title", "act examine_late", "act reinstate_title", "act need_check", "act need_refuse"), SCREENS,
    ),
    **dict.fromkeys(("act agenda", "act minutes", "act propose", "act check_province", "act need_publish",
                     "act need_bids", "act need_award", "act need_close"), COORDINATES),
    **dict.fromkeys(("act order", "act paid", "act refund", "act cancel_payment"), PAYS),
    **dict.fromkeys(("act ask_change", "act give_notice", "act late_document", "act report", "act appeal",
                     "act withdraw_appeal", "act need_agree", "act need_accept"), OWNER),
    "act board_agrees": DECIDES, "act examine": MANAGES, "act examine_appeal": MANAGES,
    "act decide": COORDINATES | PAYS, **dict.fromkeys(("act vote", "act step_out"), NOBODY),
}  # fmt: skip
REVIEWS = {
    **dict.fromkeys(
        ("desk", "packets", "relations", "relation_add", "profile", "score_file", "score_confirm"), REVIEWERS
    ),
    **dict.fromkeys(("review", "declare", "decline", "packet_pdf"), ASKED), "file": NOBODY,
}  # fmt: skip
OF_CASES = ("applicationagreement", "applicationmilestone", "applicationpayment", "applicationchange")
HANDED_IN = ("applicationappeal", "applicationlatedocument")
API = {
    "publiccall-list": EVERYONE, "publiccall-detail": EVERYONE, "publiccall-history": STAFF,
    "publicnotice-list": EVERYONE, "publicnotice-detail": EVERYONE, "publicnotice-history": STAFF,
    "application-list": PEOPLE, "application-history": NOBODY,
    **dict.fromkeys(
        [f"application-{one}" for one in ("detail", "answers", "files", "submit", "withdraw")], OWNER
    ),
    **{f"{one}-list": PEOPLE for one in (*OF_CASES, *HANDED_IN, "applicationdecision", "entitlement")},
    **{f"{one}-detail": PARTIES for one in (*OF_CASES, *HANDED_IN, "applicationdecision", "entitlement")},
    **{f"{one}-history": STAFF for one in (*OF_CASES, *HANDED_IN, "applicationdecision", "entitlement")},
    **{f"{one}-acts": PARTIES for one in (*OF_CASES, *HANDED_IN)},
    **{f"{one}-act": NOBODY for one in (*OF_CASES, *HANDED_IN)},
    "applicationmessage-list": PEOPLE,
    **{f"applicationmessage-{one}": STAFF for one in ("detail", "confirm", "discard", "history")},
    "definitioncase-list": STAFF, "definitioncase-detail": STAFF, "definitioncase-history": STAFF,
    "definitioncase-run": NOBODY,
    "applicationmilestone-act": OWNER,
    "review-list": PEOPLE, "review-score-sheets": PEOPLE,
    **{f"casereview-{one}": STAFF for one in ("list", "detail", "history", "replace")},
    "challengeneed-list": EVERYONE, "challengeneed-history": STAFF, "challengeneed-act": NOBODY,
    "challengeneed-detail": PARTIES, "challengeneed-acts": PARTIES,
    "entitlement-acts": PARTIES, "entitlement-act": NOBODY,
    **dict.fromkeys([f"review-{one}" for one in ("detail", "declare", "save", "submit")], ASKED),
    **dict.fromkeys(["officecase-list", "officecase-detail", "officecase-history"], STAFF),
    "earlieraward-list": PEOPLE, "earlieraward-detail": STAFF, "earlieraward-history": STAFF,
    "screening-list": PEOPLE, "screening-detail": STAFF, "screening-history": STAFF,
    "definition-list": STAFF,
    **{f"definition-{kind}-stored": STAFF for kind in (Kind.FORM, Kind.RUBRIC, Kind.PROCESS)},
    **{
        f"definition-{kind}-{one}": STAFF
        for kind in Kind
        for one in ("list", "detail", "attempt", "differences", "file", "history", "confirm", "new-version", "publish",
                    "retire")
    },
}  # fmt: skip
TABLE = {f"calls:{name}": who for name, who in ALLOWED.items()}
TABLE |= {f"reviews:{name}": who for name, who in REVIEWS.items()} | {f"api:{name}": who for name, who in API.items()}


def actors(world):
    """One person for each row of the table; staff roles with the same permissions are refused the same."""
    found = {
        "nobody": None, "owner": world.owner, "stranger": UserFactory(role=Role.APPLICANT), "reviewer": world.reviewer,
        "other reviewer": make_reviewer(),
    }  # fmt: skip
    alike = {}
    for role, granted in role_permissions().items():
        if role in STAFF:
            # The administrator has every right there is, beside those that are named.
            alike.setdefault((role == Role.ADMINISTRATOR, frozenset(granted)), []).append(role)
    for roles in alike.values():
        for name, who in TABLE.items():
            assert len({role in who for role in roles}) == 1, f"{name}: {roles} may do the same"
        one = Role.AUDITOR if Role.AUDITOR in roles else roles[0]
        found[one] = UserFactory(role=one)
    return found


def client_of(user):
    # What is refused is told as a short JSON, instead of a page with the whole navigation.
    client = Client(headers={"accept": "application/json"}, raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def refused(response, who):
    """Led to the login or told to log in; refused, or told that nothing is here; a method that does not exist."""
    if who == "nobody":
        to_login = response.status_code == 302 and response.url.startswith("/account/login/")
        return to_login or response.status_code in {401, 404, 405}
    asked_again = response.status_code == 302 and response.url.startswith("/account/reauthenticate/")
    return asked_again or response.status_code in {403, 404, 405}


WEAKEST = {
    frozenset(EVERYONE): {"nobody"}, frozenset(PEOPLE): {"stranger"}, frozenset(STAFF): {Role.AUDITOR},
    frozenset(PARTIES): {"owner", Role.AUDITOR},
}  # fmt: skip
"""Who is asked for all of a group that may: whoever has the fewest rights in it."""
TRIES = {"nobody", "stranger", Role.AUDITOR}
"""Who also tries to send something where nothing may be sent."""


def one_kind(name):
    """Definitions of every kind are served by one class: its form stands for the others."""
    return not name.startswith("api:definition-") or name.startswith(("api:definition-form", "api:definition-list"))


@pytest.mark.usefixtures("undrawn")
def test_each_address_answers_whom_the_table_names_and_nobody_else():
    world = World()
    addresses = world.addresses() | world.api()
    assert set(addresses) == set(TABLE)
    wrong = []
    for who, user in actors(world).items():
        cache.clear()
        client = client_of(user)
        for name, address in addresses.items():
            asked = WEAKEST.get(frozenset(TABLE[name]))
            if who in TABLE[name]:
                if (asked is None or who in asked) and one_kind(name):
                    got = client.get(address)
                    if got.status_code not in {200, 302, 405}:
                        wrong.append((name, who, got.status_code))
            elif (one_kind(name) or who == "stranger") and (who != "other reviewer" or "review" in name):
                for answer in (client.get(address), *([client.post(address, {})] if who in TRIES else [])):
                    if not refused(answer, who):
                        wrong.append((name, who, answer.status_code, "refuse"))
    if wrong:
        pytest.fail("\n".join(sorted(map(str, wrong))), pytrace=False)


def test_each_address_costs_the_same_with_one_row_and_with_three():
    world = World()
    reader = {
        "nobody": client_of(None), "owner": client_of(world.owner), "reviewer": client_of(world.reviewer),
        Role.ADMINISTRATOR: client_of(UserFactory(role=Role.ADMINISTRATOR)),
    }  # fmt: skip
    addresses = world.addresses() | world.api()

    def costs():
        found = {}
        for name, address in addresses.items():
            who = next((one for one in reader if one in TABLE[name]), None)
            if who is None or not one_kind(name):
                continue
            with CaptureQueriesContext(connection) as seen:
                answer = reader[who].get(address)
                if answer.streaming:
                    b"".join(answer.streaming_content)
            if answer.status_code == 200:
                found[name] = sum(one["sql"].startswith("SELECT") and "session" not in one["sql"] for one in seen)
        return found

    cache.clear()
    for client in reader.values():
        client.get("/")
    one = costs()
    world.more()
    world.more()
    three = costs()
    assert len(one) > sum(map(one_kind, TABLE)) / 2
    assert {name: (count, three.get(name)) for name, count in one.items() if three.get(name, 0) > count} == {}
