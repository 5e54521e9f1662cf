"""Management fees of a fund: what was charged, and the next period computed by its terms before it is booked."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.actions.fees import charge_fee, propose_fee
from funds.forms.fees import FeeForm
from funds.models import EntryProposal, Fund
from funds.models.visibility import sees_funds
from funds.queries.fees import standing_charges
from funds.reports.fees import charge_columns, part_rows
from funds.views.entries import crumbs, fund_of, records_entries
from innovation.core.display import unit_of
from innovation.core.errors import RuleViolation
from innovation.core.forms import add_violation
from innovation.core.tables import Table
from innovation.core.views import Crumb, FormPage, PageView


class Fees(PageView):
    """The charged fees of a fund, each with its calculation."""

    title = _("Management fees")
    lead = _("A fee is rate × basis × days / 365, cut wherever the phase, the rate or the basis changes.")
    template_name = "funds/fees/list.html"
    allowed = staticmethod(sees_funds)

    @cached_property
    def fund(self) -> Fund:
        return fund_of(self)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return crumbs(self.fund, (self.title, None))

    @cached_property
    def table(self) -> Table:
        return Table(
            self.request, charge_columns(), standing_charges(self.fund), _("Charged fees"), default_sort="-since",
            empty_title=_("No fee was computed yet"), empty_text=_("Fees booked as plain entries stand in the ledger."),
        )  # fmt: skip

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.table.export() if self.table.export_format else super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_charge = records_entries(self.request.user)
        return super().get_context_data(fund=self.fund, table=self.table, may_charge=may_charge, **kwargs)


class ChargeFee(FormPage):
    """Compute the fee of a period, look at its parts, book it."""

    title = _("Compute a fee")
    template_name = "funds/fees/charge.html"
    form_class = FeeForm
    allowed = staticmethod(records_entries)

    @cached_property
    def fund(self) -> Fund:
        return fund_of(self)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return crumbs(self.fund, (Fees.title, reverse("funds:fees", args=[self.fund.pk])), (self.title, None))

    def get_initial(self) -> dict[str, Any]:
        last = standing_charges(self.fund).first()
        return FeeForm.initial_period(last.until if last else None, self.fund.starts_on)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.get_form()
        if not form.is_valid():
            return self.form_invalid(form)
        facts = form.facts()
        try:
            fee = propose_fee(fund=self.fund, since=facts["since"], until=facts["until"])
        except RuleViolation as violation:
            add_violation(form, violation)
            return self.form_invalid(form)
        if "book" in request.POST and request.POST.get("seen") == str(fee.total_fen):
            return super().post(request, *args, **kwargs)
        unit = unit_of(request)
        shown = {"parts": part_rows(fee, unit), "unit_name": unit.label, "seen": fee.total_fen}
        return self.render_to_response(self.get_context_data(form=form, **shown))

    def form_valid(self, form: Any) -> HttpResponse:
        made = charge_fee(fund_id=self.fund.pk, actor=self.request.user, **form.facts())
        if isinstance(made, EntryProposal):
            messages.info(self.request, gettext("The entry waits for another person and is not in the books yet."))
            return HttpResponseRedirect(made.get_absolute_url())
        messages.success(self.request, gettext("Booked as no. %(seq)s.") % {"seq": made.seq})
        return HttpResponseRedirect(reverse("funds:fees", args=[self.fund.pk]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(fund=self.fund, **kwargs)
