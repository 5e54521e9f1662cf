"""Age decides nothing: outside the audit no model, form, filter, sort, export, admin, address or API knows of it."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import call_command
from django.urls import get_resolver

ROOT = Path(__file__).parents[2]
AUDIT = {
    "talent/rules/sealing.py", "talent/rules/blinding.py", "talent/rules/adverse_impact.py", "talent/queries/audit.py",
    "talent/reports/bias.py", "talent/reports/matching_bias.py",
    "talent/models/vault.py", "talent/actions/vault.py", "talent/forms/vault.py",
    "talent/demo/assessments.py", "talent/views/vault.py", "talent/views/finding_words.py",
}  # fmt: skip
"""The audit of fairness: the vault, what seals and opens it, the report; and the detector that takes ages out."""
AGE = re.compile(r"(?:^|_)(?:age|ages|aged|birth|birthday|birthdate|birthyear|born|dob|older|younger|seniority)(?:_|$)")
AGEING_PROOF = {"talent/actions/skills.py": {"age"}, "talent/models/skill_states.py": {"_age", "age"}}
"""A proof of a skill grows stale with the years since it was given: its age, not that of a person."""
VAULT = {"PersonVault", "unseal", "band_of", "TALENT_VAULT_KEY", "audit_of", "matching_audit_of"}
MAY_TOUCH = AUDIT | {"talent/models/__init__.py"}
"""Who may name the vault: the audit, with the page on which a person fills it, and the list of models."""


def snake(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def names_in(tree):
    for node in ast.walk(tree):
        for attribute in ("id", "attr", "arg", "name"):
            found = getattr(node, attribute, None)
            if isinstance(found, str):
                yield found
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[\w-]{1,60}", node.value):
            yield node.value.replace("-", "_")


def test_no_name_in_the_code_of_the_part_means_age_outside_the_audit():
    found, touching = {}, {}
    for file in sorted((ROOT / "talent").rglob("*.py")):
        place = str(file.relative_to(ROOT))
        if "/migrations/" in place:
            continue
        names = set(names_in(ast.parse(file.read_text(encoding="utf-8"))))
        about_age = {one for one in names if AGE.search(snake(one))} - AGEING_PROOF.get(place, set())
        if place not in AUDIT and about_age:
            found[place] = sorted(about_age)
        if place not in MAY_TOUCH and names & VAULT:
            touching[place] = sorted(names & VAULT)
    assert found == {}
    assert touching == {}
    assert all((ROOT / place).exists() for place in MAY_TOUCH)


def test_no_column_admin_filter_or_address_knows_of_age():
    columns = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("talent").get_models()
        for field in model._meta.get_fields() if AGE.search(field.name)
    ]  # fmt: skip
    assert columns == []
    listed = []
    for model, site in admin.site._registry.items():
        if model._meta.app_label == "talent":
            assert model.__name__ != "PersonVault"
            named = [
                *site.list_display,
                *site.list_filter,
                *site.search_fields,
                *(site.ordering or ()),
                *(site.fields or ()),
            ]
            listed += [f"{model.__name__}: {one}" for one in map(str, named) if AGE.search(one)]
    assert listed == []
    addresses = [str(one.pattern) for top in get_resolver().url_patterns for one in getattr(top, "url_patterns", [])]
    assert [one for one in addresses if AGE.search(one.replace("/", "_").replace("-", "_"))] == []


@pytest.mark.django_db
def test_no_parameter_or_field_of_the_api_knows_of_age(tmp_path):
    target = tmp_path / "schema.json"
    call_command("spectacular", "--format", "openapi-json", "--file", str(target))
    described = target.read_text(encoding="utf-8")
    names = set(re.findall(r'"(?:name|operationId)": ?"([^"]+)"', described)) | set(
        re.findall(r'"([A-Za-z_]{1,60})": ?\{', described)
    )
    assert len(names) > 200
    assert [one for one in sorted(names) if AGE.search(snake(one))] == []
