"""Enter into a company's cap table by hand: one page for each kind of entry."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.actions.cap_entries import record_entry
from funds.choices.companies import CapEntryKind
from funds.forms.cap_entries import CapEntryForm
from funds.queries.companies import NamedCapTable, cap_table_of, open_securities
from funds.queries.sums import Moment
from funds.rules.cap_securities import CONVERTIBLE, Security, plain
from funds.views.cap_links import SLUGS
from funds.views.company_acts import CompanyAct
from funds.views.deal_base import holds


class RecordCapEntry(CompanyAct):
    """One entry of the kind that the address names."""

    form_class = CapEntryForm
    submit_label = _("Enter it")
    done_message = _("The entry stands in the cap table.")
    allowed = holds("funds.add_caprecord")

    @cached_property
    def kind(self) -> CapEntryKind:
        kind = SLUGS.get(self.kwargs["kind"])
        if kind is None:
            raise Http404
        return kind

    def get_title(self) -> str:
        return str(self.kind.label)

    @cached_property
    def cap(self) -> NamedCapTable:
        return cap_table_of(self.company, Moment(timezone.localdate(), timezone.now()))

    def get_form_kwargs(self) -> dict[str, Any]:
        choices = [(key, self.name_of(one)) for key, one in open_securities(self.cap, self.kind).items()]
        return super().get_form_kwargs() | {"kind": self.kind, "securities": choices}

    def name_of(self, security: Security) -> str:
        """``Holder · class · 1,250,000 shares · since 2024-03-01``."""
        item = security.item
        unit = gettext("yuan") if security.family == CONVERTIBLE else gettext("shares")
        what = self.cap.classes.get(str(item.get("stock_class_id")), "")
        number = "" if item["custom_id"] in {"", "–"} else str(item["custom_id"])
        held = f"{plain(security.held)} {unit}"
        parts = (self.cap.holders.get(str(item["stakeholder_id"]), ""), what, held, str(item["date"]), number)
        return " · ".join(part for part in parts if part)

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate(), "is_institution": self.kind != CapEntryKind.GRANT}

    def act(self, form: CapEntryForm) -> None:
        record_entry(company_id=self.company.pk, entry=form.entry(), actor=self.request.user)
