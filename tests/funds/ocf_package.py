"""A small Open Cap Format package, invented: two classes, a transfer with its balance, a field nobody knows."""

import copy
import io
import json
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

_FILES = {
    "Manifest.ocf.json": {
        "file_type": "OCF_MANIFEST_FILE", "ocf_version": "1.2.0", "as_of": "2026-06-30",
        "generated_at": "2026-06-30T08:00:00Z",
        "issuer": {
            "id": "issuer", "object_type": "ISSUER", "legal_name": "测试企业", "formation_date": "2020-01-15",
            "country_of_formation": "CN", "tax_ids": [{"tax_id": "91330102MA2TE5T010", "country": "CN"}],
        },
        "stock_plans_files": [], "stock_legend_templates_files": [], "vesting_terms_files": [],
        "stakeholders_files": [{"filepath": "./Stakeholders.ocf.json", "md5": "0" * 32}],
        "stock_classes_files": [{"filepath": "./StockClasses.ocf.json", "md5": "0" * 32}],
        "valuations_files": [{"filepath": "./Valuations.ocf.json", "md5": "0" * 32}],
        "transactions_files": [{"filepath": "./Transactions.ocf.json", "md5": "0" * 32}],
    },
    "Stakeholders.ocf.json": {
        "file_type": "OCF_STAKEHOLDERS_FILE",
        "items": [
            {"id": "founder", "object_type": "STAKEHOLDER", "name": {"legal_name": "Founder"},
             "stakeholder_type": "INDIVIDUAL"},
            {"id": "fund", "object_type": "STAKEHOLDER", "name": {"legal_name": "Fund"},
             "stakeholder_type": "INSTITUTION", "x_house_account": "17"},
        ],
    },
    "StockClasses.ocf.json": {
        "file_type": "OCF_STOCK_CLASSES_FILE",
        "items": [
            {"id": "common", "object_type": "STOCK_CLASS", "name": "Common", "class_type": "COMMON",
             "default_id_prefix": "CS-", "initial_shares_authorized": "10000", "votes_per_share": "1",
             "seniority": "1"},
        ],
    },
    "Valuations.ocf.json": {
        "file_type": "OCF_VALUATIONS_FILE",
        "items": [
            {"id": "value", "object_type": "VALUATION", "price_per_share": {"amount": "2.50", "currency": "CNY"},
             "effective_date": "2026-01-31", "valuation_type": "409A", "stock_class_id": "common"},
        ],
    },
    "Transactions.ocf.json": {
        "file_type": "OCF_TRANSACTIONS_FILE",
        "items": [
            {"id": "t1", "object_type": "TX_STOCK_ISSUANCE", "date": "2021-01-01", "security_id": "s1",
             "custom_id": "CS-1", "stakeholder_id": "fund", "security_law_exemptions": [], "stock_class_id": "common",
             "share_price": {"amount": "0.1000000001", "currency": "CNY"}, "quantity": "600", "stock_legend_ids": []},
            {"id": "t2", "object_type": "TX_STOCK_ISSUANCE", "date": "2021-01-01", "security_id": "s2",
             "custom_id": "CS-2", "stakeholder_id": "founder", "security_law_exemptions": [],
             "stock_class_id": "common", "share_price": {"amount": "0.1", "currency": "CNY"}, "quantity": "400",
             "stock_legend_ids": []},
            {"id": "t3", "object_type": "TX_STOCK_TRANSFER", "date": "2024-05-01", "security_id": "s2",
             "quantity": "100", "resulting_security_ids": ["s3"], "balance_security_id": "s4"},
            {"id": "t4", "object_type": "TX_STOCK_ISSUANCE", "date": "2024-05-01", "security_id": "s3",
             "custom_id": "CS-3", "stakeholder_id": "fund", "security_law_exemptions": [], "stock_class_id": "common",
             "share_price": {"amount": "2", "currency": "CNY"}, "quantity": "100", "stock_legend_ids": []},
            {"id": "t5", "object_type": "TX_STOCK_ISSUANCE", "date": "2024-05-01", "security_id": "s4",
             "custom_id": "CS-4", "stakeholder_id": "founder", "security_law_exemptions": [],
             "stock_class_id": "common", "share_price": {"amount": "0.1", "currency": "CNY"}, "quantity": "300",
             "stock_legend_ids": []},
            {"id": "side", "object_type": "X_SIDE_LETTER", "text": "kept"},
        ],
    },
}  # fmt: skip


def package() -> dict[str, Any]:
    return copy.deepcopy(_FILES)


def zipped(files: dict[str, Any], raw: dict[str, str] | None = None) -> SimpleUploadedFile:
    """The files as a .zip; ``raw`` are texts written as they are."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, json.dumps(data, ensure_ascii=False))
        for name, text in (raw or {}).items():
            archive.writestr(name, text)
    return SimpleUploadedFile("package.zip", content.getvalue())
