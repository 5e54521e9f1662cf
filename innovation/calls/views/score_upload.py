"""Score sheets that a reviewer filled in offline: choose the file, read what each row would do, then take it in."""

from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from innovation.calls.actions.score_upload import read_workbook, rehearse, take_in
from innovation.calls.forms.reviewing import ScoreConfirmForm, ScoreFileForm
from innovation.calls.rules.score_files import ScoreRow
from innovation.calls.views.reviewing import is_reviewer
from innovation.core.errors import RuleViolation
from innovation.core.views import Crumb, FormPage

SALT = "calls.score-sheets"
MAX_AGE = 3600


class _Page(FormPage):
    allowed = staticmethod(is_reviewer)
    title = _("Score sheets from a file")

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return reverse("reviews:desk")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("My reviews"), reverse("reviews:desk")), (self.title, None)]


class ScoreFilePage(_Page):
    """Choose the file; what it would do is shown at once, nothing is kept."""

    lead = _("Take in the workbook that you downloaded and filled in. First you see what each row would do.")
    submit_label = _("Check the file")
    form_class = ScoreFileForm

    def form_valid(self, form: Any) -> HttpResponse:
        rows, hand_in = read_workbook(form.cleaned_data["file"]), form.cleaned_data["hand_in"]
        kept = signing.dumps(
            {"rows": [astuple(row) for row in rows], "hand_in": hand_in, "who": self.request.user.pk},
            salt=SALT, compress=True,
        )  # fmt: skip
        lines = rehearse(rows=rows, hand_in=hand_in, actor=self.request.user)
        confirm = ScoreConfirmForm(initial={"kept": kept})
        context = self.get_context_data(form=confirm, lines=lines, hand_in=hand_in, good=_good(lines))
        context |= {"title": gettext("What the file would do"), "lead": gettext("Nothing is kept yet.")}
        return self.response_class(self.request, ["calls/reviewing/score_lines.html"], context)


class ScoreConfirmPage(_Page):
    """The same for real; sheets with a wrong row stay out."""

    form_class = ScoreConfirmForm
    submit_label = _("Take it in")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("reviews:score_file"))

    def act(self, form: Any) -> None:
        try:
            kept = signing.loads(form.cleaned_data["kept"], salt=SALT, max_age=MAX_AGE)
        except signing.BadSignature as error:
            raise RuleViolation("FILE_GONE", _("This was open for too long. Choose the file again.")) from error
        if kept["who"] != self.request.user.pk:
            raise RuleViolation("FILE_GONE", _("This was open for too long. Choose the file again."))
        rows = [ScoreRow(*row) for row in kept["rows"]]
        lines = take_in(rows=rows, hand_in=kept["hand_in"], actor=self.request.user)
        done, handed = _good(lines), sum(line.handed_in for line in lines)
        told = ngettext("%(count)s score sheet was taken in.", "%(count)s score sheets were taken in.", done)
        messages.success(self.request, told % {"count": done})
        if handed:
            told = ngettext("%(count)s review was handed in.", "%(count)s reviews were handed in.", handed)
            messages.success(self.request, told % {"count": handed})
        for line in lines:
            if not line.is_good:
                messages.warning(self.request, gettext("Left out: %(number)s") % {"number": line.number})

    def get_success_url(self) -> str:
        return reverse("reviews:desk")


def _good(lines: Sequence[Any]) -> int:
    return sum(line.is_good for line in lines)
