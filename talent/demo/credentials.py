"""Demonstration: the city's own certificate for technology managers, credentials at each step, credits, two cohorts."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from django.core.files.base import ContentFile
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.core.days import months_later
from innovation.organisations.models import Organisation
from talent.actions import cpd, credentials, renewals, schemes, training
from talent.choices.credentials import CohortState, SchemeKind, TrainingResult, Verdict, VerificationMethod
from talent.choices.people import RoleKind
from talent.models import Credential, Person, Scheme, SchemeVersion, TrainingProgramme

CODE = "ZHIJIANG-TTM"
LEVELS = (
    ("junior", "初级技术经理人", "Junior technology manager", "intermediate"),
    ("middle", "中级技术经理人", "Technology manager", "advanced"),
    ("senior", "高级技术经理人", "Senior technology manager", "expert"),
)
DONE = (
    ("course", 16, "成果转化实务研修班"), ("service", 6, "撮合交易现场服务"), ("course", 8, "技术合同与税收政策课程"),
    ("talk", 2, "概念验证案例报告"), ("mentoring", 6, "带教新任技术经理人"), ("online", 8, "知识产权线上课程"),
)  # fmt: skip
SHARE = Fraction(1, 5)


@dataclass(frozen=True)
class Story:
    """Months since the grant, level, how many things were done, how many of them are verified, renewal filed."""

    months: int
    level: str
    done: int
    verified: int
    filed: bool = False


STORIES = (
    Story(27, "middle", 6, 4), Story(34, "senior", 6, 6, filed=True), Story(33, "middle", 3, 2),
    Story(8, "junior", 2, 1), Story(30, "junior", 1, 1), Story(40, "junior", 1, 1), Story(14, "senior", 4, 3),
    Story(3, "middle", 1, 0),
)  # fmt: skip


def make_credentials() -> None:
    """Make what is not there yet; the same each time."""
    officer = User.objects.filter(email=email_of(Role.TALENT_OFFICER)).first()
    second = User.objects.filter(email=email_of(Role.ADMINISTRATOR)).first()
    people = _people()
    if officer is None or second is None or not people or Scheme.objects.filter(code=CODE).exists():
        return
    today, version = timezone.localdate(), _scheme(officer)
    for person, story in zip(people, STORIES, strict=False):
        _credential(person, story, version, officer, today)
    renewals.keep_terms(today)
    for credential in Credential.objects.filter(version=version, state="renewal_open").order_by("pk"):
        if _story_of(credential, people).filed:
            renewals.file_renewal(credential_id=credential.pk, actor=officer)
    _candidate(people[0], officer, today)
    cpd.draw_sample(
        seed="2026-01", share=SHARE, verified_from=today - timedelta(days=1), verified_to=today, actor=officer
    )
    _training(people[len(STORIES) :], version, officer, today)


def _people() -> list[Person]:
    """The person of the demonstration's applicant first, then technology managers and assistants by their number."""
    rows = Person.objects.current()
    own = list(rows.filter(user__email=email_of(Role.APPLICANT)))
    kinds = [RoleKind.TECH_MANAGER, RoleKind.ASSISTANT]
    others = rows.filter(roles__kind__in=kinds).exclude(pk__in=[one.pk for one in own]).distinct().order_by("pk")
    return [*own, *others[:24]]


def _story_of(credential: Credential, people: list[Person]) -> Story:
    return STORIES[[person.pk for person in people].index(credential.person_id)]


def _category(chinese: str, english: str, unit: str, worth: str, **more: object) -> dict[str, object]:
    return {
        "name_zh": chinese, "name_en": english, "unit": unit, "unit_size": 1, "credits_per_unit": worth,
        "partial_units": True, "cap_per_entry": None, "cap_per_year": None, "cap_per_cycle": None,
        "min_per_cycle": None, "evidence_required": True,
    } | more  # fmt: skip


def _scheme(officer: User) -> SchemeVersion:
    """The certificate of the invented city, its rules confirmed by the officer."""
    scheme = Scheme.objects.create(
        code=CODE, name_zh="之江市技术经理人证书", name_en="Zhijiang technology manager certificate",
        issuer="之江市科学技术局", kind=SchemeKind.CITY_GRADING, recognised_by=["之江市"], recognition_scope="之江市",
        levels=[
            {"code": code, "name_zh": chinese, "name_en": english, "map_level": level}
            for code, chinese, english, level in LEVELS
        ],
    )  # fmt: skip
    rules = {
        "term_months": 36,
        "renewal": {"submit_at_least_months_before": 1},
        "filing": {"levels": ["middle", "senior"], "with": "之江市科学技术局"},
        "cpd": {
            "required": 40,
            "categories": {
                "course": _category("面授课程", "course in person", "hour", "1", min_per_cycle=16),
                "service": _category("转化服务", "transfer service", "day", "1", cap_per_year=6),
                "talk": _category("演讲授课", "talk or lesson", "hour", "3"),
                "mentoring": _category("带教", "mentoring", "hour", "0.5", cap_per_cycle=6),
                "online": _category("线上课程", "online course", "hour", "0.25", cap_per_cycle=6),
            },
            "group_minima": [{"label": "practice", "categories": ["service", "mentoring"], "min": 4}],
            "carry_over_max": 5,
        },
    }
    source = "之科发〔2021〕12号《之江市技术经理人管理办法》"
    version = schemes.save_version(
        scheme_id=scheme.pk, actor=officer, rules=rules, version="2021", authority="之江市科学技术局",
        valid_from=date(2021, 1, 1), source=source,
    )  # fmt: skip
    return schemes.confirm_version(version_id=version.pk, source=source, actor=officer)


def _credential(person: Person, story: Story, version: SchemeVersion, officer: User, today: date) -> None:
    """Granted so many months ago, with what was done since, evenly spread."""
    granted = months_later(today, -story.months)
    one = credentials.open_credential(person_id=person.pk, version_id=version.pk, level=story.level, actor=officer)
    credentials.apply_for_assessment(credential_id=one.pk, actor=officer)
    credentials.grant(
        credential_id=one.pk, granted_on=granted, number=f"ZJ-{granted.year}-{one.pk:04d}", actor=officer,
        note="材料齐全，答辩通过，已核对工作年限和业绩。",
    )  # fmt: skip
    cycle = one.cycles.get()
    days = max(1, (min(today, cycle.ends_on) - cycle.starts_on).days // (len(DONE) + 1))
    for place, (category, quantity, title) in enumerate(DONE[: story.done]):
        entry = cpd.file_entry(
            cycle_id=cycle.pk, category=category, title=title, day=cycle.starts_on + timedelta(days=days * (place + 1)),
            quantity=Fraction(quantity), actor=officer,
            upload=ContentFile(f"{title}，证明编号,{one.pk}-{place}\n".encode(), name=f"证明-{place + 1}.csv"),
        )  # fmt: skip
        if place < story.verified:
            cpd.verify_entry(
                entry_id=entry.pk, verdict=Verdict.ACCEPTED, method=VerificationMethod.DOCUMENT, note="", actor=officer
            )


def _candidate(person: Person, officer: User, today: date) -> None:
    """Points towards an international registration, one entry waiting."""
    version = SchemeVersion.objects.filter(scheme__code="RTTP", version="ATTP-pathway").first()
    if version is None:
        return
    one = credentials.open_credential(person_id=person.pk, version_id=version.pk, level="registered", actor=officer)
    for category, quantity, title, verified in (
        ("face_to_face", 24, "国际技术转移高级课程", True), ("conference", 18, "亚太技术转移年会", True),
        ("live_online", 6, "许可谈判在线课程", False),
    ):  # fmt: skip
        entry = cpd.file_entry(
            cycle_id=one.cycles.get().pk, category=category, title=title, day=today - timedelta(days=quantity * 11),
            quantity=Fraction(quantity), actor=officer,
            upload=ContentFile(f"{title},{one.pk}\n".encode(), name="证明.csv"),
        )  # fmt: skip
        if verified:
            cpd.verify_entry(
                entry_id=entry.pk, verdict=Verdict.ACCEPTED, method=VerificationMethod.ISSUER, note="", actor=officer
            )


def _training(people: list[Person], version: SchemeVersion, officer: User, today: date) -> None:
    """A finished cohort that is filed, with posts found, and one that runs."""
    base = Organisation.objects.filter(name_zh__contains="大学").order_by("pk").first()
    base = base or Organisation.objects.order_by("pk").first()
    if base is None or len(people) < len(RESULTS):
        return
    programme = TrainingProgramme.objects.create(
        code="TTM-2", name_zh="中级技术经理人研修班", name_en="Technology managers, second level", base=base,
        version=version, level="middle", hours=80, modules=["公共知识", "政策法规", "实务技能", "能力提升"],
    )  # fmt: skip
    past = training.open_cohort(
        programme_id=programme.pk, number=f"{today.year - 1}-2", seats=8, starts_on=today - timedelta(days=200),
        ends_on=today - timedelta(days=120), actor=officer,
    )  # fmt: skip
    training.move_cohort(cohort_id=past.pk, state=CohortState.RUNNING, actor=officer)
    passed = []
    for person, (hours, result) in zip(people, RESULTS, strict=False):
        seat = training.enrol(cohort_id=past.pk, person_id=person.pk, actor=officer)
        training.record_result(enrolment_id=seat.pk, attended_hours=hours, result=result, actor=officer)
        if result == TrainingResult.PASSED:
            passed.append(seat.pk)
    training.move_cohort(cohort_id=past.pk, state=CohortState.FINISHED, actor=officer)
    training.file_cohort(
        cohort_id=past.pk, filed_on=today - timedelta(days=90), actor=officer,
        numbers={pk: f"ZJTTM{today.year}{place:03d}" for place, pk in enumerate(passed, start=1)},
    )  # fmt: skip
    for pk in passed[:-1]:
        training.record_placement(
            enrolment_id=pk, organisation_id=base.pk, placed_on=today - timedelta(days=60), actor=officer
        )
    running = training.open_cohort(
        programme_id=programme.pk, number=f"{today.year}-1", seats=6, starts_on=today - timedelta(days=20),
        ends_on=today + timedelta(days=40), actor=officer,
    )  # fmt: skip
    training.move_cohort(cohort_id=running.pk, state=CohortState.RUNNING, actor=officer)
    for person in people[len(RESULTS) : len(RESULTS) + 4]:
        training.enrol(cohort_id=running.pk, person_id=person.pk, actor=officer)


RESULTS = (
    (80, TrainingResult.PASSED), (76, TrainingResult.PASSED), (72, TrainingResult.PASSED), (66, TrainingResult.PASSED),
    (70, TrainingResult.FAILED), (20, TrainingResult.LEFT),
)  # fmt: skip
