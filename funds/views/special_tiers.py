"""Special tiers: the list, asking for one, and one request with its evidence, decision and end."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from funds.actions import special_tiers
from funds.filters.portfolio import SpecialTierFilters
from funds.forms.watch import AddEvidenceForm, DecideTierForm, SpecialTierRequestForm
from funds.models import FundPolicyBinding, SpecialTierApproval, TierEvidence
from funds.models.visibility import sees_funds
from innovation.core.components import Fact, Moment, Status, Tone
from innovation.core.exports import Kind
from innovation.core.figures import percent_text
from innovation.core.icons import status_html
from innovation.core.tables import TableColumn
from innovation.core.uploads import CONTENT_TYPES, FileKind
from innovation.core.views import Crumb, FormPage, PageMixin, TableView

State = SpecialTierApproval.State
TONES = {State.REQUESTED: Tone.NOTICE, State.APPROVED: Tone.OK, State.REFUSED: Tone.BAD, State.EXPIRED: Tone.IDLE}
NEXT = {
    State.REQUESTED: _("The ordinary cap holds until somebody else decides."),
    State.APPROVED: _("The special cap holds on the days of its validity; then the ordinary cap holds again."),
    State.REFUSED: _("The ordinary cap holds. A new request may be made with new evidence."),
    State.EXPIRED: _("The ordinary cap holds again. The days of validity keep their special cap."),
}


def tier_status(approval: SpecialTierApproval) -> Status:
    return Status(approval.get_state_display(), TONES[State(approval.state)])


def subject_of(approval: SpecialTierApproval) -> Any:
    """The fund or group."""
    return approval.binding.fund or approval.binding.group


def asks_for_tiers(user: Any) -> bool:
    """Whether ``user`` may ask for special tiers."""
    return bool(user.is_authenticated and user.has_perm("funds.add_specialtierapproval"))


class SpecialTierList(TableView):
    """All requests, newest first."""

    title = _("Special tiers")
    lead = _("Requests for the second, higher cap of a rule: evidence, decision and validity.")
    template_name = "funds/watch/tiers.html"
    allowed = staticmethod(sees_funds)
    filterset_class = SpecialTierFilters
    default_sort = "-requested"
    empty_title = _("No special tier was asked for yet")
    empty_text = _("Fund officers ask for one here, with the documents that show the condition of the rule.")
    columns = (
        TableColumn(_("Requested at"), "requested_at", Kind.DATETIME, key="requested", order_by=("requested_at",)),
        TableColumn(
            _("Fund or group"), lambda row: subject_of(row).name, key="subject", heading=True,
            link=lambda row: reverse("funds:special_tier", args=[row.pk]),
        ),
        TableColumn(_("Rule"), lambda row: row.rule.code, key="rule", order_by=("rule__code",)),
        TableColumn(_("Special cap"), lambda row: row.rule.special_cap, Kind.PERCENT, key="cap"),
        TableColumn(_("Valid from"), "valid_from", Kind.DATE, key="from", order_by=("valid_from",)),
        TableColumn(
            _("Valid to"), "valid_to", Kind.DATE, key="to", order_by=("valid_to",), unknown=_("No end is set")
        ),
        TableColumn(
            _("State"), lambda row: row.get_state_display(), key="state", order_by=("state",),
            cell=lambda row: status_html(tier_status(row)),
        ),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[SpecialTierApproval]:
        rows = SpecialTierApproval.objects.visible_to(self.request.user)
        return rows.select_related("rule", "binding__fund", "binding__group")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Funds"), reverse("funds:funds")), (self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_ask=asks_for_tiers(self.request.user), **kwargs)


class RequestTier(FormPage):
    """Ask for the special tier of a rule that binds a fund or group now."""

    title = _("Ask for a special tier")
    lead = _("Nothing changes before another person has approved it.")
    allowed = staticmethod(asks_for_tiers)
    submit_label = _("Send the request")

    @property
    def cancel_url(self) -> str:
        return reverse("funds:special_tiers")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(SpecialTierList.title, reverse("funds:special_tiers")), (self.title, None)]

    def get_form(self, form_class: Any = None) -> SpecialTierRequestForm:
        rows = FundPolicyBinding.objects.visible_to(self.request.user).filter(superseded_at=None)
        rows = rows.filter(document__rules__special_num__isnull=False).distinct().order_by("fund__code", "pk")
        asked = self.request.GET.get("fund", "")
        if asked.isdecimal():
            rows = rows.filter(fund_id=int(asked))
        rows = rows.select_related("document", "fund", "group").prefetch_related("document__rules")
        return SpecialTierRequestForm(bindings=list(rows), **self.get_form_kwargs())

    def form_valid(self, form: Any) -> HttpResponse:
        data = dict(form.cleaned_data)
        binding, rule = data["choice"]
        approval = special_tiers.request_special_tier(
            binding_id=binding, rule_id=rule, evidence=data["evidence"], valid_from=data["valid_from"],
            valid_to=data["valid_to"], files=data["files"], actor=self.request.user,
        )  # fmt: skip
        messages.success(self.request, _("The request is sent. Who decides is told by mail."))
        return HttpResponseRedirect(reverse("funds:special_tier", args=[approval.pk]))


class SpecialTierPage(FormPage):
    """One request: what is asked, the evidence with its hashes, the decision, the end."""

    template_name = "funds/watch/tier.html"
    allowed = staticmethod(sees_funds)

    @cached_property
    def approval(self) -> SpecialTierApproval:
        rows = SpecialTierApproval.objects.visible_to(self.request.user).select_related(
            "rule", "binding__document", "binding__fund", "binding__group", "requested_by", "decided_by"
        )
        files = TierEvidence.objects.select_related("added_by")
        return get_object_or_404(rows.prefetch_related(Prefetch("files", files)), pk=self.kwargs["pk"])

    def get_title(self) -> str:
        return gettext("Special tier: %(name)s") % {"name": subject_of(self.approval).name}

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(SpecialTierList.title, reverse("funds:special_tiers")), (self.approval.rule.code, None)]

    @property
    def may_decide(self) -> bool:
        approval, user = self.approval, self.request.user
        waits = approval.state == State.REQUESTED
        return waits and user.has_perm("funds.decide_special_tier") and approval.requested_by_id != user.pk

    @property
    def may_add(self) -> bool:
        return self.approval.state == State.REQUESTED and self.request.user.has_perm("funds.add_tierevidence")

    def get_form_class(self) -> Any:
        return AddEvidenceForm if self.request.POST.get("act") == "evidence" else DecideTierForm

    def form_valid(self, form: Any) -> HttpResponse:
        data, key, actor = form.cleaned_data, self.approval.pk, self.request.user
        if isinstance(form, AddEvidenceForm):
            special_tiers.add_evidence(approval_id=key, upload=data["file"], actor=actor)
            messages.success(self.request, _("The document is attached."))
        else:
            special_tiers.decide_special_tier(
                approval_id=key, approve=data["decision"] == "approve", reason=data["decision_reason"], actor=actor
            )
            messages.success(self.request, _("The decision is recorded."))
        return HttpResponseRedirect(reverse("funds:special_tier", args=[key]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form")
        adding = isinstance(form, AddEvidenceForm)
        return super().get_context_data(
            approval=self.approval,
            status=tier_status(self.approval),
            next_step=NEXT[State(self.approval.state)],
            facts=tier_facts(self.approval),
            steps=tier_moments(self.approval),
            decide_form=None if not self.may_decide else DecideTierForm() if adding or form is None else form,
            evidence_form=None if not self.may_add else form if adding else AddEvidenceForm(),
            **kwargs,
        )


def tier_facts(approval: SpecialTierApproval) -> list[Fact]:
    """What is asked for."""
    binding, rule, subject = approval.binding, approval.rule, subject_of(approval)
    where = reverse("funds:fund", args=[binding.fund_id]) if binding.fund_id else (
        f"{reverse('funds:tolerance')}?scope=group-{binding.group_id}"
    )  # fmt: skip
    until = approval.valid_to.isoformat() if approval.valid_to else gettext("open")
    return [
        Fact(_("Fund or group"), subject.name, where),
        Fact(_("Policy"), str(binding.document), reverse("funds:policy", args=[binding.document_id])),
        Fact(_("Rule"), rule.code),
        Fact(_("Ordinary cap"), percent_text(rule.cap) if rule.cap is not None else None, unknown=_("None")),
        Fact(_("Special cap"), percent_text(rule.special_cap) if rule.special_cap is not None else None),
        Fact(_("Condition"), rule.special_condition or None, unknown=_("The text states none")),
        Fact(_("Evidence"), approval.evidence),
        Fact(_("Valid"), f"{approval.valid_from} – {until}"),
    ]


def tier_moments(approval: SpecialTierApproval) -> list[Moment]:
    """Request, decision and end as a time line."""
    steps = [
        Moment(approval.requested_at, gettext("Requested"), who=str(approval.requested_by), tone=Tone.INFO)
    ]  # fmt: skip
    if approval.decided_at:
        refused = approval.state == State.REFUSED
        title = gettext("Refused") if refused else gettext("Approved")
        steps.append(
            Moment(
                approval.decided_at, title, approval.decision_reason, str(approval.decided_by),
                Tone.BAD if refused else Tone.OK,
            )
        )  # fmt: skip
    if approval.expired_at:
        steps.append(Moment(approval.expired_at, gettext("Expired"), tone=Tone.IDLE))
    return steps


class EvidenceFile(PageMixin, View):
    """One document as it was handed in."""

    allowed = staticmethod(sees_funds)

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        row = TierEvidence.objects.visible_to(request.user).filter(pk=pk).first()
        if row is None:
            raise Http404
        kind = CONTENT_TYPES.get(FileKind(row.file_kind), "application/octet-stream")
        response = FileResponse(row.file.open("rb"), as_attachment=True, filename=row.file_name, content_type=kind)
        response["X-Content-Type-Options"] = "nosniff"
        return response
