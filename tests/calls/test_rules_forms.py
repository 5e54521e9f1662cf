"""Forms as data: definitions, answers, visibility, what is missing and wrong, versions side by side."""

import copy
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovation.calls.rules import forms
from innovation.calls.rules.forms import FileFacts, Level, Status, check_definition, missing_and_wrong, parse_value
from innovation.calls.shown import value_text


def words(en):
    return {"en": en, "zh": f"{en}（中文）"}


def field(key, kind="text", **more):
    return {"key": key, "type": kind, "label": words(key), **more}


FORM = {
    "sections": [
        {
            "key": "project",
            "title": words("Project"),
            "fields": [
                field("name", required_at=["submitted"], column="title"),
                field("leader", "person", required_at=["submitted"], personal_data=True),
                field("has_partners", "yes_no", required_at=["submitted"]),
                field(
                    "partners", "table", visible_when={"fact": "has_partners", "op": "==", "value": True},
                    required_at=["submitted"],
                    columns=[
                        field("body", required_at=["submitted"]), field("share", "percent"), field("cost", "money"),
                    ],
                    limits={"max_rows": 4},
                ),
                field("starts", "date"),
                field("ends", "date"),
            ],
        },
        {
            "key": "money",
            "title": words("Money"),
            "fields": [
                field("asked", "money", unit="wan", required_at=["submitted"], column="requested_fen",
                      limits={"min": 1, "max": 500_000_000}),
                field("own", "money", unit="wan", evidence_required=True, column="own_fen"),
                field("total", "money", source="computed", formula="asked + own"),
                field("own_share", "percent", source="computed", formula="own / total * 100"),
                field("report", "file", visible_at=["active"], editable_at=["active"], required_at=["active"],
                      limits={"types": ["pdf"], "max_mb": 1}),
            ],
        },
    ],
    "rules": [
        {"key": "own_70", "rule": {"fact": "own_share", "op": ">=", "value": 70}, "message": words("Own money 70 %"),
         "level": "error"},
        {"key": "dates", "rule": {"fact": "ends", "op": ">", "other": "starts"}, "message": words("Ends after start"),
         "level": "warning"},
    ],
}  # fmt: skip
ANSWERS = {
    "name": "Torque sensor", "leader": {"name": "Lin Yue"}, "has_partners": False, "asked": 300_000_00,
    "own": 700_000_00,
}  # fmt: skip
FILES = {"own": [FileFacts("statement.pdf", 1000)]}


def changed(path, value):
    """The form with one value set (or removed, when it is None and was there)."""
    form = copy.deepcopy(FORM)
    place = form
    *way, last = path
    for step in way:
        place = place[step]
    place[last] = value
    return form


def test_sound_form_has_no_fault():
    assert check_definition(FORM) == ()


@pytest.mark.parametrize(
    ("path", "value", "where", "code"),
    [
        (("sections", 0, "fields", 1, "key"), "name", "$.sections[0].fields[1].key", "duplicate_key"),
        (("sections", 0, "fields", 1, "key"), "Leader!", "$.sections[0].fields[1].key", "wrong_key"),
        (("sections", 0, "fields", 4, "type"), "datum", "$.sections[0].fields[4].type", "unknown_type"),
        (("sections", 0, "fields", 0, "label"), {"en": "Name"}, "$.sections[0].fields[0].label", "no_text"),
        (("sections", 0, "fields", 0, "required_at"), ["sent"], "$.sections[0].fields[0].required_at", "unknown_state"),
        (("sections", 0, "fields", 0, "column"), "requested_fen", "$.sections[0].fields[0].column", "wrong_column"),
        (("sections", 1, "fields", 1, "column"), "requested_fen", "$.sections[1].fields[1].column", "duplicate_key"),
        (("sections", 1, "fields", 0, "unit"), "dollar", "$.sections[1].fields[0].unit", "wrong_unit"),
        (("sections", 1, "fields", 0, "limits"), {"max": 1.5}, "$.sections[1].fields[0].limits.max", "wrong_limit"),
        (("sections", 1, "fields", 2, "formula"), "asked + total_cost", "$.sections[1].fields[2].formula",
         "formula_field"),
        (("sections", 1, "fields", 2, "formula"), "asked + own_share", "$.sections[1].fields[2].formula",
         "formula_cycle"),
        (("sections", 1, "fields", 2, "formula"), "open('x')", "$.sections[1].fields[2].formula",
         "formula_unexpected"),
        (("sections", 1, "fields", 2, "source"), "typed", "$.sections[1].fields[2].source", "wrong_source"),
        (("sections", 0, "fields", 2, "visible_when"), {"fact": "partners", "op": "==", "value": "x"},
         "$.sections[0].fields[2].visible_when", "condition_cycle"),
        (("sections", 0, "fields", 3, "columns"), [], "$.sections[0].fields[3].columns", "no_columns"),
        (("sections", 0, "fields", 3, "columns", 0, "type"), "table", "$.sections[0].fields[3].columns[0].type",
         "unknown_type"),
        (("rules", 0, "rule"), {"fact": "owner_share", "op": ">=", "value": 70}, "$.rules[0].rule.fact",
         "rule_unknown_fact"),
        (("rules", 0, "level"), "fatal", "$.rules[0].level", "wrong_level"),
        (("scripts",), [], "$.scripts", "unknown_key"),
        (("sections",), [], "$", "not_a_form"),
    ],
)  # fmt: skip
def test_faults_of_a_definition_are_told_with_their_path(path, value, where, code):
    assert (where, code) in [(fault.path, fault.code) for fault in check_definition(changed(path, value))]


def test_judging_by_age_needs_a_legal_basis():
    form = changed(("sections", 0, "fields", 4), field("birth_date", "date"))
    assert check_definition(changed(("rules",), FORM["rules"][:1])) == ()
    form["rules"][1]["rule"] = {"fact": "birth_date", "op": ">", "value": "1971-01-01"}
    assert [fault.code for fault in check_definition(form)] == ["scores_age"]
    assert check_definition(form | {"legal_basis": "Rule of the funder, article 3"}) == ()


OPTIONS = [{"value": value, "label": words(value)} for value in ("a", "b", "c")]


@pytest.mark.parametrize(
    ("kind", "more", "raw", "value"),
    [
        ("text", {}, "  two \n words ", "two words"),
        ("long_text", {}, "one\r\n\r\ntwo ", "one\n\ntwo"),
        ("number", {}, "１,234.50", "1234.5"),
        ("number", {}, 0.1, "0.1"),
        ("percent", {}, "12.5 %", "12.5"),
        ("money", {"unit": "wan"}, "12.5", 12_500_000),
        ("money", {}, "12.5 万元", 12_500_000),
        ("money", {}, {"amount": "3", "unit": "yi"}, 30_000_000_000),
        ("money", {}, {"fen": 7}, 7),
        ("date", {}, "2026年5月9日", "2026-05-09"),
        ("date", {}, "2026/05/31", "2026-05-31"),
        ("yes_no", {}, "否", False),
        ("choice", {"options": OPTIONS}, "b", "b"),
        ("multi", {"options": OPTIONS}, ["c", "a"], ["a", "c"]),
        ("trl", {}, "7", 7),
        ("industry", {}, "c3491", "C3491"),
        ("division", {}, "440300", "440300"),
        ("organisation", {}, {"name": "State Grid", "uscc": "9111 0000 6000 3734 1L"},
         {"name": "State Grid", "uscc": "91110000600037341L"}),
        ("ip_right", {}, "ZL202610000001.X", {"name": "ZL202610000001.X"}),
        ("table", {"columns": [field("n", "number")]}, [{"n": "1"}, {"n": " "}, {}], [{"n": "1"}]),
        ("text", {}, "   ", None),
    ],
)  # fmt: skip
def test_answers_are_read_and_read_again_the_same(kind, more, raw, value):
    asked = field("x", kind, **more)
    parsed = parse_value(asked, raw)
    assert (parsed.value, parsed.faults) == (value, ())
    assert forms.check_value(asked, value) == ()


@pytest.mark.parametrize(
    ("kind", "more", "raw", "code"),
    [
        ("number", {}, "1,5", "not_a_number"),
        ("number", {"limits": {"decimals": 1}}, "1.25", "too_many_decimals"),
        ("percent", {}, "101", "too_large"),
        ("money", {}, "12.345", "too_many_decimals"),
        ("money", {}, "much", "wrong_unit"),
        ("money", {"limits": {"min": 100}}, "0.99", "too_small"),
        ("date", {}, "2026-02-30", "not_a_date"),
        ("date", {"limits": {"min": "2026-01-01"}}, "2025-12-31", "too_small"),
        ("yes_no", {}, "perhaps", "not_yes_no"),
        ("choice", {"options": OPTIONS}, "d", "not_a_choice"),
        ("choice", {"options": OPTIONS}, ["a", "b"], "not_a_choice"),
        ("multi", {"options": OPTIONS, "limits": {"max_chosen": 1}}, ["a", "b"], "too_many_chosen"),
        ("trl", {}, "4.5", "not_a_number"),
        ("trl", {}, "10", "too_large"),
        ("text", {"limits": {"max_length": 3}}, "four", "too_long"),
        ("industry", {}, "3491", "wrong_code"),
        ("organisation", {}, {"name": "X", "uscc": "91110000600037341M"}, "wrong_uscc"),
        ("table", {"columns": [field("n", "number")], "limits": {"max_rows": 1}}, [{"n": 1}, {"n": 2}],
         "too_many_rows"),
        ("table", {"columns": [field("n")]}, "rows", "not_a_table"),
    ],
)  # fmt: skip
def test_wrong_answers_are_kept_with_their_fault(kind, more, raw, code):
    asked = field("x", kind, **more)
    parsed = parse_value(asked, raw)
    assert [fault.code for fault in parsed.faults] == [code]
    assert parsed.value is not None
    assert [fault.code for fault in forms.check_value(asked, parsed.value)] == [code]


@given(st.text(max_size=40), st.sampled_from(sorted(forms.TYPES - {"table", "file"})))
def test_any_typed_text_can_be_stored_and_judged(raw, kind):
    asked = field("x", kind, options=OPTIONS)
    parsed = parse_value(asked, raw)
    assert forms.check_value(asked, parsed.value) == parsed.faults
    if parsed.ok and parsed.value is not None and kind != "money":
        assert parse_value(asked, parsed.value) == parsed


def test_fault_in_a_table_names_row_and_column():
    table = FORM["sections"][0]["fields"][3]
    parsed = parse_value(table, [{"body": "Institute", "cost": "1 万元"}, {"share": "x%"}])
    assert parsed.value == [
        {"body": "Institute", "share": None, "cost": 1_000_000},
        {"body": None, "share": {"typed": "x%"}, "cost": None},
    ]
    told = [(fault.code, fault.row, fault.column) for fault in parsed.faults]
    assert told == [("missing", 1, "body"), ("not_a_number", 1, "share")]


def test_computed_values_are_exact_and_not_known_without_their_inputs():
    assert forms.computed(FORM, {"asked": 2, "own": 1}) == {"total": 3, "own_share": Fraction(100, 3)}
    assert forms.computed_answers(FORM, {"asked": 2, "own": 1}) == {"total": 3, "own_share": "33.333333"}
    assert forms.computed(FORM, {"asked": 2}) == {"total": None, "own_share": None}
    assert forms.computed(FORM, {"asked": 0, "own": 0}) == {"total": 0, "own_share": None}


def test_what_is_shown_depends_on_state_and_known_conditions():
    assert "partners" not in forms.visible(FORM, {}, "draft")
    assert "partners" in forms.visible(FORM, {"has_partners": True}, "draft")
    assert "report" not in forms.visible(FORM, {}, "draft")
    assert "report" in forms.visible(FORM, {}, "active")
    hidden_source = copy.deepcopy(FORM)
    hidden_source["sections"][0]["fields"][4]["visible_when"] = {"fact": "partners", "op": "!=", "value": "x"}
    hidden_source["sections"][0]["fields"][2]["visible_at"] = ["active"]
    shown = forms.visible(hidden_source, {"has_partners": True, "partners": []}, "draft")
    assert not {"has_partners", "partners", "starts"} & shown


def test_returned_case_opens_only_what_was_asked():
    draft = forms.editable(FORM, {}, "draft")
    assert {"name", "asked", "own"} <= draft
    assert not {"total", "own_share", "report"} & draft
    assert forms.editable(FORM, {}, "returned", frozenset({"asked", "total"})) == {"asked"}
    assert forms.editable(FORM, {}, "returned", frozenset({"money"})) == {"asked", "own"}
    assert forms.editable(FORM, {}, "returned") == frozenset()
    assert forms.editable(FORM, {}, "submitted", frozenset({"asked"})) == frozenset()
    assert forms.editable(FORM, {}, "active") == {"report"}


def codes(faults):
    return [(fault.field, fault.code, fault.level) for fault in faults]


def test_same_faults_warn_on_saving_and_refuse_on_submitting():
    answers = {"has_partners": True, "asked": 600_000_000, "own": {"typed": "a lot"}, "starts": "2026-05-01",
               "ends": "2026-04-01"}  # fmt: skip
    submitting = missing_and_wrong(FORM, answers, {}, "draft", for_event="submit")
    assert codes(submitting) == [
        ("name", "missing", Level.ERROR),
        ("leader", "missing", Level.ERROR),
        ("partners", "missing", Level.ERROR),
        ("asked", "too_large", Level.ERROR),
        ("own", "wrong_unit", Level.ERROR),
        ("own", "evidence_missing", Level.ERROR),
        ("own_share", "rule_not_known", Level.ERROR),
        ("ends", "rule_not_met", Level.WARNING),
    ]
    saving = missing_and_wrong(FORM, answers, {}, "draft", for_event=None)
    assert [(fault.field, fault.code) for fault in saving] == [(fault.field, fault.code) for fault in submitting]
    assert {fault.level for fault in saving} == {Level.WARNING}
    returned = missing_and_wrong(FORM, answers, {}, "returned", for_event="resubmit")
    assert codes(returned) == codes(submitting)


def test_complete_answers_pass_and_an_unmet_rule_refuses():
    assert missing_and_wrong(FORM, ANSWERS, FILES, "draft", for_event="submit") == ()
    dated = ANSWERS | {"starts": "2026-01-01", "ends": "2027-01-01"}
    assert missing_and_wrong(FORM, dated, FILES, "draft", for_event="submit") == ()
    silent = missing_and_wrong(FORM, dated | {"own": None}, FILES, "draft", for_event="submit")
    assert codes(silent) == [("own_share", "rule_not_known", Level.ERROR)]
    poor = missing_and_wrong(FORM, dated | {"own": 699_999_99}, FILES, "draft", for_event="submit")
    assert codes(poor) == [("own_share", "rule_not_met", Level.ERROR)]
    assert poor[0].facts["message"] == words("Own money 70 %")


def test_later_fields_and_their_files_are_judged_in_their_state():
    dated = ANSWERS | {"starts": "2026-01-01", "ends": "2027-01-01"}
    assert codes(missing_and_wrong(FORM, dated, FILES, "active", for_event="report_ok")) == [
        ("report", "file_missing", Level.ERROR)
    ]
    files = FILES | {"report": [FileFacts("report.exe", 3 * 2**20)]}
    assert [
        code for _field, code, _level in codes(missing_and_wrong(FORM, dated, files, "active", for_event=None))
    ] == [
        "file_too_large",
        "file_type",
    ]


def test_progress_of_the_task_list():
    def status(answers, files=FILES):
        return [row.status for row in forms.progress(FORM, answers, files)]

    dated = ANSWERS | {"starts": "2026-01-01", "ends": "2027-01-01"}
    assert status({}, {}) == [Status.NOT_STARTED, Status.NOT_STARTED]
    assert status({"name": "X"}, {}) == [Status.IN_PROGRESS, Status.NOT_STARTED]
    assert status(dated) == [Status.COMPLETE, Status.COMPLETE]
    assert status(dated | {"asked": "much"}) == [Status.COMPLETE, Status.HAS_ERRORS]


def test_versions_are_compared_field_by_field():
    newer = copy.deepcopy(FORM)
    newer["sections"][0]["fields"][5] = field("summary", "long_text")
    newer["rules"] = FORM["rules"][:1]
    old = ANSWERS | {"partners": [{"body": "A"}, {"body": "B", "share": "1"}], "ends": "2026-01-01"}
    new = ANSWERS | {"name": "Sensor", "own": 0, "partners": [{"body": "A"}, {"body": "C", "share": "1"}]}
    changes = {change.field: change for change in forms.compare(FORM, old, newer, new)}
    assert {key: str(change.kind) for key, change in changes.items()} == {
        "name": "changed", "partners": "changed", "own": "changed", "total": "changed", "own_share": "changed",
        "summary": "field_added", "ends": "field_removed",
    }  # fmt: skip
    (cell,) = changes["partners"].cells
    assert (cell.row, cell.column, cell.old, cell.new) == (1, "body", "B", "C")
    assert forms.compare(FORM, old, FORM, old) == ()


def test_blind_reader_gets_no_identity_and_reports_get_columns():
    form = copy.deepcopy(FORM)
    form["sections"][0]["fields"][3]["columns"][0]["identifying"] = True
    blind, answers = forms.without_identity(form, ANSWERS | {"partners": [{"body": "Secret", "share": "9"}]})
    keys = [one["key"] for _section, one in forms.fields(blind)]
    assert "leader" not in keys
    assert answers["partners"] == [{"share": "9"}]
    assert "Secret" not in str(answers)
    assert "Lin" not in str(answers)
    assert forms.columns(FORM, ANSWERS | {"own": {"typed": "?"}}) == {
        "title": "Torque sensor", "requested_fen": 300_000_00, "own_fen": None,
    }  # fmt: skip


def test_three_documents():
    documents = forms.schemas(FORM)
    assert documents.data["additionalProperties"] is False
    assert documents.data["properties"]["asked"]["anyOf"][0] == {
        "type": "integer", "minimum": 1, "maximum": 500_000_000,
    }  # fmt: skip
    assert [section["key"] for section in documents.display["sections"]] == ["project", "money"]
    assert documents.rules["fields"]["partners"]["visible_when"]["fact"] == "has_partners"


@pytest.mark.parametrize(
    ("field", "stored", "shown"),
    [
        ({"type": "percent", "source": "computed"}, "33.333333", "33.33 %"),
        ({"type": "percent", "source": "computed"}, "60", "60 %"),
        ({"type": "number", "source": "computed"}, "1234.565", "1,234.57"),
        ({"type": "number", "source": "computed"}, "0.000012", "0.000012"),
        ({"type": "percent"}, "33.333333", "33.333333 %"),
    ],
)
def test_a_computed_figure_is_shown_short_and_a_typed_one_as_typed(field, stored, shown):
    assert value_text(field, stored, {}) == shown
