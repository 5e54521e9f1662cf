"""The public directory is for looking somebody up, not for taking it away page by page."""

from http import HTTPStatus
from typing import Any, ClassVar

from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from innovation.accounts.attempts import Limit

WINDOW = 600
DIRECTORY = Limit("talent-directory", tries=60, seconds=WINDOW)
"""Pages of the directory that one person, or one address of visitors, may open in ten minutes."""


class DirectoryLimit:
    """View mixin, left of the page: past the limit the reader is asked to wait. The office is not limited."""

    limit: ClassVar[Limit] = DIRECTORY

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: Any = request.user
        if not (user.is_authenticated and user.works_for_programme):
            who = f"user-{user.pk}" if user.is_authenticated else f"from-{get_adapter().get_client_ip(request)}"
            if self.limit.count(who) > self.limit.tries:
                response = render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
                response["Retry-After"] = str(WINDOW)
                return response
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
