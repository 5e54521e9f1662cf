"""Policies: the documents with their caps, and one document with its clauses, wording and bindings."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.choices.tolerance import SourceStatus
from funds.filters.portfolio import PolicyFilters
from funds.models import FundPolicyBinding, PolicyDocument, SpecialTierApproval
from funds.models.visibility import sees_funds
from funds.reports.policy_terms import term_label, term_value
from funds.reports.policy_words import shipped
from funds.reports.tables import cap_text, clause_words
from innovation.core import figures
from innovation.core.components import Fact, Status, Tone
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, PageView, TableView


def source_status(status: str) -> Status:
    """Whether the figures stand in a public text."""
    verified = status == SourceStatus.VERIFIED
    return Status(SourceStatus(status).label, Tone.OK if verified else Tone.NOTICE)


def caps_of(document: PolicyDocument) -> list[str]:
    """The caps of a document, one line a clause."""
    return [f"{clause_words(rule)}: {cap_text(rule)}" for rule in document.rules.all()]


def caps_cell(document: PolicyDocument) -> SafeString:
    """The same on the screen; why there is none."""
    if not document.rules.all():
        return figures.unknown(_("No clause on loss tolerance"))
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in caps_of(document)))


class PolicyList(TableView):
    """All documents, verified or not."""

    title = _("Policies")
    lead = _("Published rules on loss tolerance: what they cap, and how well that is known.")
    allowed = staticmethod(sees_funds)
    filterset_class = PolicyFilters
    default_sort = "-bound"
    empty_title = _("No policy document is recorded yet")
    empty_text = _("Fund officers record documents in the administration.")
    columns = (
        TableColumn(
            _("Place"),
            lambda row: row.jurisdiction or row.get_kind_display(),
            key="place",
            order_by=("kind", "jurisdiction_zh", "code", "version"),
            heading=True,
            link=lambda row: reverse("funds:policy", args=[row.pk]),
        ),
        TableColumn(
            _("Title"), lambda row: row.title_zh or row.number or row.code, key="title", order_by=("title_zh",)
        ),
        TableColumn(_("Version"), "version", Kind.INTEGER, key="version", order_by=("version",)),
        TableColumn(
            _("In force from"),
            "effective_from",
            Kind.DATE,
            key="from",
            order_by=("effective_from",),
            unknown=_("Day of effect not known"),
        ),
        TableColumn(
            _("Caps"),
            lambda row: "; ".join(caps_of(row)),
            key="caps",
            cell=caps_cell,
            unknown=_("No clause on loss tolerance"),
        ),
        TableColumn(
            _("Source"),
            lambda row: row.get_status_display(),
            key="status",
            order_by=("status",),
            cell=lambda row: status_html(source_status(row.status)),
        ),
        TableColumn(_("Binds"), "bound", Kind.INTEGER, key="bound", order_by=("bound",)),
    )

    def get_queryset(self) -> QuerySet[PolicyDocument]:
        bound = Count("bindings", filter=Q(bindings__superseded_at=None))
        rows = PolicyDocument.objects.visible_to(self.request.user)
        return rows.annotate(bound=bound).prefetch_related("rules")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(self.title, None)]


class PolicyPage(PageView):
    """One version of one document: clauses with wording, other terms, whom it binds, special cases."""

    template_name = "funds/policy.html"
    allowed = staticmethod(sees_funds)

    @cached_property
    def document(self) -> PolicyDocument:
        bindings = FundPolicyBinding.objects.select_related("fund", "group").order_by("-valid_from", "pk")
        approvals = SpecialTierApproval.objects.select_related("rule", "requested_by", "decided_by")
        bindings = bindings.prefetch_related(Prefetch("special_approvals", approvals))
        rows = PolicyDocument.objects.visible_to(self.request.user).prefetch_related(
            "rules", "terms", Prefetch("bindings", bindings)
        )
        document = rows.filter(pk=self.kwargs["pk"]).first()
        if document is None:
            raise Http404
        return document

    def get_title(self) -> str:
        return self.document.title_zh or self.document.number or self.document.code

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(PolicyList.title, reverse("funds:policies")), (self.document.code, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        document = self.document
        return super().get_context_data(
            document=document,
            status=source_status(document.status),
            facts=self.facts(),
            clauses=[
                {
                    "rule": rule,
                    "words": clause_words(rule),
                    "cap": cap_text(rule),
                    "note": shipped(rule.note),
                    "status": source_status(rule.status),
                }
                for rule in document.rules.all()
            ],
            fixes=shipped(document.fixes),
            note=shipped(document.note),
            terms=[
                {"row": term, "label": term_label(term), "value": term_value(term)} for term in document.terms.all()
            ],
            bindings=document.bindings.all(),
            **kwargs,
        )

    def facts(self) -> list[Fact]:
        document, not_known = self.document, _("Not known")
        effect = document.effective_from.isoformat() if document.effective_from else None
        until = document.effective_to.isoformat() if document.effective_to else gettext("open")
        return [
            Fact(_("Place"), document.jurisdiction or document.get_kind_display()),
            Fact(_("Code"), f"{document.code} · {gettext('version %(number)s') % {'number': document.version}}"),
            Fact(_("Document number"), document.number or None, unknown=not_known),
            Fact(_("Issued"), document.issued or None, unknown=not_known),
            Fact(
                _("In force"),
                effect and f"{effect} – {until}",
                unknown=_("Day of effect not known: results are indicative only"),
            ),
            Fact(_("Source"), shipped(document.source)),
            Fact(_("Hash of the full text"), document.text_sha256 or None, unknown=_("No full text is attached")),
        ]
