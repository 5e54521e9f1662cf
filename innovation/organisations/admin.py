"""The staff's office for organisations and the code lists that they carry."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from import_export.admin import ImportMixin
from import_export.tmp_storages import CacheStorage
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import action

from innovation.core.admin import Admin, ReadOnlyAdmin, TabularInline
from innovation.core.errors import RuleViolation
from innovation.core.exports import Column, Kind
from innovation.core.identifiers import check_uscc
from innovation.organisations import merging, queries
from innovation.organisations.forms import MergeForm, OrganisationForm, SpreadsheetForm
from innovation.organisations.imports import OrganisationResource, Spreadsheet
from innovation.organisations.models import (
    Contact,
    Division,
    Industry,
    Membership,
    Organisation,
    OrganisationMerge,
    OrganisationName,
    OrganisationRole,
    RoleKind,
)

PAIR = 2


class NameInline(TabularInline):
    model = OrganisationName
    fields = ["name_zh", "name_en", "code", "origin", "until"]
    tab = True


class RoleInline(TabularInline):
    model = OrganisationRole
    fields = ["kind", "valid_from", "valid_to", "note"]
    tab = True


class ContactInline(TabularInline):
    model = Contact
    fields = ["name", "position", "phone", "email", "is_main"]
    tab = True


class MembershipInline(TabularInline):
    model = Membership
    fields = ["user", "role"]
    tab = True


class _SearchAdmin(Admin):
    """Search by Chinese words and pinyin instead of by parts of columns."""

    search_fields = ["name_zh"]  # switches the search box and autocomplete on; the query below is what searches
    search_help_text = _("Chinese or English words, pinyin, initials, codes")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return queryset.search(search_term), False


class PlaceFilter(admin.SimpleListFilter):
    """Places of the province that most organisations are in would fill a page, so provinces and cities only."""

    title = _("administrative division")
    parameter_name = "place"

    def lookups(self, request: HttpRequest, model_admin: Admin) -> list[tuple[str, str]]:
        used = Organisation.objects.order_by().values_list("division_id", flat=True).distinct()
        cities = {f"{code[:4]}00" for code in used if code}
        return [(row.pk, str(row)) for row in Division.objects.filter(pk__in=cities)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Organisation]) -> QuerySet[Organisation]:
        return queryset.filter(queries.in_division(self.value())) if self.value() else queryset


class SectionFilter(admin.SimpleListFilter):
    title = _("industry")
    parameter_name = "section"

    def lookups(self, request: HttpRequest, model_admin: Admin) -> list[tuple[str, str]]:
        return [(row.pk, str(row)) for row in Industry.objects.filter(level="section")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Organisation]) -> QuerySet[Organisation]:
        return queryset.filter(queries.in_industry(self.value())) if self.value() else queryset


class HeldRoleFilter(admin.SimpleListFilter):
    title = _("role today")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Admin) -> list[tuple[str, str]]:
        return [(kind.code, kind.name) for kind in RoleKind.objects.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Organisation]) -> QuerySet[Organisation]:
        return queryset.filter(queries.holding(self.value())) if self.value() else queryset


class MergedFilter(admin.SimpleListFilter):
    title = _("merged records")
    parameter_name = "merged"

    def lookups(self, request: HttpRequest, model_admin: Admin) -> list[tuple[str, str]]:
        return [("yes", _("Merged into others"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Organisation]) -> QuerySet[Organisation]:
        return queryset.exclude(merged_into=None) if self.value() else queryset.filter(merged_into=None)


@admin.register(Organisation)
class OrganisationAdmin(ImportMixin, _SearchAdmin):
    form = OrganisationForm
    resource_classes = [OrganisationResource]
    import_formats = [Spreadsheet]
    import_form_class = SpreadsheetForm
    tmp_storage_class = CacheStorage
    skip_admin_log = True  # the history has every change, with before and after
    state_fields = ()  # an organisation's status is a fact that staff record
    list_display = ["names", "code", "sector", "industry", "division", "roles_now", "status"]
    list_display_links = ["names"]
    list_filter = [
        ("sector", ChoicesDropdownFilter),
        HeldRoleFilter,
        PlaceFilter,
        SectionFilter,
        ("status", ChoicesDropdownFilter),
        MergedFilter,
    ]
    date_hierarchy = "created_at"
    ordering = ["pinyin", "id"]
    inlines = [RoleInline, ContactInline, MembershipInline, NameInline]
    readonly_fields = ["merged_into", "created_at"]
    actions = ["merge_selected"]
    actions_list = ["all_duplicates"]
    actions_detail = ["duplicates_of_one"]
    fieldsets = [
        (None, {"fields": ["name_zh", "name_en", "uscc", "local_code", "sector", "status"]}),
        (_("Classification"), {"fields": ["industry", "division"]}),
        (_("Group"), {"fields": ["parent", "controlling_group"]}),
        (_("More"), {"fields": ["founded", "address", "website", "remarks", "merged_into", "created_at"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organisation]:
        today = OrganisationRole.objects.on(timezone.localdate()).select_related("kind")
        return (
            super()
            .get_queryset(request)
            .select_related("industry", "division")
            .prefetch_related(Prefetch("roles", today, to_attr="roles_today"))
            .defer("search")
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        # Autocomplete of other forms must not offer records that were merged away.
        if request.path.endswith("/autocomplete/"):
            queryset = queryset.filter(merged_into=None)
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description=pgettext_lazy("organisation", "name"), ordering="pinyin")
    def names(self, organisation: Organisation) -> str:
        other = organisation.name_en if organisation.name == organisation.name_zh else organisation.name_zh
        if not other:
            return organisation.name
        return format_html('{}<br><span class="text-xs opacity-75">{}</span>', organisation.name, other)

    @admin.display(description=_("code"), ordering="uscc")
    def code(self, organisation: Organisation) -> str:
        return organisation.code

    @admin.display(description=_("roles today"))
    def roles_now(self, organisation: Organisation) -> str:
        return ", ".join(role.kind.name for role in organisation.roles_today)

    def get_export_columns(self, request: HttpRequest) -> list[Column]:
        return export_columns()

    def save_model(self, request: HttpRequest, obj: Organisation, form: Any, change: Any) -> None:
        super().save_model(request, obj, form, change)
        for warning in check_uscc(obj.uscc).warnings if obj.uscc else []:
            messages.warning(request, warning)
        if obj.uscc and obj.division_id and not Division.objects.filter(pk=obj.uscc[2:8]).exists():
            messages.warning(request, _("The division inside the code is not in today's list of divisions."))

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().process_import(request, **kwargs)
        except ValueError as error:  # the file kept since the preview has expired
            messages.error(request, str(error))
            return HttpResponseRedirect(reverse("admin:organisations_organisation_import"))

    def add_data_read_fail_error_to_form(self, form: Any, error: Exception) -> None:
        form.add_error("import_file", str(error))

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def has_merge_permission(self, request: HttpRequest, *args: Any) -> bool:
        return request.user.has_perm("organisations.merge_organisation")

    # ── Duplicates ───────────────────────────────────────────────────────────────────────────────
    def get_urls(self) -> list[URLPattern]:
        pages = [
            path("duplicates/", self.admin_site.admin_view(self.duplicates_view), name="organisations_duplicates"),
            path("merge/", self.admin_site.admin_view(self.merge_view), name="organisations_merge"),
        ]
        return [*pages, *super().get_urls()]

    @admin.action(description=_("Merge the two selected records"), permissions=["merge"])
    def merge_selected(self, request: HttpRequest, records: QuerySet[Organisation]) -> HttpResponse | None:
        chosen = list(records.order_by("pk").values_list("pk", "uscc")[: PAIR + 1])
        if len(chosen) != PAIR:
            messages.error(request, _("Select exactly two records to merge."))
            return None
        survivor, loser = sorted(chosen, key=lambda row: (row[1] is None, row[0]))
        return HttpResponseRedirect(merge_url(survivor[0], loser[0]))

    @action(description=_("Possible duplicates"), permissions=["merge"])
    def all_duplicates(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:organisations_duplicates"))

    @action(description=_("Possible duplicates"), permissions=["merge"], url_path="duplicates")
    def duplicates_of_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(f"{reverse('admin:organisations_duplicates')}?of={object_id}")

    def duplicates_view(self, request: HttpRequest) -> HttpResponse:
        """Pairs of the whole register, or the candidates of one record (``?of=``)."""
        if not self.has_merge_permission(request):
            raise PermissionDenied
        wanted = request.GET.get("of", "")
        if wanted.isdecimal():
            one = get_object_or_404(Organisation, pk=wanted)
            pairs = [(one, found.organisation, found.reasons) for found in queries.duplicates_of(one)]
        else:
            one, pairs = None, queries.duplicate_pairs()
        rows = [
            {"one": first, "other": second, "reasons": reasons, "url": merge_url(*_better_first(first, second))}
            for first, second, reasons in pairs
        ]
        return self._page(request, "duplicates", _("Possible duplicates"), {"rows": rows, "one": one})

    def merge_view(self, request: HttpRequest) -> HttpResponseBase:
        """What a merge would do, field by field and table by table; POST does it."""
        if not self.has_merge_permission(request):
            raise PermissionDenied
        survivor, loser = (_record(request, name) for name in ("survivor", "loser"))
        preview = merging.preview(survivor, loser)
        form = MergeForm(preview, request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                merging.merge_organisations(
                    survivor_id=survivor.pk, loser_id=loser.pk, actor=request.user, **form.decision()
                )
            except RuleViolation as violation:
                form.add_error(violation.field if violation.field in form.fields else None, str(violation))
            else:
                messages.success(request, _("Merged. The other record now leads here."))
                return HttpResponseRedirect(reverse("admin:organisations_organisation_change", args=[survivor.pk]))
        context = {"preview": preview, "form": form, "swapped": merge_url(loser.pk, survivor.pk)}
        return self._page(request, "merge", _("Merge two records of one organisation"), context)

    def _page(self, request: HttpRequest, name: str, title: Any, context: dict[str, Any]) -> HttpResponse:
        request.current_app = self.admin_site.name
        context |= {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return TemplateResponse(request, f"organisations/admin_{name}.html", context)


def merge_url(survivor: int, loser: int) -> str:
    return f"{reverse('admin:organisations_merge')}?survivor={survivor}&loser={loser}"


def _better_first(one: Organisation, other: Organisation) -> tuple[int, int]:
    """The record with a unified social credit code, else the older one, is proposed to stay."""
    first, second = sorted([one, other], key=lambda row: (row.uscc is None, row.pk))
    return first.pk, second.pk


def _record(request: HttpRequest, name: str) -> Organisation:
    number = request.GET.get(name, "")
    return get_object_or_404(Organisation, pk=number if number.isdecimal() else 0)


def export_columns() -> list[Column]:
    """Columns of the register as a file; the head is what an import takes again."""
    label = {name: Organisation._meta.get_field(name).verbose_name for name in OrganisationResource._meta.fields}
    plain = ("local_code", "name_zh", "name_en", "address", "website")
    return [
        Column(label["uscc"], lambda row: row.uscc or ""),
        *(Column(label[name], name) for name in plain[:3]),
        Column(label["sector"], lambda row: row.get_sector_display()),
        Column(label["status"], lambda row: row.get_status_display()),
        Column(label["industry"], lambda row: str(row.industry or "")),
        Column(label["division"], lambda row: str(row.division or "")),
        Column(_("roles today"), lambda row: ", ".join(role.kind.name for role in row.roles_today)),
        Column(label["founded"], "founded", Kind.DATE),
        *(Column(label[name], name) for name in plain[3:]),
    ]


@admin.register(Industry)
class IndustryAdmin(_SearchAdmin, ReadOnlyAdmin):
    list_display = ["code", "name_zh", "name_en", "level", "parent", "is_current"]
    list_filter = [("level", ChoicesDropdownFilter), "is_current"]
    exclude = ["search"]


@admin.register(Division)
class DivisionAdmin(_SearchAdmin, ReadOnlyAdmin):
    list_display = ["code", "full_name_zh", "name_en", "level", "parent", "is_current"]
    list_filter = [("level", ChoicesDropdownFilter), "is_current", "placeholder"]
    exclude = ["search"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if request.path.endswith("/autocomplete/"):
            queryset = queryset.places()
        return super().get_search_results(request, queryset, search_term)


@admin.register(RoleKind)
class RoleKindAdmin(Admin):
    list_display = ["name_zh", "name_en", "code", "description", "position"]
    search_fields = ["name_zh", "name_en", "code"]


@admin.register(Membership)
class MembershipAdmin(Admin):
    list_display = ["user", "organisation", "role", "since"]
    list_filter = [("role", ChoicesDropdownFilter)]
    search_fields = ["user__email", "user__name", "organisation__name_zh", "organisation__name_en"]


@admin.register(OrganisationRole)
class OrganisationRoleAdmin(Admin):
    list_display = ["organisation", "kind", "valid_from", "valid_to", "note"]
    list_filter = [("kind", RelatedDropdownFilter)]
    search_fields = ["organisation__name_zh", "organisation__name_en", "note"]
    date_hierarchy = "valid_from"


@admin.register(OrganisationMerge)
class OrganisationMergeAdmin(ReadOnlyAdmin):
    list_display = ["recorded_at", "survivor", "loser", "actor_label", "reason"]
    list_select_related = ["survivor", "loser"]
    search_fields = ["survivor__name_zh", "loser__name_zh"]
    date_hierarchy = "recorded_at"
    exclude = ["actor"]
