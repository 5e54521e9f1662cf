"""Every column of the talent part is in the field register, with codes that are known and a fate on erasure."""

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.core.management.base import CommandError

from talent.admin.personal import PersonalAdmin
from talent.choices.privacy import FieldBasis, Visibility
from talent.data import field_register as data
from talent.queries import field_register
from talent.queries.own import personal_models


def test_every_column_has_an_entry_that_fits():
    assert field_register.problems() == [], "run: make manage ARGS=field_register"


def test_personal_columns_have_a_basis_and_nobody_elses_eyes():
    for record in data.register().values():
        for said in record.fields.values():
            if record.person and said.name != "id":
                assert said.basis != FieldBasis.NONE, f"{record.model}.{said.name}"
                assert said.visibility != Visibility.PUBLIC, f"{record.model}.{said.name}"


def test_every_admin_of_records_about_people_leaves_a_trace_of_who_reads():
    without = {
        model.__name__ for model, _entry in personal_models()
        if not isinstance(admin.site._registry.get(model), PersonalAdmin)
    }  # fmt: skip
    sealed_or_part_of_a_form = {"PersonVault", "CapacityPeriod", "RankedChoice"}
    the_trace_itself_and_numbers_without_names = {"AccessLog", "ErasureCase"}
    assert without == sealed_or_part_of_a_form | the_trace_itself_and_numbers_without_names


def test_a_forgotten_column_is_named_and_a_word_that_would_stay_too(monkeypatch, capsys):
    known = dict(data.register())
    person = known["Person"]
    fields = dict(person.fields)
    del fields["given_name"]
    fields["family_name"] = fields["id"]
    known["Person"] = data.RecordEntry("Person", "pk", person.on_erasure, ("no_such",), fields)
    monkeypatch.setattr(field_register, "register", lambda: known)
    with pytest.raises(CommandError) as told:
        call_command("field_register")
    assert "Person.given_name has no entry" in str(told.value)
    assert "Person.family_name may hold words" in str(told.value)
    assert "Person has no trigger no_such" in str(told.value)


def test_codes_that_are_unknown_are_refused(tmp_path, monkeypatch):
    (tmp_path / "a.json").write_text('{"Thing": {"person": "", "fields": {"id": {"purpose": "fun"}}}}')
    monkeypatch.setattr(data, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match="Thing"):
        data.register.__wrapped__()
