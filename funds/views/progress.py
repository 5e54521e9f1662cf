"""Money progress of all funds on one page, at two times: the same sections as the report."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from funds.reports.progress import TITLE, build
from funds.views.moments import MomentPage
from innovation.core.display import unit_of
from innovation.core.views import Crumb
from innovation.reports.rendering.view import shown


class ProgressPage(MomentPage):
    """Called, invested, idle; shares; the three leverage ratios; reinvestment."""

    title = TITLE
    lead = _("How far the money of each fund has come, and what it moved with it. Each ratio carries its letter.")
    template_name = "funds/progress.html"

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        data = build({}, as_of=self.as_of, known_at=self.known_at, language="")
        return super().get_context_data(report=shown(data, unit_of(self.request), links=True), **kwargs)
