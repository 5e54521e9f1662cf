"""The base of pages whose address holds an as-of day and a known-at moment."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import cached_property

from funds.forms import MomentForm
from funds.models.visibility import sees_funds
from funds.queries.sums import Moment
from innovation.core.views import PageView


class MomentPage(PageView):
    """Empty times mean today and now; times that cannot be read are named on the page and count as empty."""

    allowed = staticmethod(sees_funds)
    form_class: type[MomentForm] = MomentForm

    @cached_property
    def form(self) -> Any:
        form = self.form_class(self.request.GET)
        form.is_valid()
        return form

    @cached_property
    def _now(self) -> datetime:
        return timezone.now()

    @property
    def as_of(self) -> date:
        return self.form.cleaned_data.get("as_of") or timezone.localdate(self.known_at)

    @property
    def known_at(self) -> datetime:
        return self.form.cleaned_data.get("known_at") or self._now

    @property
    def moment(self) -> Moment:
        return Moment(self.as_of, self.known_at)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.form.cleaned_data
        times = {"form": self.form, "as_of": asked.get("as_of"), "known_at": asked.get("known_at")}
        return super().get_context_data(**times | kwargs)
