"""Bank statements of a fund: send, choose columns, take in; settle each movement, or all that are sure."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.actions.bank import new_rows, set_aside, settle_by_booking, settle_by_entry, settle_by_notice, settle_sure
from funds.forms.bank import SettleForm, StatementColumnsForm, StatementForm
from funds.imports.bank import confirm_statement, read_statement, sample_of, upload_statement
from funds.models import BankLine, BankStatement, ColumnMapping, EntryProposal, Fund
from funds.models.visibility import sees_funds
from funds.queries.bank import lines_of, open_movements, suggestions
from funds.reports.bank import line_facts, movement_columns, statement_columns, statement_facts, sure_rows
from funds.rules.bank_file import BANK, BankMapping
from funds.views.entries import crumbs, fund_of
from innovation.core.components import Fact
from innovation.core.display import unit_of
from innovation.core.errors import RuleViolation
from innovation.core.forms import add_violation
from innovation.core.tables import Table
from innovation.core.views import ConfirmPage, Crumb, FormPage, PageView

LISTED = 500


def settles_movements(user: Any) -> bool:
    return sees_funds(user) and user.has_perm("funds.add_bankstatement")


class _Bank:
    """A page about the account of a fund."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def fund(self) -> Fund:
        return fund_of(self)

    @property
    def account_url(self) -> str:
        return reverse("funds:bank", args=[self.fund.pk])

    def breadcrumbs(self) -> Sequence[Crumb]:
        return crumbs(self.fund, (Account.title, self.account_url), (self.get_title(), None))  # type: ignore[attr-defined]

    def get_success_url(self) -> str:
        return self.account_url

    @property
    def cancel_url(self) -> str:
        return self.account_url


class Account(_Bank, PageView):
    """The movements of a fund's account with what each is."""

    title = _("Bank account")
    template_name = "funds/bank/account.html"
    allowed = staticmethod(sees_funds)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return crumbs(self.fund, (self.title, None))

    @cached_property
    def tables(self) -> list[Table]:
        return [
            Table(
                self.request, movement_columns(), lines_of(self.fund), _("Movements"), name="movements",
                default_sort="-day", empty_title=_("No movement is taken in yet"),
                empty_text=_("Send the bank's statement as CSV or workbook."),
            ),
            Table(
                self.request, statement_columns(), self.fund.bank_statements.select_related("uploaded_by"),
                _("Statements"), name="statements", default_sort="-id",
            ),
        ]  # fmt: skip

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        for table in self.tables:
            if table.export_format:
                return table.export()
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = open_movements(self.fund).count()
        may_settle = settles_movements(self.request.user)
        return super().get_context_data(
            fund=self.fund, tables=self.tables, waiting=waiting, may_settle=may_settle, **kwargs
        )


class SendStatement(_Bank, FormPage):
    """Send a statement of the fund's account."""

    title = _("Send a bank statement")
    form_class = StatementForm
    allowed = staticmethod(settles_movements)
    submit_label = _("Send the file")

    def form_valid(self, form: Any) -> HttpResponse:
        statement = upload_statement(
            fund_id=self.fund.pk, upload=form.cleaned_data["file"], actor=self.request.user
        )  # fmt: skip
        saved = form.cleaned_data["saved"]
        return HttpResponseRedirect(statement.get_absolute_url() + (f"?saved={saved.pk}" if saved else ""))


class StatementColumns(_Bank, FormPage):
    """Say what the columns mean, see what was read, take it in."""

    title = _("Choose the columns")
    template_name = "funds/bank/columns.html"
    allowed = staticmethod(settles_movements)

    @cached_property
    def statement(self) -> BankStatement:
        found = BankStatement.objects.visible_to(self.request.user).filter(pk=self.kwargs["pk"])
        statement = found.select_related("fund").first()
        if statement is None:
            raise Http404
        return statement

    @cached_property
    def fund(self) -> Fund:
        return self.statement.fund

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.statement.taken_in_at:
            return HttpResponseRedirect(self.account_url)
        return super().get(request, *args, **kwargs)

    def get_form(self, form_class: Any = None) -> StatementColumnsForm:
        return StatementColumnsForm(statement=self.statement, **self.get_form_kwargs())

    def get_initial(self) -> dict[str, Any]:
        number = self.request.GET.get("saved", "")
        saved = ColumnMapping.objects.filter(pk=number, content__layout=BANK).first() if number.isdecimal() else None
        return StatementColumnsForm.initial_of(BankMapping(**saved.content)) if saved else {}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.get_form()
        if not form.is_valid() or "take" in request.POST:
            return super().post(request, *args, **kwargs)
        try:
            content = read_statement(self.statement, form.mapping())
        except RuleViolation as violation:
            violation.field = f"column_{violation.field}" if violation.field else None
            add_violation(form, violation)
            return self.form_invalid(form)
        facts = statement_facts(content, new_rows(self.fund.pk, content), unit_of(request))
        shown = {"facts": facts, "errors": content.errors[:LISTED], "ready": bool(content.rows) and not content.errors}
        return self.render_to_response(self.get_context_data(form=form, **shown))

    def form_valid(self, form: Any) -> HttpResponse:
        taken = confirm_statement(
            statement=self.statement, mapping=form.mapping(), actor=self.request.user,
            save_as=form.cleaned_data["save_as"],
        )  # fmt: skip
        count = taken.lines.count()
        messages.success(self.request, gettext("%(count)s movements are taken in.") % {"count": count})
        return HttpResponseRedirect(self.account_url)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(statement=self.statement, sample=sample_of(self.statement), **kwargs)


class Movement(_Bank, FormPage):
    """One movement: what it may be, and the answer."""

    template_name = "funds/bank/movement.html"
    allowed = staticmethod(sees_funds)
    submit_label = _("Settle this movement")

    @cached_property
    def line(self) -> Any:
        found = (
            BankLine.objects.visible_to(self.request.user).filter(pk=self.kwargs["pk"]).select_related("fund").first()
        )
        if found is None:
            raise Http404
        return lines_of(found.fund).select_related("fund", "statement", "set_aside_by").get(pk=found.pk)

    @cached_property
    def fund(self) -> Fund:
        return self.line.fund

    def get_title(self) -> str:
        return gettext("Movement of %(day)s") % {"day": self.line.day}

    def get_form(self, form_class: Any = None) -> SettleForm:
        found = suggestions(self.fund, [self.line])[self.line.pk]
        return SettleForm(line=self.line, found=found, **self.get_form_kwargs())

    def form_valid(self, form: Any) -> HttpResponse:
        made = self.settle(form.cleaned_data)
        if isinstance(made, EntryProposal):
            messages.info(self.request, gettext("The entry waits for another person and is not in the books yet."))
        else:
            messages.success(self.request, gettext("The movement is settled."))
        return HttpResponseRedirect(self.account_url)

    def settle(self, data: dict[str, Any]) -> Any:
        """Do what was chosen; what the rules refuse is shown in the form."""
        what, word, number = data["choice"].split("-")
        asked = {"line_id": self.line.pk, "actor": self.request.user}
        if what == "pay":
            return settle_by_notice(word=word, notice_line_id=int(number), **asked)
        if what == "is":
            return settle_by_entry(event_id=int(number), **asked)
        if what == "aside":
            return set_aside(reason=data["reason"], **asked)
        return settle_by_booking(
            kind=word, investment_id=key_of(data.get("investment")), award_id=key_of(data.get("award")),
            reason=data["reason"], cost_relieved_fen=data.get("cost_relieved_fen") or 0, late=data["late"], **asked,
        )  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        line = self.line
        is_open = not line.set_aside_because and line.amount_fen != line.matched_fen
        return super().get_context_data(
            facts=line_facts(line, unit_of(self.request)),
            may_settle=is_open and settles_movements(self.request.user),
            account_url=self.account_url,
            **kwargs,
        )


def key_of(record: Any) -> int | None:
    """The key of a chosen record, None where none was chosen or asked for."""
    return record.pk if record else None


class SettleSure(_Bank, ConfirmPage):
    """Everything that can be one thing only is settled at once, after it was shown."""

    title = _("Settle what is sure")
    lead = _("Amount and other side agree with one open line of a notice, or one entry of that amount stands near.")
    template_name = "funds/bank/sure.html"
    allowed = staticmethod(settles_movements)
    submit_label = _("Settle these movements")

    def facts(self) -> list[Fact]:
        return []

    def act(self, form: Any) -> None:
        count = settle_sure(fund_id=self.fund.pk, actor=self.request.user)
        messages.success(self.request, gettext("%(count)s movements are settled.") % {"count": count})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = list(open_movements(self.fund)[:LISTED])
        unit = unit_of(self.request)
        rows = sure_rows(waiting, suggestions(self.fund, waiting), unit)
        return super().get_context_data(rows=rows, unit_name=unit.label, **kwargs)
