"""The base of pages whose address holds an as-of day and a known-at moment."""

from abc import ABC, abstractmethod
from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext

from funds.forms import MomentForm
from funds.models.visibility import sees_funds
from funds.queries.sums import Moment
from funds.reports.tolerance import CODE
from innovation.core.views import PageMixin, PageView

WHEN = frozenset({"as_of", "known_at"})


def same_times(request: HttpRequest, address: str) -> str:
    """``address`` with the two times that the request asks for, so that the next page answers for them too."""
    asked = {name: request.GET[name] for name in sorted(WHEN) if request.GET.get(name)}
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}" if asked else address


class AtTimes(PageMixin, ABC):
    """Mixin of pages that answer for the two times of their address. Empty times mean today and now.

    Where a time cannot be used the page shows what is wrong and no figure, no file and no form: they would answer
    another question than was asked.
    """

    allowed = staticmethod(sees_funds)

    @property
    @abstractmethod
    def times_form(self) -> MomentForm:
        """The bound form that reads the two times."""

    @property
    def times_context(self) -> dict[str, Any]:
        """What the chips of a page need."""
        form = self.times_form
        asked = form.cleaned_data
        return {"times_form": form, "as_of": asked.get("as_of"), "known_at": asked.get("known_at")}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if type(self).allowed(request.user) and not WHEN.isdisjoint(self.times_form.errors):
            return self.without_figures()
        return super().dispatch(request, *args, **kwargs)

    def without_figures(self) -> HttpResponse:
        """What is wrong with the times, at their fields."""
        rest = self.request.GET.copy()
        for name in WHEN & self.times_form.errors.keys() & rest.keys():
            del rest[name]
        page = {"title": self.get_title(), "breadcrumbs": self.breadcrumbs()}
        page["without_url"] = f"{self.request.path}?{rest.urlencode()}"
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return render(self.request, "funds/wrong_times.html", page | self.times_context, status=status)


class MomentPage(AtTimes, PageView):
    """A page at two times whose form may ask for more than them."""

    form_class: type[MomentForm] = MomentForm
    report_code = CODE

    @cached_property
    def form(self) -> Any:
        # The controls of the page carry plain ids: what is wrong links to them.
        form = self.form_class(self.request.GET, auto_id="%s")
        form.is_valid()
        return form

    @cached_property
    def _now(self) -> datetime:
        return timezone.now()

    @property
    def times_form(self) -> MomentForm:
        return self.form

    @property
    def as_of(self) -> date:
        return self.form.cleaned_data.get("as_of") or timezone.localdate(self.known_at)

    @property
    def known_at(self) -> datetime:
        return self.form.cleaned_data.get("known_at") or self._now

    @property
    def moment(self) -> Moment:
        chosen = {name for name in WHEN if self.form.cleaned_data.get(name)}
        return Moment(self.as_of, self.known_at, frozenset(chosen))

    @property
    def refusal(self) -> str:
        """Why no file is made: it would not tell that it answers another question than the address asks."""
        return gettext("No files: correct what is named above first.") if self.form.errors else ""

    def at_same_times(self, address: str) -> str:
        """``address`` with the two times that this page was asked for."""
        return same_times(self.request, address)

    def report_url(self, code: str = "", /, **parameters: Any) -> str:
        """Where the same question is asked of the report, so that it comes as files."""
        # As a field of a form holds it: without zone, and no finer than a thousandth of a second.
        known_at = timezone.localtime(self.known_at).replace(tzinfo=None).isoformat(timespec="milliseconds")
        fixed = {"as_of": self.as_of.isoformat(), "known_at": known_at}
        asked = {name: value for name, value in parameters.items() if value}
        return f"{reverse('reports:ask', args=[code or self.report_code])}?{urlencode(asked | fixed)}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": self.form} | self.times_context | kwargs)
