"""Enter into a company's cap table by hand: one page for each kind of entry, and one that takes an entry back."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.actions.cap_entries import record_entry, take_back_entry
from funds.choices.companies import CapEntryKind
from funds.forms.cap_entries import CapEntryForm, TakeBackForm, typed
from funds.models import CapRecord, CapReversal
from funds.queries.companies import (
    NamedCapTable,
    cap_table_of,
    entry_of,
    names_of,
    open_securities,
    portfolio_companies,
)
from funds.queries.sums import Moment
from funds.rules.cap_securities import CONVERTIBLE, Security, plain
from funds.views.cap_links import SLUGS
from funds.views.cap_tables import CapWords, entry_facts
from funds.views.company_acts import CompanyAct
from funds.views.deal_base import holds
from innovation.core.components import Fact
from innovation.core.views import ConfirmPage
from innovation.organisations.models import Organisation


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
        return {"on": timezone.localdate(), "is_institution": self.kind != CapEntryKind.GRANT} | self._as_before()

    def _as_before(self) -> dict[str, Any]:
        """What was typed into the entry that is entered anew after it was taken back."""
        asked = self.request.GET.get("like", "")
        rows = CapReversal.objects.filter(record__company=self.company, record__kind=self.kind)
        before = rows.select_related("record").filter(pk=asked).first() if asked.isdecimal() else None
        if before is None:
            return {}
        entry = entry_of(before.record)
        return typed(entry, names_of([*entry, *self.cap.objects]))

    def act(self, form: CapEntryForm) -> None:
        record_entry(company_id=self.company.pk, entry=form.entry(), actor=self.request.user)


class TakeBack(CompanyAct, ConfirmPage):
    """Take an entry back, with the reason; by default the form to enter it anew follows."""

    title = _("Take the entry back")
    form_class = TakeBackForm
    submit_label = _("Take it back")
    done_message = _("The entry is taken back. The cap table stands as before it.")
    allowed = holds("funds.add_capreversal")

    @cached_property
    def record(self) -> CapRecord:
        rows = CapRecord.objects.visible_to(self.request.user).select_related("recorded_by")
        return get_object_or_404(rows, pk=self.kwargs["record"])

    @cached_property
    def company(self) -> Organisation:
        return get_object_or_404(portfolio_companies(), pk=self.record.company_id)

    def facts(self) -> list[Fact]:
        cap = cap_table_of(self.company, Moment(timezone.localdate(), timezone.now()))
        return entry_facts(self.record, CapWords(cap))

    def act(self, form: TakeBackForm) -> None:
        self.done = take_back_entry(
            record_id=self.record.pk, reason=form.cleaned_data["reason"], actor=self.request.user
        )

    def get_success_url(self) -> str:
        if "anew" not in self.request.POST:
            return self.cancel_url
        slug = next(slug for slug, kind in SLUGS.items() if kind == self.done.record.kind)
        return f"{reverse('funds:cap_entry', args=[self.company.pk, slug])}?like={self.done.pk}"
