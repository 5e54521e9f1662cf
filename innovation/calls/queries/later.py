"""Questions that a form asks after the decision, such as the account to pay to: what is open, missing, given."""

from typing import Any

from innovation.calls.models import Application
from innovation.calls.queries import applying
from innovation.calls.queries.codes import code_names
from innovation.calls.rules import forms
from innovation.calls.rules.forms import Fault
from innovation.calls.shown import ShownFile, ShownSection, shown_sections


def open_later(case: Application) -> frozenset[str]:
    """Keys of the fields that may be written now, after the submission; empty for drafts and returned cases."""
    if applying.is_open(case) or not applying.may_type(case):
        return frozenset()
    return forms.editable(case.form.content, applying.answers_of(case), case.state)


def faults_later(case: Application) -> list[Fault]:
    """What is missing or wrong in them before the agreement is signed."""
    keys = open_later(case)
    if not keys:
        return []
    files = applying.file_facts(applying.files_by_field(case))
    content, answers = case.form.content, applying.answers_of(case)
    found = forms.missing_and_wrong(content, answers, files, case.state, for_event="sign")
    return [fault for fault in found if fault.field in keys and fault.level == forms.Level.ERROR]


def given_later(case: Application) -> list[ShownSection]:
    """What was answered after the submission, section by section; empty where the form asks nothing then."""
    later = {field["key"] for _section, field in forms.fields(case.form.content) if forms.is_later(field)}
    if not later:
        return []
    answers: dict[str, Any] = {key: value for key, value in applying.answers_of(case).items() if key in later}
    files = {
        key: [ShownFile(file.file_name, file.size, sha256=file.sha256) for file in found]
        for key, found in applying.files_by_field(case).items()
        if key in later
    }
    content = case.form.content
    return shown_sections(content, answers, code_names(content, answers), answers.keys() | files.keys(), files)
