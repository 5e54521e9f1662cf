"""An example of an Open Cap Format package, invented; the same bytes each time."""

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from funds.choices.companies import CapEntryKind
from funds.rules.cap_entries import entry_objects
from funds.rules.cap_securities import Entry
from funds.rules.ocf import write_package

VERSION = "1.2.0"
AS_OF = date(2024, 12, 31)
ISSUER = {
    "legal_name": "示例科技有限公司", "formation_date": "2022-03-01", "country_of_formation": "CN",
    "tax_ids": [{"tax_id": "91330102MA2TE5T010", "country": "CN"}],
}  # fmt: skip


def example_package() -> bytes:
    """A .zip that the import takes as it is."""
    numbers, objects = count(1), list[dict[str, Any]]()

    def enter(kind: CapEntryKind, on: date, **facts: Any) -> str:
        fresh = entry_objects(
            Entry(kind, on, **facts), objects, new_id=lambda: f"example-{next(numbers)}", issuer=ISSUER
        )
        objects.extend(fresh)
        return str(fresh[-1]["security_id"])

    common = {"stock_class": "普通股", "price": Decimal("0.1")}
    founder = enter(
        CapEntryKind.ISSUANCE, date(2022, 3, 1), stakeholder="创始人甲", is_institution=False,
        quantity=Decimal(6_000_000), **common,
    )  # fmt: skip
    enter(
        CapEntryKind.ISSUANCE, date(2024, 5, 20), stakeholder="示例创业投资基金", stock_class="A轮优先股",
        is_preferred=True, quantity=Decimal(1_250_000), price=Decimal("6.4"),
    )  # fmt: skip
    enter(
        CapEntryKind.GRANT, date(2024, 6, 1), stakeholder="骨干员工乙", is_institution=False, plan="2024年股权激励计划",
        reserved=Decimal(500_000), quantity=Decimal(100_000), expires_on=date(2034, 5, 31), **common,
    )  # fmt: skip
    enter(
        CapEntryKind.TRANSFER, date(2024, 9, 1), security_id=founder, stakeholder="员工持股平台",
        quantity=Decimal(300_000),
    )  # fmt: skip
    return zipped(write_package(objects, as_of=AS_OF, generated_at=f"{AS_OF}T00:00:00Z", version=VERSION))


def zipped(files: Mapping[str, Any]) -> bytes:
    """The JSON files of a package in one .zip, all dated alike so that equal packages are equal files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, json.dumps(data, ensure_ascii=False, indent=2))
    return content.getvalue()
