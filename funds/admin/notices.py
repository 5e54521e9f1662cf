"""Capital calls and distributions in the office: issued, cancelled; paid line by line on their pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from funds.actions.notices import cancel_notice, issue_notice
from funds.admin.columns import AmountField, UnitField, fen_of, in_wan
from funds.choices.records import NoticeState
from funds.models import Call, CallLine, Distribution, DistributionLine, FeeCharge, Payment
from funds.queries.notices import with_paid
from funds.reports.notices import status_of
from innovation.core.admin import ActForm, ActionAdmin, ActionForm, ReadOnlyAdmin, TabularInline


class _IssueForm(ActionForm):
    """One notice, split over the investors by the action."""

    word: str
    amount = AmountField(label=_("amount of all investors"))
    recallable = AmountField(label=_("of which recallable"), required=False)
    unit = UnitField()
    fact_fields = {"amount_fen": "amount", "recallable_fen": "recallable"}

    def act(self) -> Any:
        data = self.cleaned_data
        return issue_notice(
            word=self.word, fund_id=data["fund"].pk, amount_fen=fen_of(data, "amount"),
            recallable_fen=fen_of(data, "recallable"), notice_on=data["notice_on"], due_on=data["due_on"],
            purpose=data["purpose"], document=data["document"], is_last=data.get("is_last", False), actor=self.actor,
        )  # fmt: skip


class IssueCallForm(_IssueForm):
    word = "call"

    class Meta:
        model = Call
        fields = ["fund", "notice_on", "due_on", "purpose", "document"]


class IssueDistributionForm(_IssueForm):
    word = "distribution"

    class Meta:
        model = Distribution
        fields = ["fund", "notice_on", "due_on", "is_last", "purpose", "document"]


class _CancelForm(ActForm):
    title = _("Cancel the notice")
    permission = "funds.issue_notice"
    word: str
    reason = forms.CharField(label=_("reason"), max_length=400, widget=UnfoldAdminTextareaWidget)

    @classmethod
    def fits(cls, record: Any) -> bool:
        return record.state == NoticeState.ISSUED

    def act(self) -> Any:
        return cancel_notice(
            word=self.word, notice_id=self.instance.pk, reason=self.cleaned_data["reason"], actor=self.actor
        )


class CancelCallForm(_CancelForm):
    word = "call"

    class Meta:
        model = Call
        fields: list[str] = []


class CancelDistributionForm(_CancelForm):
    word = "distribution"

    class Meta:
        model = Distribution
        fields: list[str] = []


class _LineInline(TabularInline):
    fields = readonly_fields = ["position", "investor", "source", "amount", "recallable"]
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("investor")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("amount (万元)"))
    def amount(self, line: Any) -> str:
        return in_wan(line.amount_fen)

    @admin.display(description=_("of which recallable (万元)"))
    def recallable(self, line: Any) -> str:
        return in_wan(line.recallable_fen)


class CallLineInline(_LineInline):
    model = CallLine
    fields = readonly_fields = [*_LineInline.fields, "fees", "expenses"]

    @admin.display(description=_("of which management fee (万元)"))
    def fees(self, line: CallLine) -> str:
        return in_wan(line.fees_fen)

    @admin.display(description=_("of which fund expenses (万元)"))
    def expenses(self, line: CallLine) -> str:
        return in_wan(line.expenses_fen)


class DistributionLineInline(_LineInline):
    model = DistributionLine


class _NoticeAdmin(ActionAdmin):
    list_display = ["number", "fund", "purpose", "notice_on", "due_on", "amount", "paid", "standing"]
    list_filter = ["state", "due_on"]
    search_fields = ["fund__code", "fund__name_zh", "purpose", "document"]
    date_hierarchy = "due_on"
    list_select_related = ["fund"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_paid(super().get_queryset(request)).select_related("fund")

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """A new notice has no lines yet: the action splits it."""
        return super().get_inlines(request, obj) if obj else []

    def view_on_site(self, notice: Any) -> str:
        return notice.get_absolute_url()

    @admin.display(description=_("amount (万元)"), ordering="amount_fen")
    def amount(self, notice: Any) -> str:
        return in_wan(notice.amount_fen)

    @admin.display(description=_("paid (万元)"))
    def paid(self, notice: Any) -> str:
        return in_wan(notice.paid_fen)

    @admin.display(description=_("standing"))
    def standing(self, notice: Any) -> str:
        return str(status_of(notice, timezone.localdate()).label)


@admin.register(Call)
class CallAdmin(_NoticeAdmin):
    add_form = IssueCallForm
    acts = {"cancel": CancelCallForm}
    inlines = [CallLineInline]


@admin.register(Distribution)
class DistributionAdmin(_NoticeAdmin):
    add_form = IssueDistributionForm
    acts = {"cancel": CancelDistributionForm}
    inlines = [DistributionLineInline]


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ["id", "call_line", "distribution_line", "event"]
    search_fields = ["event__fund__code", "event__document"]
    list_select_related = ["call_line", "distribution_line", "event__fund"]
    raw_id_fields = ["call_line", "distribution_line"]


@admin.register(FeeCharge)
class FeeChargeAdmin(ReadOnlyAdmin):
    list_display = ["since", "until", "fund", "fee", "event"]
    search_fields = ["fund__code", "fund__name_zh"]
    date_hierarchy = "since"
    list_select_related = ["fund", "event__fund"]

    @admin.display(description=_("fee (万元)"), ordering="amount_fen")
    def fee(self, charge: FeeCharge) -> str:
        return in_wan(charge.amount_fen)
