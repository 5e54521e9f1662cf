"""The pages of the floor itself: start page, display choices."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from innovation.core import gallery, home
from innovation.core.display import Theme, remember
from innovation.core.money import Unit
from innovation.core.navigation import staff_only
from innovation.core.views import PageView, everyone

DONE = 100


class Home(PageView):
    """What the office offers to the public; tasks and links to whoever signed in."""

    title = _("Start")
    allowed = staticmethod(everyone)

    def get_template_names(self) -> list[str]:
        return ["core/home.html" if self.request.user.is_authenticated else "core/landing.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.request.user.is_authenticated:
            cards = home.cards_for(self.request.user)
            kwargs |= {
                "panels": home.panels_for(self.request.user),
                "urgent": [card for card in cards if card.urgent],
                "overview": [card for card in cards if not card.urgent],
            }
        return super().get_context_data(**kwargs)


class Favicon(View):
    """The icon under the name that browsers and programs ask for by themselves."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(static("core/favicon.svg"))


class Gallery(PageView):
    """Every component in every state, for whoever builds pages."""

    title = _("Components")
    lead = _("Every part that pages are made of, in every state. The samples are invented.")
    template_name = "core/gallery.html"
    allowed = staticmethod(staff_only)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.respond(gallery.tables(request).values())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**gallery.context(self.request) | kwargs)


class Progress(View):
    """A sample job that moves on each time it is asked; shows how a page follows a job."""

    def get(self, request: HttpRequest, percent: int) -> HttpResponse:
        done = percent >= DONE
        poll = "" if done else reverse("gallery_progress", args=[min(DONE, percent + 20)])
        facts = {
            "percent": min(DONE, percent),
            "poll": poll,
            "label": _("Import"),
            "note": _("Rows are being checked."),
        }
        return render(request, "components/progress.html", facts)


class Display(View):
    """Remember the unit of money and the theme, then return to the page the reader came from."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        target = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
        response = HttpResponseRedirect(target if safe else reverse("home"))
        for name, choices in (("unit", Unit), ("theme", Theme)):
            if request.POST.get(name) in choices.values:
                remember(response, name, request.POST[name])
        return response
