"""Files behind the special cases of the demonstration, handed in with the requests."""

from collections.abc import Mapping

from django.core.files import File
from django.core.files.uploadedfile import SimpleUploadedFile

from funds.demo.cases import paper_of
from funds.models import SpecialTierApproval, TierEvidence
from innovation.core.uploads import DOCUMENTS, accept

OPINION = {"专家论证意见.pdf": ("Opinion of three experts", "Two companies changed their technical route")}
REQUEST = {
    "特定情况档申请.pdf": ("Request for the special tier of the seed fund", "Reason: many write-offs in one year"),
    "核销项目清单.pdf": ("List of the seed projects that were written off", "Source: the fund's ledger"),
}


def attach(approval: SpecialTierApproval, papers: Mapping[str, tuple[str, ...]]) -> None:
    """Attach a page for each name with its lines, on the day of the request and by who asked."""
    for name, lines in papers.items():
        accepted = accept(SimpleUploadedFile(name, paper_of(*lines)), kinds=DOCUMENTS)
        TierEvidence.objects.create(
            approval=approval, file=File(accepted.content, name=accepted.stored_name), file_name=accepted.name,
            file_kind=accepted.kind, size=accepted.size, sha256=accepted.sha256, added_at=approval.requested_at,
            added_by=approval.requested_by,
        )  # fmt: skip
