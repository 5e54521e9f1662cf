"""Definitions written part by part: rules in words, forms of parts, the pages of the office."""

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from innovation.accounts.choices import Role
from innovation.calls.data.definitions import shipped
from innovation.calls.forms.definition_parts import PartForm
from innovation.calls.models import (
    DeadlineDefinition,
    FormDefinition,
    MessageTemplate,
    RubricDefinition,
    ScoreSheet,
)
from innovation.calls.queries.definitions import faults_of
from innovation.calls.rules import definition_parts as parts
from innovation.calls.rules.definitions import Kind
from innovation.calls.rules.forms import check_definition
from innovation.calls.rules.rule_text import RuleTextError, rule_from_text, rule_to_text
from innovation.core.fields import MoneyField
from tests.factories.accounts import UserFactory

ROWS = list(shipped())
leaves = st.builds(
    lambda fact, op, value: {"fact": fact, "op": op, "value": value},
    st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(lambda one: one not in {"and", "or", "not"}),
    st.sampled_from([">=", ">", "<=", "<", "==", "!="]),
    st.one_of(st.integers(-(10**9), 10**9), st.booleans(), st.text(max_size=8), st.decimals(0, 1, places=3).map(float)),
)
rules = st.recursive(leaves, lambda inner: st.one_of(
    st.builds(lambda one: {"not": one}, inner),
    *(st.builds(lambda group, some: {group: some}, st.just(group), st.lists(inner, min_size=2, max_size=3))
      for group in ("all", "any")),
), max_leaves=8)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(rules)
def test_a_rule_written_in_words_is_read_back_the_same(rule):
    assert rule_from_text(rule_to_text(rule)) == rule


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", None),
        ("own ≥ 50 且 非 (late = true)", {"all": [
            {"fact": "own", "op": ">=", "value": 50}, {"not": {"fact": "late", "op": "==", "value": True}}]}),
        ("a > b OR c == \"早期\"", {"any": [
            {"fact": "a", "op": ">", "other": "b"}, {"fact": "c", "op": "==", "value": "早期"}]}),
    ],
)  # fmt: skip
def test_rules_in_words(text, rule):
    assert rule_from_text(text) == rule


@pytest.mark.parametrize(
    ("text", "place"), [("own >=", 6), ("own 50", 4), ("(own > 1", 8), ("own > 1 own", 8), ("own > 1; drop", 7)]
)
def test_what_is_no_rule_is_refused_with_its_place(text, place):
    with pytest.raises(RuleTextError) as refused:
        rule_from_text(text)
    assert refused.value.position == place


def typed(form):
    """What a browser would send back of a form in which nothing was changed."""
    sent = {}
    for bound in form:
        value = bound.value()
        if isinstance(bound.field, MoneyField):
            amount, unit = bound.field.widget.decompress(value)
            sent |= {f"{bound.html_name}_amount": amount or "", f"{bound.html_name}_unit": unit}
        elif value not in (None, False):
            sent[bound.html_name] = value
    return sent


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['kind']}-{row['family']}-{row['version']}")
def test_every_part_of_what_is_shipped_stays_the_same_when_it_is_saved_unchanged(row):
    kind = Kind(row["kind"])
    content = parts.begun(kind, row["content"], row["family"])
    found = [part for part in parts.parts_of(kind, content) if not part.is_list]
    if kind not in {Kind.DEADLINES}:
        found.append(parts.part_at(kind, content, parts.WHOLE))
    for part in found:
        drawn = PartForm(shape=part.shape, part=part.value, is_new=False)
        form = PartForm(typed(drawn), shape=part.shape, part=part.value, is_new=False)
        assert form.is_valid(), (part.address, form.errors)
        empty = (None, "", [], {}, False)
        assert bare(form.value(), empty) == bare(part.value, empty), part.address


def bare(value, empty):
    """Without what says nothing."""
    if isinstance(value, dict):
        return {key: bare(one, empty) for key, one in value.items() if one is False or bare(one, empty) not in empty}
    return [bare(one, empty) for one in value] if isinstance(value, list) else value


def test_parts_are_moved_taken_out_and_found_again():
    content = {"sections": [{"key": "a", "fields": [{"key": "x"}, {"key": "y"}]}, {"key": "b", "fields": []}]}
    swapped = parts.moved(content, "sections.0.fields.0", 1)
    assert [one["key"] for one in swapped["sections"][0]["fields"]] == ["y", "x"]
    assert parts.moved(content, "sections.0", -1) == content
    assert parts.without_part(content, "sections.1")["sections"] == content["sections"][:1]
    assert content["sections"][0]["fields"][0]["key"] == "x"
    assert parts.json_path("sections.0.fields.1") == "$.sections[0].fields[1]"
    assert parts.part_at(Kind.FORM, content, "sections.0.fields.7") is None
    assert parts.part_at(Kind.FORM, {"sections": 3}, "sections.0") is None


class Office:
    """An officer who writes a draft by the pages alone."""

    def __init__(self, model, family):
        self.client = Client(headers={"accept-language": "en"})
        self.client.force_login(UserFactory(role=Role.FUND_OFFICER))
        base = f"/admin/calls/{model._meta.model_name}/"
        self.client.post(f"{base}add/", {"family": family, "title_zh": "试", "source_status": "LOCAL", "content": ""})
        self.record = model.objects.get(family=family)
        self.base = f"{base}{self.record.pk}/parts/"

    @property
    def content(self):
        self.record.refresh_from_db()
        return self.record.content

    def send(self, address, **fields):
        page = self.client.get(self.base + address)
        answer = self.client.post(self.base + address, {"seen": page.context["seen"], **fields})
        assert answer.status_code == 302, answer.context["form"].errors
        return answer["Location"]


@pytest.mark.django_db
def test_an_officer_writes_a_form_without_json():
    office = Office(FormDefinition, "grown")
    office.send("edit/?add=sections", key="project", title_zh="项目", title_en="Project")
    for key, kind in (
        ("title", "text"),
        ("stage", "choice"),
        ("grant", "money"),
        ("own", "money"),
        ("share", "percent"),
    ):
        where = office.send("edit/?add=sections.0.fields", key=key, type=kind, label_zh=key, label_en=key)
    assert where.endswith("edit/?at=sections.0.fields.4")
    page = office.client.get(office.base).content.decode()
    assert "A choice needs options" in page
    common = {"label_zh": "问", "label_en": "Question"}
    options = "pilot | 中试 | Pilot\nlab | 实验室 | Laboratory"
    office.send("edit/?at=sections.0.fields.1", key="stage", options=options, required_at=["submitted"], **common)
    limits = {
        "limits__min_amount": "0",
        "limits__min_unit": "yuan",
        "limits__max_amount": "500",
        "limits__max_unit": "wan",
    }
    office.send("edit/?at=sections.0.fields.2", key="grant", unit="wan", **limits, **common)
    office.send("edit/?at=sections.0.fields.4", key="share", formula="own / (grant + own) * 100", **common)
    rule = {"key": "half", "rule": 'share >= 50 or stage == "lab"', "message_zh": "不足", "message_en": "Too little"}
    office.send("edit/?add=rules", **rule)
    office.send("", at="sections.0.fields.0", act="down")
    office.send("", at="sections.0.fields.1", act="remove")
    content = office.content
    assert check_definition(content) == ()
    stage, grant, _own, share = content["sections"][0]["fields"]
    assert (stage["key"], stage["options"][0]["label"]["zh"], stage["required_at"]) == ("stage", "中试", ["submitted"])
    assert (grant["limits"], share["source"]) == ({"min": 0, "max": 500_000_000}, "computed")
    assert content["rules"][0]["rule"]["any"][0] == {"fact": "share", "op": ">=", "value": 50}
    bad = office.client.post(f"{office.base}edit/?at=rules.0", {**rule, "rule": "share 50"})
    assert "This cannot be read as a rule here: “50”" in bad.content.decode()
    late = office.client.post(f"{office.base}edit/?at=rules.0", {**rule, "seen": "older"})
    assert "Somebody changed this draft meanwhile" in late.content.decode()


@pytest.mark.django_db
def test_an_officer_writes_the_other_kinds_without_json():
    deadlines = Office(DeadlineDefinition, "days")
    deadlines.send("edit/?add=deadlines", key="check", title_zh="审查", title_en="Check", rule__kind="working_days")
    rest = {"key": "check", "title_zh": "审查", "title_en": "Check"}
    deadlines.send("edit/?at=deadlines.0", rule__event="submitted", rule__days="10", **rest)
    sheet = Office(ScoreSheet, "sheet")
    sheet.send("edit/?add=criteria", key="novelty", text_zh="新", text_en="Novelty", weight="1.5")
    mail = Office(MessageTemplate, "mail")
    words = {"subject_zh": "题", "subject_en": "{{ title }}", "text_zh": "文\n二", "text_en": "Text"}
    mail.send("edit/?at=", notice="calls_status", **words)
    rubric = Office(RubricDefinition, "city-title")
    rubric.send("edit/?add=windows", **{"application_kind": "new", "from": "2026-01-01"})
    rubric.send("edit/?add=facts", name_of_part="staff", type="number", flat_zh="人数", flat_en="Staff")
    rubric.send("edit/?add=gates", id="small", flat_zh="规模", flat_en="Small", rule="staff <= 500")
    rubric.send("edit/?add=groups", id="size", flat_zh="规模", flat_en="Size")
    rubric.send("edit/?add=groups.0.items", id="heads", type="band_high", flat_zh="人", flat_en="Heads")
    head = {"id": "heads", "flat_zh": "人", "flat_en": "Heads", "fact": "staff"}
    rubric.send("edit/?at=groups.0.items.0", bands="100 = 20\n50 = 10\nelse = 0", **head)
    rubric.send("edit/?at=", zh="称号", en="Title", pass__total_min="10", pass__group_min="size = 10")
    for office in (deadlines, sheet, mail, rubric):
        assert office.content
        assert faults_of(office.record) == (), office.record
    assert rubric.record.content["groups"][0]["items"][0]["bands"][-1] == {"points": 0}
    assert mail.record.content["text"]["zh"] == "文\r\n二" or mail.record.content["text"]["zh"] == "文\n二"
    stranger = Client()
    stranger.force_login(UserFactory(role=Role.PROGRAMME_MANAGER))
    assert stranger.get(mail.base).status_code == 403
    shipped_one = MessageTemplate.objects.newest("application_received")
    assert mail.client.get(f"/admin/calls/messagetemplate/{shipped_one.pk}/parts/").status_code == 403
