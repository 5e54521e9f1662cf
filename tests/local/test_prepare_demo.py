import json

import pytest

from innovation.core.management.commands import prepare_demo
from tests.factories import reports

pytestmark = pytest.mark.django_db


@pytest.fixture
def sample():
    with reports.registered(reports.sample_kind()):
        yield


def test_waiting_ends_when_every_job_is_made_or_failed(sample):
    said: list[str] = []
    reports.finished(reports.ask())
    reports.failed(reports.ask(parameters={"fund": "B"}))
    assert prepare_demo.wait(said.append) == 0
    assert said == ["1 of 2, 1 failed"]


def test_waiting_has_an_end_and_counts_what_is_missing(sample, monkeypatch, settings, tmp_path):
    monkeypatch.setattr(prepare_demo, "PATIENCE", 0.1)
    settings.VAR_DIR = tmp_path
    reports.finished(reports.ask())
    reports.ask(parameters={"fund": "B"})
    said: list[str] = []
    unfinished = prepare_demo.wait(said.append)
    prepare_demo.write_card(is_new=True, unfinished=unfinished)
    assert said == ["1 of 2"]
    assert json.loads((tmp_path / "demo.json").read_text())["unfinished"] == 1
