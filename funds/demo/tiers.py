"""Files behind the special cases of the demonstration, handed in with the requests."""

from collections.abc import Mapping

from django.core.files import File
from django.core.files.uploadedfile import SimpleUploadedFile

from funds.demo.cases import paper_of
from funds.models import SpecialTierApproval, TierEvidence
from innovation.core.uploads import DOCUMENTS, accept

OPINION = {"专家论证意见.pdf": ("三位专家的论证意见", "两家企业的技术路线发生重大变更")}
REQUEST = {
    "特定情况档申请.pdf": ("种子基金适用特定情况档的申请", "理由：一年内集中核销多个项目"),
    "核销项目清单.pdf": ("已核销的种子期项目清单", "来源：基金台账"),
}


def attach(approval: SpecialTierApproval, papers: Mapping[str, tuple[str, ...]]) -> None:
    """Attach a page for each name with its lines, on the day of the request and by who asked."""
    for name, lines in papers.items():
        accepted = accept(
            SimpleUploadedFile(name, paper_of(f"TS-{approval.requested_at:%Y%m%d}", *lines)), kinds=DOCUMENTS
        )
        TierEvidence.objects.create(
            approval=approval, file=File(accepted.content, name=accepted.stored_name), file_name=accepted.name,
            file_kind=accepted.kind, size=accepted.size, sha256=accepted.sha256, added_at=approval.requested_at,
            added_by=approval.requested_by,
        )  # fmt: skip
