"""What the pages of calls are measured against: bare Django views that write or read the same rows, and nothing else.

They run behind Django's own session and login, without forms, rules, navigation, languages or the product's middleware.
Triggers of the tables (history, append-only) work for both, since they belong to the rows.
"""

import hashlib
import json
import uuid
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template import engines
from django.urls import path
from django.utils import timezone

from innovation.calls.choices import ApplicationState, ReviewState
from innovation.calls.models import (
    Answer,
    Application,
    LikenessRun,
    Review,
    ReviewerProfile,
    Submission,
    TextLikeness,
)
from innovation.core.models import OneTimeSubmit, OutboxMessage, TransitionRecord
from innovation.organisations.models import Industry

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
PAGE = 25


def own(request: HttpRequest, pk: int) -> Application:
    """The locked application of the person who is signed in."""
    members = {"members__user_id": request.user.pk}
    return Application.objects.select_for_update(of=("self",)).get(pk=pk, **members)


@transaction.atomic
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Write every posted field as an answer, and the title of the application."""
    application, now = own(request, pk), timezone.now()
    written = [
        Answer(application=application, key=name[2:], value=value, saved_by_id=request.user.pk, saved_at=now)
        for name, value in request.POST.items()
        if name.startswith("f-")
    ]
    Answer.objects.bulk_create(
        written, update_conflicts=True, unique_fields=["application", "key"],
        update_fields=["value", "revision", "saved_by", "saved_at"],
    )  # fmt: skip
    application.title = request.POST["f-title"]
    application.save(update_fields=["title", "requested_fen", "own_fen"])
    return JsonResponse({"saved": f"{now:%H:%M:%S}"})


@transaction.atomic
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the submission, the new state, the step, the mail and the job that a submission makes."""
    token = OneTimeSubmit.objects.create(token=uuid.uuid4(), owner=f"user-{request.user.pk}")
    application, now = own(request, pk), timezone.now()
    answers = dict(application.answers.values_list("key", "value"))
    application.state, application.number = ApplicationState.SUBMITTED, f"PEER-{pk:05d}"
    application.submitted_at = application.state_since = now
    application.save(update_fields=["state", "number", "submitted_at", "state_since", "due_on"])
    canonical = json.dumps(answers, ensure_ascii=False, sort_keys=True)
    submission = Submission.objects.create(
        application=application, serial=1, form_id=application.form_id, answers=answers, files=[], submitted_at=now,
        sha256=hashlib.sha256(canonical.encode()).hexdigest(), submitted_by_id=request.user.pk, submitted_label="李工",
    )  # fmt: skip
    # In bulk, since a saved step tells the applicant: that is the product's work, and the mail is written below.
    TransitionRecord.objects.bulk_create(
        [
            TransitionRecord(
                content_type=ContentType.objects.get_for_model(Application), object_pk=str(pk), event="submit",
                from_state="draft", to_state="submitted", actor_id=request.user.pk, actor_label="李工",
            )
        ]
    )  # fmt: skip
    OutboxMessage.objects.create(
        kind=OutboxMessage.Kind.MAIL, key=f"peer-{pk}", recipient="x@example.org", subject=f"收到 {application.number}",
        payload={"to": ["x@example.org"], "subject": "收到", "text": "您的申报已收到。" * 20, "html": ""},
    )  # fmt: skip
    run = LikenessRun.objects.create(submission=submission, created_by_id=request.user.pk)
    LikenessRun.objects.filter(pk=run.pk).update(sent_at=now)
    token.result = f"/receipt/{pk}/"
    token.save(update_fields=["result"])
    return HttpResponseRedirect(token.result)


DESK = """<table>{% for case in page %}<tr><td>{{ case.due_on|default:"" }}</td>
<td><a href="/desk/{{ case.pk }}/">{{ case.number }}</a></td><td>{{ case.title }}</td>
<td>{{ case.organisation.name_zh }}</td><td>{{ case.call.title_zh }}</td><td>{{ case.state }}</td>
<td>{{ case.requested_fen }}</td><td>{{ case.handed_in }}/{{ case.asked }}</td><td>{{ case.alike }}</td>
<td>{{ case.officer.name }}</td></tr>{% endfor %}</table><p>{{ page.paginator.count }}</p>"""


def desk(request: HttpRequest) -> HttpResponse:
    """One page of the cases by due day, with the numbers of their reviews."""
    hidden = [ApplicationState.DRAFT, ApplicationState.DELETED]
    rows = Application.objects.exclude(state__in=hidden).select_related("call", "organisation", "officer")
    page = Paginator(rows.order_by(F("due_on").asc(nulls_last=True), "pk"), PAGE).get_page(request.GET.get("page"))
    cases = list(page.object_list)
    keys = [case.pk for case in cases]
    counted = {
        row["application"]: row
        for row in Review.objects.filter(application__in=keys).order_by().values("application").annotate(
            asked=Count("pk"), handed_in=Count("pk", filter=Q(state=ReviewState.SUBMITTED))
        )
    }  # fmt: skip
    either = Q(submission__application__in=keys) | Q(other__application__in=keys)
    alike = set(TextLikeness.objects.filter(either).values_list("submission__application", flat=True))
    for case in cases:
        found = counted.get(case.pk, {"asked": 0, "handed_in": 0})
        case.asked, case.handed_in, case.alike = found["asked"], found["handed_in"], case.pk in alike
    page.object_list = cases
    return _rendered(DESK, {"page": page})


REVIEWS = """{% for lines in both %}<table>{% for line in lines %}<tr><td><a href="/{{ line.pk }}/">
{{ line.application.number }}</a></td><td>{{ line.application.call.title_zh }}</td><td>{{ line.field }}</td>
<td>{{ line.state }}</td><td>{{ line.due_on }}</td><td>{{ line.submitted_at|default:"" }}</td>
<td>{{ line.total_num|default:"" }}</td></tr>{% endfor %}</table>{% endfor %}<p>{{ count }} {{ limit }}</p>"""


def reviews(request: HttpRequest) -> HttpResponse:
    """A reviewer's waiting reviews and the first page of those that are over, with the field of each case."""
    mine = Review.objects.filter(reviewer=request.user).select_related("application__call")
    open_states = [ReviewState.INVITED, ReviewState.OPEN]
    waiting = list(mine.filter(state__in=open_states).order_by("due_on", "pk")[:PAGE])
    over = mine.exclude(state__in=open_states)
    done, count = list(over.order_by("-submitted_at", "pk")[:PAGE]), over.count()
    keys = [line.application_id for line in (*waiting, *done)]
    codes = dict(Submission.objects.filter(application__in=keys).values_list("application", "answers__industry"))
    names = Industry.objects.in_bulk({code for code in codes.values() if code})
    for line in (*waiting, *done):
        code = codes.get(line.application_id)
        line.field = f"{code} {names[code].name}" if code in names else ""
    profile = ReviewerProfile.objects.filter(user=request.user).first()
    return _rendered(REVIEWS, {"both": [waiting, done], "count": count, "limit": profile and profile.load_limit})


def _rendered(template: str, context: dict[str, Any]) -> HttpResponse:
    if template not in _compiled:
        _compiled[template] = engines["django"].from_string(template)
    return HttpResponse(_compiled[template].render(context))


_compiled: dict[str, Any] = {}

urlpatterns = [
    path("save/<int:pk>/", save),
    path("submit/<int:pk>/", submit),
    path("desk/", desk),
    path("reviews/", reviews),
]
