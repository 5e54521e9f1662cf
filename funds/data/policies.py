"""Load the shipped policy data into versioned rows. Facts and short quotations only; sources stand in each row."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.db import models

FILE = Path(__file__).parent / "tolerance_policies.json"
PROCEDURE = FILE.parent / "exemption_procedure.json"
Row = dict[str, Any]
GetModel = Callable[[str], type[models.Model]]


def load(get_model: GetModel, content: Row | None = None) -> int:
    """Insert what is not there yet and return how many documents were new; never change a stored version.

    ``get_model(name)`` gives a model of the funds app, so that a migration can pass its historical ones.
    """
    content = content or json.loads(FILE.read_text(encoding="utf-8"))
    get_model("LossRateDefinition").objects.get_or_create(
        version=content["version"],
        defaults={"theta": content["default_theta"], "note": content["default_theta"]["status"]},
    )
    _load_catalogue(get_model("CatalogueItem"), content)
    known = set(get_model("PolicyDocument").objects.values_list("code", flat=True))
    new = [row for row in content["policies"] if row["code"] not in known]
    frame = [row for row in content["frame_documents"] if row["code"] not in known]
    documents = get_model("PolicyDocument").objects.bulk_create(
        [get_model("PolicyDocument")(**_local(row)) for row in new]
        + [get_model("PolicyDocument")(**_frame(row)) for row in frame]
    )
    pairs = list(zip(documents, new, strict=False))
    get_model("ToleranceRule").objects.bulk_create(
        [
            get_model("ToleranceRule")(document=document, **_rule(rule))
            for document, row in pairs
            for rule in row["rules"]
        ]
    )
    get_model("PolicyTerm").objects.bulk_create(
        [get_model("PolicyTerm")(document=document, **_term(term)) for document, row in pairs for term in row["terms"]]
    )
    return len(documents)


def load_procedure(get_model: GetModel, content: Row | None = None) -> None:
    """Insert the shipped procedure of exemption cases with its deadlines, unless its version is there."""
    content = content or json.loads(PROCEDURE.read_text(encoding="utf-8"))
    procedure, made = get_model("CaseProcedure").objects.get_or_create(
        version=content["version"],
        defaults={
            "valid_from": _day(content["valid_from"]),
            "impairment_threshold_fen": content["impairment_threshold_yuan"] * 100,
            "quorum": content["quorum"],
            "appeal_days": content["appeal_days"],
            "source": content["source"],
            "status": content["status"],
            "note": content["impairment_threshold_source"],
        },
    )
    if made:
        get_model("CaseDeadline").objects.bulk_create(
            get_model("CaseDeadline")(procedure=procedure, state=state, working_days=days)
            for state, days in content["working_days"].items()
        )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _local(row: Row) -> Row:
    document = row["document"]
    return {
        "kind": "LOCAL",
        "code": row["code"],
        "jurisdiction_zh": row["jurisdiction"]["zh"],
        "jurisdiction_en": row["jurisdiction"]["en"],
        "jurisdiction_level": row["jurisdiction"]["level"],
        "title_zh": document["title_zh"] or "",
        "number": document["number"] or "",
        "issued": document["issued"] or "",
        "published": document["published"] or "",
        "effective_from": _day(document["effective_from"]),
        "effective_to": _day(document["effective_to"]),
        "fund_class": row["fund_class"] or "",
        "text_sha256": document["text_sha256"] or "",
        "status": row["status"],
        "source": row["source"],
        "note": row["note"] or "",
    }


def _frame(row: Row) -> Row:
    return {
        "kind": "FRAME",
        "code": row["code"],
        "title_zh": row["title_zh"],
        "number": row["number"] or "",
        "issued": row["issued"] or "",
        "published": row["published"] or "",
        "fixes": row["fixes"] or "",
        "wording_zh": row["wording_zh"] or "",
        "status": row["status"],
        "source": row["source"],
    }


def _rule(row: Row) -> Row:
    values = {
        "code": row["id"],
        "rule_type": row["rule_type"],
        "scope": row["scope"],
        "fund_filter": row["fund_filter"] or "",
        "stages": row["stage"] or [],
        "mode": row["mode"] or "",
        "cap_state": row["cap_state"],
        "test": row["test"],
        "theta": row["theta"] or {},
        "binding_at": row["measured"],
        "conditions": row["conditions"],
        "wording_zh": row["wording_zh"] or "",
        "status": row["status"],
        "source": row["source"],
        "note": row["note"] or "",
    }
    bounds = row["cap_range"] or {}
    for name, share in (("cap", row["cap"]), ("cap_min", bounds.get("min")), ("cap_max", bounds.get("max"))):
        if share:
            values |= {f"{name}_num": share["num"], f"{name}_den": share["den"]}
    if tier := row["special_tier"]:
        values |= {
            "special_num": tier["cap"]["num"],
            "special_den": tier["cap"]["den"],
            "special_condition_zh": tier["condition_zh"],
            "special_condition_en": tier["condition_en"],
            "special_condition_status": tier["condition_status"],
            "special_approval_required": tier["approval_required"],
        }
    return values


def _term(row: Row) -> Row:
    return {
        "key": row["key"],
        "value": str(row["value"]),
        "unit": row["unit"],
        "wording_zh": row["wording_zh"] or "",
        "status": row["status"],
    }


def _load_catalogue(model: type[models.Model], content: Row) -> None:
    lists = (
        ("DUTY", content["duty_items"]),
        ("SITUATION", content["exemption_situations"]),
        ("LOSS_GRADE", content["loss_grades"]["grades"]),
        ("NEGATIVE", content["negative_items"]),
        ("CONDITION", content["conditions"]),
    )
    grades = content["loss_grades"]
    model.objects.bulk_create(
        [
            model(
                kind=kind,
                code=row["code"],
                zh=row["zh"],
                en=row.get("en", ""),
                regimes=row.get("regimes") or ([row["regime"]] if "regime" in row else []),
                from_yuan=row.get("from_yuan"),
                below_yuan=row.get("below_yuan"),
                effect=row.get("effect", ""),
                source=grades["document"] if kind == "LOSS_GRADE" else "",
                status=row.get("status") or (grades["status"] if kind == "LOSS_GRADE" else "unverified"),
            )
            for kind, rows in lists
            for row in rows
        ],
        ignore_conflicts=True,
    )
