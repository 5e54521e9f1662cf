"""The privacy officer's registers: requests, holds, erasures, exports, impact assessments, breaches, runs, proofs."""

from django.contrib import admin

from innovation.core.admin import ReadOnlyAdmin
from talent.models import (
    Breach,
    DataHold,
    ErasureCase,
    ExportRequest,
    ImpactAssessment,
    PrivacyProof,
    RetentionRun,
    RightsRequest,
)


@admin.register(RightsRequest)
class RightsRequestAdmin(ReadOnlyAdmin):
    """What people asked for; answered on its own page."""

    list_display = ["id", "person", "kind", "state", "asked_at", "due_on", "answered_at", "answered_by"]
    list_filter = ["kind", "state"]
    search_fields = ["person__name_zh", "person__name_en"]
    date_hierarchy = "asked_at"
    list_select_related = ["person", "answered_by"]

    def view_on_site(self, row: RightsRequest) -> str:
        return row.get_absolute_url()


@admin.register(DataHold)
class DataHoldAdmin(ReadOnlyAdmin):
    """Why somebody's data is not forgotten yet."""

    list_display = ["person", "kind", "reason", "until", "set_by", "set_at", "lifted_at"]
    list_filter = ["kind"]
    search_fields = ["person__name_zh", "reason"]
    list_select_related = ["person", "set_by"]


@admin.register(ErasureCase)
class ErasureCaseAdmin(ReadOnlyAdmin):
    """Receipts of erasures: numbers, no names."""

    list_display = ["person", "cause", "erased_at", "erased_by", "backup_until", "receipt_sha256"]
    list_filter = ["cause"]
    date_hierarchy = "erased_at"
    list_select_related = ["person", "erased_by"]


@admin.register(ExportRequest)
class ExportRequestAdmin(ReadOnlyAdmin):
    """Lists of people that left the product; asked for and decided on their own pages."""

    list_display = ["id", "list_key", "rows", "reason", "state", "asked_by", "asked_at", "decided_by", "taken"]
    list_filter = ["state", "list_key"]
    search_fields = ["reason"]
    date_hierarchy = "asked_at"
    list_select_related = ["asked_by", "decided_by"]

    def view_on_site(self, row: ExportRequest) -> str:
        return row.get_absolute_url()


@admin.register(ImpactAssessment)
class ImpactAssessmentAdmin(ReadOnlyAdmin):
    """What a use of personal data may do to people, weighed before it begins."""

    list_display = ["title", "purpose", "state", "approved_on", "review_on"]
    list_filter = ["state", "purpose"]
    search_fields = ["title", "description"]


@admin.register(Breach)
class BreachAdmin(ReadOnlyAdmin):
    """Personal data that got lost, open or changed."""

    list_display = ["title", "state", "noticed_at", "reported_at", "told_at", "told", "closed_at"]
    list_filter = ["state"]
    search_fields = ["title", "description"]
    date_hierarchy = "noticed_at"


@admin.register(RetentionRun)
class RetentionRunAdmin(ReadOnlyAdmin):
    """Daily runs of the retention rules, with how much of what was due."""

    list_display = ["day", "at", "simulated", "counts"]
    list_filter = ["simulated"]
    date_hierarchy = "at"


@admin.register(PrivacyProof)
class PrivacyProofAdmin(ReadOnlyAdmin):
    """Daily proofs: no resident identity number anywhere, nothing left of erased people."""

    list_display = ["at", "columns", "erased", "findings"]
    date_hierarchy = "at"
