"""Cases for the measurements of calls: submitted ones with their reviews, and drafts that only wait to be sent.

Full size is 10,000 submitted cases of five calls, three reviews each by 300 reviewers. Loading switches triggers off,
which is the only shortcut; what is measured runs with them.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.accounts.models import User
from innovation.calls.choices import ApplicationState, MemberRole, ReviewState
from innovation.calls.models import (
    Answer,
    Application,
    ApplicationMember,
    Call,
    FormDefinition,
    Review,
    Submission,
)
from innovation.organisations.models import Organisation
from tests.calls.wide_form import WIDE
from tests.factories.accounts import UserFactory
from tests.factories.calls import CallFactory, FormFactory

CASES, REVIEWERS, CALLS, ORGANISATIONS = 10_000, 300, 5, 500
REVIEWS_EACH = 3
BATCH = 2_000
STATES = (
    ApplicationState.SUBMITTED, ApplicationState.ELIGIBLE, ApplicationState.IN_REVIEW, ApplicationState.IN_REVIEW,
    ApplicationState.IN_REVIEW, ApplicationState.RANKED, ApplicationState.REJECTED, ApplicationState.ACTIVE,
)  # fmt: skip
INDUSTRIES = ("C37", "C38", "C39", "C40", "M73")
WORDS = "做出可在雨雾中识别电线的样机，并在三个场景连续运行六个月。" * 12
ANSWERS = {
    "title": "激光雷达芯片", "summary": WORDS[:480], "start": "2026-12-01", "kind": "market", "fields": ["air", "bio"],
    "trl": 4, "onmarket": False, "requested": 120_000_000, "own": 300_000_000, "share": "12.5", "power": "80",
}  # fmt: skip
PROJECT = {
    "f-title": "激光雷达芯片", "f-summary": WORDS[:480], "f-start": "2026-12-01", "f-kind": "market",
    "f-fields": ["air", "bio"], "f-trl": "4", "f-onmarket": "false", "f-leader-name": "李工", "f-leader-number": "",
}  # fmt: skip
"""What an applicant posts of the first section, as the page's script does."""


@dataclass(frozen=True, slots=True)
class Office:
    """Who looks at the lists, and how many reviews this reviewer has."""

    officer: User
    reviewer: User
    per_reviewer: int


@dataclass(frozen=True, slots=True)
class Draft:
    """An application whose money section is filled in, and who leads it."""

    pk: int
    lead: User


@contextmanager
def without_triggers() -> Iterator[None]:
    """The connection writes without triggers and foreign key checks meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


def build(count: int) -> Office:
    """Fill the database with ``count`` submitted cases and three reviews of each."""
    mark = Application.objects.count()
    officer = UserFactory(role=Role.FUND_OFFICER)
    others = max(REVIEWS_EACH, REVIEWERS * count // CASES)
    reviewers = [UserFactory(role=Role.REVIEWER), *_people(f"reviewer{mark}-", others)]
    form = project_form()
    calls = [CallFactory(form=form, reviewers_needed=REVIEWS_EACH) for _number in range(CALLS)]
    with without_triggers():
        firms = Organisation.objects.bulk_create(
            [Organisation(name_zh=f"申报企业{number}") for number in range(max(5, ORGANISATIONS * count // CASES))]
        )
        leads = _people(f"lead{mark}-", len(firms))
        cases = _cases(count, mark, calls, firms, leads)
        _reviews(cases, reviewers, officer)
    settle()
    return Office(officer, reviewers[0], Review.objects.filter(reviewer=reviewers[0]).count())


def project_form() -> FormDefinition:
    """A published form with a field of every type, a condition, a computed figure and a rule."""
    return FormFactory(content=WIDE)


def settle() -> None:
    """Gather the statistics that the planner needs."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE calls_application, calls_submission, calls_review, calls_answer, accounts_user")


def _people(name: str, count: int) -> list[User]:
    rows = [User(email=f"{name}{number}@bench.example", name=f"{name} {number}") for number in range(count)]
    return User.objects.bulk_create(rows)


def _cases(
    count: int, mark: int, calls: Sequence[Call], firms: Sequence[Organisation], leads: Sequence[User]
) -> list[Application]:
    now, today = timezone.now(), timezone.localdate()
    rows = []
    for number in range(count):
        call, place = calls[number % len(calls)], number % len(firms)
        rows.append(
            Application(
                number=f"BENCH-{mark + number:05d}",
                call=call,
                form_id=call.form_id,
                process_id=call.process_id,
                organisation=firms[place],
                created_by=leads[place],
                title=f"激光雷达芯片{number}",
                state=STATES[number % len(STATES)],
                requested_fen=120_000_000,
                own_fen=300_000_000,
                submitted_at=now,
                due_on=today + timedelta(days=number % 90 - 20),
            )
        )
    cases = Application.objects.bulk_create(rows, batch_size=BATCH)
    ApplicationMember.objects.bulk_create(
        [ApplicationMember(application=case, user_id=case.created_by_id, role=MemberRole.LEAD) for case in cases],
        batch_size=BATCH,
    )
    Submission.objects.bulk_create(
        [
            Submission(
                application=case, serial=1, form_id=case.form_id, files=[], sha256=f"{case.pk:064x}", submitted_at=now,
                answers=ANSWERS | {"industry": INDUSTRIES[case.pk % len(INDUSTRIES)]},
                submitted_by_id=case.created_by_id, submitted_label="李工",
            )
            for case in cases
        ],
        batch_size=BATCH,
    )  # fmt: skip
    return cases


def _reviews(cases: Sequence[Application], reviewers: Sequence[User], officer: User) -> None:
    """Each reviewer gets the same number; of ten reviews one waits for its declaration, one is open."""
    now, today, count = timezone.now(), timezone.localdate(), len(reviewers)
    states = [ReviewState.INVITED, ReviewState.OPEN, *[ReviewState.SUBMITTED] * 8]
    rows = []
    for place, case in enumerate(cases):
        for turn in range(REVIEWS_EACH):
            who = (place * REVIEWS_EACH + turn) % count
            state = states[(place // count * REVIEWS_EACH + turn) % len(states)]
            done = state == ReviewState.SUBMITTED
            rows.append(
                Review(
                    application=case,
                    reviewer=reviewers[who],
                    state=state,
                    invited_by=officer,
                    draft={},
                    due_on=today + timedelta(days=place % 30),
                    conflict=None if state == ReviewState.INVITED else False,
                    submitted_at=now if done else None,
                    total_num=70 + who % 20 if done else None,
                    total_den=1 if done else None,
                )
            )
    Review.objects.bulk_create(rows, batch_size=BATCH)


def drafts(count: int, call: Call) -> list[Draft]:
    """``count`` drafts of as many organisations to ``call``, each with its own lead and its money section filled in."""
    mark = Application.objects.count()
    with without_triggers():
        firms = Organisation.objects.bulk_create(
            [Organisation(name_zh=f"末班申报企业{mark}-{number}") for number in range(count)]
        )
        leads = _people(f"draft{mark}-", count)
        cases = Application.objects.bulk_create(
            [
                Application(
                    call=call, form_id=call.form_id, process_id=call.process_id, organisation=firm, created_by=lead,
                    is_exclusive=True, requested_fen=120_000_000, own_fen=300_000_000,
                )
                for firm, lead in zip(firms, leads, strict=True)
            ]
        )  # fmt: skip
        ApplicationMember.objects.bulk_create(
            [ApplicationMember(application=case, user_id=case.created_by_id, role=MemberRole.LEAD) for case in cases]
        )
        Answer.objects.bulk_create(
            [
                Answer(application=case, key=key, value=ANSWERS[key], saved_by_id=case.created_by_id)
                for case in cases
                for key in ("requested", "own", "share", "power")
            ],
            batch_size=BATCH,
        )
    return [Draft(case.pk, lead) for case, lead in zip(cases, leads, strict=True)]
