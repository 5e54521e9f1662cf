"""The pages of the floor itself: start page, display choices."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from innovation.core.display import Theme, remember
from innovation.core.money import Unit
from innovation.core.views import PageView, everyone


class Home(PageView):
    """What the office offers to the public; tasks and links to whoever signed in."""

    title = _("Start")
    allowed = staticmethod(everyone)

    def get_template_names(self) -> list[str]:
        return ["core/home.html" if self.request.user.is_authenticated else "core/landing.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs)


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
