"""The bases of every page: who may open it, what it is called, where it stands; and the page of one table."""

from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import AccessMixin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import BaseForm, Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.views.generic import FormView, TemplateView
from django_filters import FilterSet

from innovation.core.components import Fact
from innovation.core.forms import OneTimeToken, SubmitOnce
from innovation.core.tables import PAGE_SIZES, Table, TableColumn

Text = str | Promise
Crumb = tuple[Text, str | None]


def signed_in(user: Any) -> bool:
    """The plainest predicate: anyone who is logged in."""
    return bool(user.is_authenticated)


def everyone(user: Any) -> bool:
    """For pages that anonymous visitors may open too."""
    return True


class PageMixin(AccessMixin):
    """Title, lead, breadcrumbs and permission of a page; works with any of Django's class-based views.

    ``allowed`` is a predicate on the person alone. What records the page shows is decided by its queryset
    (``visible_to``), never here. Anonymous visitors are sent to the log-in, others get the 403 page.
    """

    title: Text = ""
    lead: Text = ""
    allowed: Callable[[Any], bool] = staticmethod(signed_in)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not type(self).allowed(request.user):
            if request.user.is_authenticated:
                raise PermissionDenied
            return self.handle_no_permission()
        return super().dispatch(request, *args, **kwargs)

    def get_title(self) -> Text:
        return self.title

    def breadcrumbs(self) -> Sequence[Crumb]:
        """``(label, address)`` from the start page down; the page itself comes last with address None."""
        return []

    def place(self) -> str:
        """The address of the page that this one belongs to, where its own address does not begin with it.

        The navigation marks the entry of that page as current.
        """
        return ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.request.place = self.place()
        page = {"title": self.get_title(), "lead": self.lead, "breadcrumbs": self.breadcrumbs()}
        return super().get_context_data(**page | kwargs)


class PageView(PageMixin, TemplateView):
    """A page of its own template that extends ``base.html``."""

    def respond(self, tables: Iterable[Table], **context: Any) -> HttpResponseBase:
        """The asked file of one of ``tables``, one of them alone for htmx, or the whole page.

        Where a file was asked for that cannot be made, the page says why, with status 422.
        """
        status, htmx = HTTPStatus.OK, self.request.htmx
        response: HttpResponseBase
        for table in tables:
            if table.export_format and not table.no_file:
                return table.export()
            if table.export_format:
                status = HTTPStatus.UNPROCESSABLE_ENTITY
            if htmx and htmx.target == table.id and not htmx.history_restore_request:
                response = render(self.request, "components/table.html", {"table": table})
                break
        else:
            response = self.render_to_response(self.get_context_data(**context), status=status)
        patch_vary_headers(response, ["HX-Request"])
        return response


class TableView(PageView):
    """A page around one list. Give ``columns`` and ``get_queryset()``; the rest has good defaults.

    The address holds filters, order, page and size, so that it can be kept and sent. ``?export=csv`` and
    ``?export=xlsx`` give exactly the listed rows. htmx replaces only the table; without it the page reloads.
    """

    template_name = "core/table_page.html"
    columns: Sequence[TableColumn] = ()
    filterset_class: type[FilterSet] | None = None
    default_sort = ""
    page_sizes: Sequence[int] = PAGE_SIZES
    caption: Text = ""
    empty_title: Text = ""
    empty_text: Text = ""

    def get_queryset(self) -> QuerySet[Any] | Sequence[Any]:
        """The rows this person may see (``Model.objects.visible_to(self.request.user)``), with what columns need."""
        raise NotImplementedError

    def get_columns(self) -> Sequence[TableColumn]:
        return self.columns

    def table_options(self) -> dict[str, Any]:
        """More arguments of ``tables.Table``: ``totals``, ``as_of``, ``known_at``, ``notes``, ``export_name``."""
        return {}

    def get_table(self) -> Table:
        return Table(
            self.request,
            self.get_columns(),
            self.get_queryset(),
            self.caption or self.get_title(),
            filterset_class=self.filterset_class,
            default_sort=self.default_sort,
            page_sizes=self.page_sizes,
            empty_title=self.empty_title,
            empty_text=self.empty_text,
            **self.table_options(),
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        table = self.get_table()
        return self.respond([table], table=table)


class FormPage(SubmitOnce, PageMixin, FormView):
    """A page around one form, a ``OneTimeToken``. ``act(form)`` calls an action, once however often it is sent.

    What the action's rules refuse is shown at the field it names.
    """

    template_name = "core/form_page.html"
    submit_label: Text = ""
    cancel_url: str = ""
    done_message: Text = ""

    def act(self, form: BaseForm) -> None:
        """Do what the form asks for; may raise RuleViolation."""
        raise NotImplementedError

    def form_valid(self, form: BaseForm) -> HttpResponse:
        self.act(form)
        if self.done_message:
            messages.success(self.request, self.done_message)
        return super().form_valid(form)

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        labels = {"submit_label": self.submit_label, "cancel_url": self.cancel_url}
        return super().get_context_data(**labels | kwargs)


class ConfirmForm(OneTimeToken, Form):
    """A form that only asks whether to go on."""


class ConfirmPage(FormPage):
    """Asks once more before something that is hard to undo: facts, a warning, one button that names the act."""

    template_name = "core/confirm_page.html"
    form_class = ConfirmForm
    warning: Text = ""
    dangerous = False

    def facts(self) -> Sequence[Fact]:
        """What is about to be changed."""
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = {"facts": self.facts(), "warning": self.warning, "dangerous": self.dangerous}
        return super().get_context_data(**page | kwargs)
