"""What the office does with one case: pass, refuse, ask, judge a gate, put in charge, ask reviewers, discuss."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from innovation.accounts.choices import Role
from innovation.accounts.models import User
from innovation.calls.actions import assigning, closing, screening
from innovation.calls.choices import GateOutcome, Relation, ReviewState
from innovation.calls.forms import desk as forms
from innovation.calls.models import GateResult, Review
from innovation.calls.permissions import OFFICERS
from innovation.calls.queries.proposals import candidates
from innovation.calls.queries.screening import judged_gates
from innovation.calls.views.desk import CaseMixin, works_on_cases
from innovation.core.components import Fact
from innovation.core.views import ConfirmPage, FormPage


def screens(user: Any) -> bool:
    return works_on_cases(user) and user.has_perm("calls.screen_application")


def coordinates(user: Any) -> bool:
    return works_on_cases(user) and user.has_perm("calls.coordinate_application")


class _Act(CaseMixin):
    """A form about one case that leads back to its page."""

    @property
    def cancel_url(self) -> str:
        return self.home_url

    def get_success_url(self) -> str:
        return self.home_url


class PassPage(_Act, ConfirmPage):
    title = _("Let pass as eligible")
    submit_label = _("Let pass as eligible")
    allowed = staticmethod(screens)

    def facts(self) -> list[Fact]:
        rows = [Fact(pgettext_lazy("application", "Case"), str(self.case))]
        return [*rows, *(Fact(one.result.text, str(one.outcome.label)) for one in judged_gates(self.case))]

    def act(self, form: Any) -> None:
        screening.check_pass(application_id=self.case.pk, actor=self.request.user)


class FailPage(_Act, FormPage):
    title = _("Refuse as not eligible")
    submit_label = _("Refuse and tell the applicant")
    allowed = staticmethod(screens)
    form_class = forms.FailForm

    def get_form_kwargs(self) -> dict[str, Any]:
        failed = [one for one in judged_gates(self.case) if one.outcome == GateOutcome.NOT_MET]
        return super().get_form_kwargs() | {"failed": failed}

    def act(self, form: Any) -> None:
        screening.check_fail(
            application_id=self.case.pk, reasons=form.reasons(), text=form.cleaned_data["text"],
            actor=self.request.user,
        )  # fmt: skip


class AskPage(_Act, FormPage):
    title = _("Return with questions")
    submit_label = _("Send the questions")
    allowed = staticmethod(screens)
    form_class = forms.AskForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"case": self.case}

    def act(self, form: Any) -> None:
        data = form.cleaned_data
        screening.ask(
            application_id=self.case.pk, text=data["text"], fields=data["fields_asked"], due_on=data["due_on"],
            actor=self.request.user,
        )  # fmt: skip


class ScreenPage(_Act, ConfirmPage):
    title = _("Compute the gates")
    submit_label = _("Compute the gates")
    allowed = staticmethod(screens)

    def act(self, form: Any) -> None:
        screening.screen(application_id=self.case.pk, actor=self.request.user)


class OverridePage(_Act, FormPage):
    title = _("Judge a condition")
    submit_label = _("Keep this judgement")
    allowed = staticmethod(screens)
    form_class = forms.OverrideForm

    @cached_property
    def result(self) -> GateResult:
        found = GateResult.objects.filter(pk=self.kwargs["gate"], screening__application=self.case).first()
        if found is None:
            raise Http404
        return found

    def get_title(self) -> str:
        return gettext("Judge: %(gate)s") % {"gate": self.result.text}

    def act(self, form: Any) -> None:
        data = form.cleaned_data
        screening.override_gate(
            result_id=self.result.pk, outcome=data["outcome"], reason=data["reason"], actor=self.request.user
        )


class OfficerPage(_Act, FormPage):
    title = _("Put somebody in charge")
    submit_label = _("Put in charge")
    allowed = staticmethod(screens)
    form_class = forms.OfficerForm

    def get_form_kwargs(self) -> dict[str, Any]:
        officers = User.objects.filter(is_active=True, groups__name__in=[str(Role(one)) for one in OFFICERS])
        return super().get_form_kwargs() | {"officers": officers.distinct().order_by("name")}

    def get_initial(self) -> dict[str, Any]:
        return {"officer": self.case.officer_id or self.request.user.pk}

    def act(self, form: Any) -> None:
        screening.assign_officer(
            application_id=self.case.pk, officer_id=form.cleaned_data["officer"].pk, actor=self.request.user
        )


class AssignPage(_Act, FormPage):
    title = _("Ask a reviewer")
    submit_label = _("Send the invitation")
    template_name = "calls/desk/assign.html"
    allowed = staticmethod(coordinates)
    form_class = forms.AssignForm

    @cached_property
    def candidates(self) -> list[Any]:
        return candidates(self.case)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"candidates": self.candidates}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        barred = [(one.user, standing) for one, standing in self.candidates if standing.relation is not Relation.NONE]
        return super().get_context_data(barred=barred, **kwargs)

    def act(self, form: Any) -> None:
        data = form.cleaned_data
        assigning.assign_reviewer(
            application_id=self.case.pk, reviewer_id=int(data["reviewer"]), due_on=data["due_on"],
            actor=self.request.user,
        )  # fmt: skip


class ReplacePage(AssignPage):
    """End one review and ask somebody else, in one step; scores of the old one are kept aside."""

    title = _("Replace the reviewer")
    submit_label = _("Replace the reviewer")
    lead = _("The old review ends with your reason. What was scored in it is kept and counts no more.")
    form_class = forms.ReplaceForm

    @cached_property
    def review(self) -> Review:
        found = Review.objects.filter(pk=self.kwargs["review"], application=self.case).first()
        if found is None:
            raise Http404
        return found

    def get_title(self) -> str:
        return gettext("Replace %(name)s") % {"name": self.review.reviewer}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self._done() or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # A second click finds the work done; the one who was asked is no candidate any more.
        return self._done() or super().post(request, *args, **kwargs)

    def _done(self) -> HttpResponseBase | None:
        return HttpResponseRedirect(self.get_success_url()) if self.review.state == ReviewState.REPLACED else None

    def act(self, form: Any) -> None:
        data = form.cleaned_data
        assigning.replace_reviewer(
            review_id=self.review.pk, reason=data["reason"], due_on=data["due_on"], actor=self.request.user,
            reviewer_id=int(data["reviewer"]) if data["reviewer"] else None,
        )  # fmt: skip

    def get_success_url(self) -> str:
        return f"{self.home_url}?tab=reviews"


class DiscussPage(_Act, FormPage):
    title = _("Open a discussion")
    submit_label = _("Open the discussion")
    allowed = staticmethod(coordinates)
    form_class = forms.DiscussionForm

    def act(self, form: Any) -> None:
        data = form.cleaned_data
        closing.open_discussion(
            application_id=self.case.pk, note=data["note"], due_on=data["due_on"], actor=self.request.user
        )
