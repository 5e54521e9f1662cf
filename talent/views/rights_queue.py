"""The privacy officer's queue: what people ask for, in the order of its days, and one request with its answer."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, FormPage, PageMixin, TableView, signed_in
from talent.actions import rights
from talent.actions.erasing import erase_confirmed
from talent.choices.privacy import ReadPurpose, RightsKind, RightsState
from talent.filters.privacy import RightsFilters
from talent.forms.privacy import AnswerForm, CarryOutForm
from talent.models import RightsRequest
from talent.models.rights import sees_requests
from talent.models.rights_states import ANSWERS
from talent.queries.erasable import code_of, obstacles, places
from talent.views.consents import CENTRE
from talent.views.personal import PersonalTable
from talent.views.rights import COLUMNS, read_for_rights, request_facts, rights_status

QUEUE = _("Requests on one's data")


def answers_requests(user: Any) -> bool:
    """Whether ``user`` answers people's requests."""
    return bool(user.is_authenticated and user.has_perm(ANSWERS))


class RightsQueue(PersonalTable, TableView):
    """All requests, the next due first."""

    title = QUEUE
    lead = _("What is open, the next due first. Choose a state to see what was answered.")
    read_purpose = ReadPurpose.RIGHTS
    allowed = staticmethod(sees_requests)
    filterset_class = RightsFilters
    default_sort = "due"
    columns = (COLUMNS[0], TableColumn(_("Person"), "person", key="person", order_by=("person__pinyin",)), *COLUMNS[1:])
    empty_title = _("Nobody has asked for anything")

    def get_queryset(self) -> QuerySet[RightsRequest]:
        rows = RightsRequest.objects.visible_to(self.request.user).select_related("person")
        return rows if self.request.GET.get("state") else rows.open()


class RequestPage(FormPage):
    """One request: what is asked; for the officer the answer, and the dry run of an erasure with its code."""

    template_name = "talent/privacy/request.html"
    allowed = staticmethod(signed_in)

    @cached_property
    def asked(self) -> RightsRequest:
        rows = RightsRequest.objects.visible_to(self.request.user).select_related("person", "answered_by", "erasure")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def is_own(self) -> bool:
        return self.asked.person.user_id == self.request.user.pk

    def get_title(self) -> str:
        return gettext("Request %(number)s") % {"number": self.asked.pk}

    def breadcrumbs(self) -> Sequence[Crumb]:
        if self.is_own:
            return [(CENTRE, reverse("talent:consents")), (self.get_title(), None)]
        return [(QUEUE, reverse("talent:rights_queue")), (self.get_title(), None)]

    @property
    def may_answer(self) -> bool:
        return self.asked.is_open and not self.is_own and answers_requests(self.request.user)

    def get_form_class(self) -> Any:
        return CarryOutForm if self.request.POST.get("act") == "erase" else AnswerForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        read_for_rights(request.user, self.asked)
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        data, key, actor = form.cleaned_data, self.asked.pk, self.request.user
        if isinstance(form, CarryOutForm):
            erase_confirmed(request_id=key, code=data["code"], actor=actor)
            messages.success(self.request, gettext("Erased. The receipt stands below."))
        else:
            rights.answer(request_id=key, grant=data["decision"] == "grant", words=data["words"], actor=actor)
            messages.success(self.request, gettext("Answered."))
        return HttpResponseRedirect(self.asked.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form, asked = kwargs.get("form"), self.asked
        is_erasure = asked.kind == RightsKind.ERASURE and asked.is_open
        found = places(asked.person) if is_erasure and self.may_answer else []
        carrying = isinstance(form, CarryOutForm)
        return super().get_context_data(
            asked=asked,
            status=rights_status(asked),
            next_step=asked.state_names[RightsState(asked.state)].next_step,
            facts=request_facts(asked),
            is_own=self.is_own,
            places=found,
            code=code_of(asked.person, found) if found else "",
            obstacles=obstacles(asked.person, timezone.localdate()) if found else [],
            answer_form=None
            if not self.may_answer
            else AnswerForm(erasure=is_erasure)
            if carrying or not form
            else form,
            erase_form=None if not found else form if carrying else CarryOutForm(),
            may_take_up=self.may_answer and asked.state == RightsState.RECEIVED,
            receipt=getattr(asked, "erasure", None),
            **kwargs,
        )


class TakeUp(PageMixin, View):
    """One click: the officer begins to work on a request."""

    http_method_names = ["post"]
    allowed = staticmethod(answers_requests)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = get_object_or_404(RightsRequest.objects.visible_to(request.user).open(), pk=pk)
        rights.take_up(request_id=found.pk, actor=request.user)
        return redirect(found.get_absolute_url())
