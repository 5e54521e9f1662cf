"""Local reinvestment: claims by managers and officers, their proof, the decision; managers see their own funds."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from funds.actions import reinvestment as actions
from funds.forms.reinvestment import ClaimForm, PlainForm, ProofForm, ReasonForm, RecogniseForm, RevokeForm
from funds.models import Investment, ProofFile, ReinvestmentClaim
from funds.models.reinvestment import files_claims, managed_funds
from funds.models.visibility import sees_funds
from funds.views.records import ActPage, RecordPage, status_of
from innovation.core.components import Fact
from innovation.core.display import unit_of
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.money import format_fen
from innovation.core.tables import Table, TableColumn
from innovation.core.uploads import CONTENT_TYPES, FileKind
from innovation.core.views import Crumb, FormPage, PageMixin, TableView
from innovation.organisations.models import Organisation

LIST = _("Local reinvestment")


def sees_claims(user: Any) -> bool:
    """The office, and whoever writes for the manager of a fund."""
    return bool(user.is_authenticated) and (sees_funds(user) or managed_funds(user).exists())


def writes_claims(user: Any) -> bool:
    """Officers, and whoever writes for the manager of a fund."""
    may = user.is_authenticated and user.has_perm("funds.add_reinvestmentclaim")
    return bool(may) or (bool(user.is_authenticated) and managed_funds(user).exists())


def decides_claims(user: Any) -> bool:
    return bool(user.is_authenticated and user.has_perm("funds.decide_reinvestment"))


def claims_of(user: Any) -> QuerySet[ReinvestmentClaim]:
    """The claims that ``user`` may see, with what lists show of them."""
    rows = ReinvestmentClaim.objects.visible_to(user)
    return rows.select_related("fund", "company", "investment", "claimed_ground", "ground", "created_by", "decided_by")


class ClaimList(TableView):
    """All claims that the person may see."""

    title = LIST
    lead = _("Local investment claimed by the managers of funds, and what the office recognised of it.")
    allowed = staticmethod(sees_claims)
    template_name = "funds/claims.html"
    default_sort = "-number"
    empty_title = _("No claim was made yet")
    empty_text = _("Managers and officers claim local investment with proof.")
    columns = (
        TableColumn(
            _("No."), "pk", Kind.INTEGER, key="number", order_by=("pk",), link=lambda row: row.get_absolute_url()
        ),
        TableColumn(
            _("Company"), lambda row: row.company.name, key="company", heading=True,
            link=lambda row: row.get_absolute_url(),
        ),
        TableColumn(_("Fund"), lambda row: row.fund.name, key="fund", order_by=("fund__code",)),
        TableColumn(_("Invested on"), "invested_on", Kind.DATE, key="day", order_by=("invested_on",)),
        TableColumn(_("Claimed"), "claimed_fen", Kind.MONEY, key="claimed", order_by=("claimed_fen",)),
        TableColumn(
            _("Recognised"), "recognised_fen", Kind.MONEY, key="recognised", unknown=_("Nothing recognised")
        ),
        TableColumn(_("Ground"), lambda row: (row.ground or row.claimed_ground).text, key="ground"),
        TableColumn(
            _("State"), lambda row: row.get_state_display(), key="state", order_by=("state",),
            cell=lambda row: status_html(status_of(row)),
        ),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[ReinvestmentClaim]:
        return claims_of(self.request.user)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_write=writes_claims(self.request.user), **kwargs)


class ClaimEdit(FormPage):
    """A new claim, or a draft that is changed."""

    title = _("Claim local investment")
    allowed = staticmethod(writes_claims)
    form_class = ClaimForm
    submit_label = _("Save the draft")
    claim: ReinvestmentClaim | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if "pk" in kwargs and request.user.is_authenticated:
            self.claim = claims_of(request.user).filter(pk=kwargs["pk"], state="DRAFT").first()
            if self.claim is None:
                raise Http404
        return super().dispatch(request, *args, **kwargs)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(LIST, reverse("funds:claims")), (self.title, None)]

    def get_form_kwargs(self) -> dict[str, Any]:
        user = self.request.user
        funds = actions.funds_to_claim_for(user).order_by("code")
        holdings = Investment.objects.select_related("company").order_by("fund", "code")
        if not sees_funds(user):
            holdings = holdings.filter(fund__in=funds)
        companies = Organisation.objects.visible_to(user).order_by("name_zh")
        return super().get_form_kwargs() | {"funds": funds, "holdings": holdings, "companies": companies}

    def get_initial(self) -> dict[str, Any]:
        if self.claim is None:
            return {}
        return {name: getattr(self.claim, name) for name in ClaimForm.base_fields}

    def act(self, form: BaseForm) -> None:
        data = {name: form.cleaned_data[name] for name in ClaimForm.base_fields}
        pk = self.claim.pk if self.claim else None
        self.saved = actions.save_claim(actor=self.request.user, claim_id=pk, **data)

    def get_success_url(self) -> str:
        return self.saved.get_absolute_url()


class ClaimPage(RecordPage):
    """One claim with its proofs."""

    allowed = staticmethod(sees_claims)

    def get_records(self) -> QuerySet[ReinvestmentClaim]:
        return claims_of(self.request.user).select_related("revoked_by")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(LIST, reverse("funds:claims")), (f"{self.record.pk}", None)]

    def facts(self) -> list[Fact]:
        claim, unit = self.record, unit_of(self.request)
        facts = [
            Fact(_("Fund whose government money counts"), claim.fund.name),
            Fact(_("Company"), claim.company.name, claim.company.get_absolute_url()),
            Fact(_("Holding"), claim.investment and claim.investment.code, unknown=_("Not in these books")),
            Fact(_("Invested on"), claim.invested_on.isoformat()),
            Fact(_("Claimed"), format_fen(claim.claimed_fen, unit, with_unit=True)),
            Fact(_("Ground claimed"), claim.claimed_ground.text),
            Fact(_("Statement"), claim.statement or None, unknown=_("None")),
            Fact(_("Written by"), f"{claim.created_by} · {claim.created_at:%Y-%m-%d}"),
        ]
        if claim.recognised_fen:
            facts += [
                Fact(_("Recognised"), format_fen(claim.recognised_fen, unit, with_unit=True)),
                Fact(_("Ground of recognition"), claim.ground.text),
                Fact(_("Recognised on"), claim.recognised_on.isoformat()),
            ]
        if claim.decided_by:
            facts.append(Fact(_("Decided by"), f"{claim.decided_by} · {claim.decided_at:%Y-%m-%d}"))
            facts.append(Fact(_("Reason of the decision"), claim.decision_reason))
        if claim.revoked_by:
            facts.append(Fact(_("Revoked from"), f"{claim.revoked_on} · {claim.revoked_by}"))
            facts.append(Fact(_("Reason of the revocation"), claim.revocation_reason))
        return facts

    def tables(self) -> list[Table]:
        columns = (
            TableColumn(
                _("Document"), "name", key="name", heading=True,
                link=lambda row: reverse("funds:proof", args=[row.pk]),
            ),
            TableColumn(_("Size (bytes)"), "size", Kind.INTEGER, key="size"),
            TableColumn("SHA-256", "sha256", key="hash"),
            TableColumn(_("Added by"), lambda row: str(row.added_by), key="by"),
            TableColumn(_("Added"), "added_at", Kind.DATETIME, key="at"),
        )  # fmt: skip
        rows = list(self.record.proofs.select_related("added_by"))
        empty = _("No document proves this claim yet")
        return [Table(self.request, columns, rows, gettext("Proofs"), name="proofs", empty_title=empty)]

    def acts(self) -> list[tuple[Any, str]]:
        claim, user = self.record, self.request.user
        found: list[tuple[Any, str]] = []
        if claim.state in {"DRAFT", "SUBMITTED", "UNDER_REVIEW"} and files_claims(user, claim):
            if claim.state == "DRAFT":
                found.append((_("Submit the claim"), reverse("funds:claim_act", args=[claim.pk, "submit"])))
                found.append((_("Change the draft"), reverse("funds:claim_edit", args=[claim.pk])))
            found.append((_("Add a document"), reverse("funds:claim_act", args=[claim.pk, "proof"])))
        if decides_claims(user) and claim.created_by_id != user.pk:
            found += [
                (act.submit_label, reverse("funds:claim_act", args=[claim.pk, name]))
                for name, act in ACTS.items()
                if act.state == claim.state and act.decides
            ]
        return found


class ClaimAct(ActPage):
    """Base of the acts upon a claim."""

    allowed = staticmethod(sees_claims)
    state = ""
    decides = True

    def get_records(self) -> QuerySet[ReinvestmentClaim]:
        rows = claims_of(self.request.user)
        return rows.filter(state=self.state) if self.state else rows

    def may(self, user: Any, record: Any) -> bool:
        return decides_claims(user) if self.decides else files_claims(user, record)


class AddProof(ClaimAct):
    form_class, submit_label, decides = ProofForm, _("Add a document"), False

    def act(self, form: BaseForm) -> None:
        actions.add_proof(claim_id=self.record.pk, upload=form.cleaned_data["file"], actor=self.request.user)


class Submit(ClaimAct):
    form_class, submit_label, state, decides = PlainForm, _("Submit the claim"), "DRAFT", False

    def act(self, form: BaseForm) -> None:
        actions.submit_claim(claim_id=self.record.pk, actor=self.request.user)


class Take(ClaimAct):
    form_class, submit_label, state = PlainForm, _("Take it into review"), "SUBMITTED"

    def act(self, form: BaseForm) -> None:
        actions.take_claim(claim_id=self.record.pk, actor=self.request.user)


class Recognise(ClaimAct):
    form_class, submit_label, state = RecogniseForm, _("Recognise"), "UNDER_REVIEW"

    def get_initial(self) -> dict[str, Any]:
        return {"recognised_fen": self.record.claimed_fen, "ground": self.record.claimed_ground_id}

    def act(self, form: BaseForm) -> None:
        data = {name: form.cleaned_data[name] for name in RecogniseForm.base_fields}
        actions.recognise_claim(claim_id=self.record.pk, actor=self.request.user, **data)


class Refuse(ClaimAct):
    form_class, submit_label, state = ReasonForm, pgettext_lazy("claim", "Refuse"), "UNDER_REVIEW"

    def act(self, form: BaseForm) -> None:
        actions.refuse_claim(claim_id=self.record.pk, actor=self.request.user, reason=form.cleaned_data["reason"])


class Revoke(ClaimAct):
    form_class, submit_label, state = RevokeForm, pgettext_lazy("claim", "Revoke"), "RECOGNISED"

    def act(self, form: BaseForm) -> None:
        data = form.cleaned_data
        actions.revoke_claim(
            claim_id=self.record.pk, actor=self.request.user, revoked_on=data["revoked_on"], reason=data["reason"]
        )


ACTS: dict[str, type[ClaimAct]] = {
    "proof": AddProof, "submit": Submit, "take": Take, "recognise": Recognise, "refuse": Refuse, "revoke": Revoke,
}  # fmt: skip


class ProofDownload(PageMixin, View):
    """A proof as it was handed in, always as a download."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        proof = ProofFile.objects.visible_to(request.user).filter(pk=pk).first()
        if proof is None:
            raise Http404
        return FileResponse(
            proof.file.open("rb"), as_attachment=True, filename=proof.name,
            content_type=CONTENT_TYPES[FileKind(proof.kind)],
        )  # fmt: skip


def claim_act(request: HttpRequest, pk: int, act: str) -> Any:
    """The page of one act; unknown acts are not found."""
    if act not in ACTS:
        raise Http404
    return ACTS[act].as_view()(request, pk=pk)
