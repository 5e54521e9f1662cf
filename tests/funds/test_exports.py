"""ILPA exports: lines as data, exact in every period, frozen once published, unknown lines listed and not zero."""

import json
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from rest_framework.test import APIClient

from funds.actions.exports import draft_revision, publish_template
from funds.choices.exports import ExportFigure
from funds.choices.records import FundClass
from funds.models import ExportLine, ExportTemplate
from funds.queries.exported import RATIOS, READERS, exported
from funds.queries.sums import Moment
from funds.reports.exported import CODE, RATES
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from innovation.reports.actions import request_run
from innovation.reports.choices import Format
from innovation.reports.models import ReportFile
from tests.factories.accounts import UserFactory, as_role
from tests.factories.funds import FundFactory
from tests.factories.reports import finished
from tests.funds import scenes

pytestmark = pytest.mark.django_db
KNOWN = datetime(2024, 6, 30, 15, tzinfo=UTC)
READERS_OF = {Role.FUND_OFFICER, Role.FINANCE, Role.PROGRAMME_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}


def template(code="ILPA_REPORTING"):
    return ExportTemplate.objects.get(code=code)


def data_of(fund, row):
    run, _new = request_run(
        kind=CODE, parameters={"fund": fund.pk, "template": row.pk}, actor=UserFactory(role=Role.FINANCE),
        as_of=scenes.DAY, known_at=KNOWN, language="en",
    )  # fmt: skip
    finished(run)
    return json.loads(bytes(ReportFile.objects.get(run=run, format=Format.JSON).content))["data"]


def test_every_figure_that_a_line_may_name_is_known():
    assert set(READERS) | set(RATIOS) | set(RATES) | {ExportFigure.GROSS_MULTIPLE} == set(ExportFigure)
    assert ExportTemplate.objects.filter(published_at__isnull=False).count() == 3


def test_the_net_asset_value_rolls_forward_in_every_period():
    found = exported(scenes.fund_mixed(), Moment(scenes.DAY, KNOWN))
    moves = {
        "flows.contributions": 1, "flows.distributions": -1, "fees.management": -1, "fees.expenses": -1,
        "income.holdings": 1, "income.own": 1, "gains.realised": 1, "gains.unrealised": 1,
    }  # fmt: skip
    for period in ("qtd", "ytd", "itd"):
        moved = sum(sign * found.money(figure, period) for figure, sign in moves.items())
        assert found.money("nav.opening", period) + moved == found.money("nav.closing", period)
    assert found.money("gains.realised", "ytd") == -100 * scenes.WAN
    assert found.money("gains.unrealised", "itd") == -300 * scenes.WAN
    assert found.money("nav.closing", "qtd") == 1600 * scenes.WAN


def test_the_export_lists_what_the_product_does_not_know_and_flags_what_is_unverified():
    data = data_of(scenes.fund_mixed(), template())
    rows = {row["cells"][0]["value"]: row for part in data["sections"] for one in part["tables"] for row in one["rows"]}
    assert [cell["fen"] for cell in rows["Contributions"]["cells"][1:4]] == [0, 0, 2000 * scenes.WAN]
    assert rows["Placement fees"]["cells"][3]["type"] == "unknown"
    assert (rows["Audit and tax"]["unverified"], rows["Contributions"]["unverified"]) == (True, False)
    assert data["sources"][0]["unverified"]
    assert "2024-Q2" in data["title"]


def test_rates_stand_since_inception_alone_and_grants_have_none():
    row = template("ILPA_PERFORMANCE_GRANULAR")
    (multiple,) = [
        line for line in data_of(scenes.fund_mixed(), row)["sections"][1]["tables"][0]["rows"]
        if line["cells"][0]["value"] == "Net TVPI"
    ]  # fmt: skip
    assert [cell["type"] for cell in multiple["cells"][1:4]] == ["unknown", "unknown", "times"]
    assert multiple["cells"][3]["value"] == "4/5"
    (grant,) = data_of(FundFactory(fund_class=FundClass.GRANT), row)["sections"]
    assert (grant["title"], grant["tables"]) == ("Not applicable", [])


def test_a_published_revision_is_frozen_and_its_successor_is_edited():
    row, officer = template(), UserFactory(role=Role.FUND_OFFICER)
    line = row.lines.first()
    for change in (
        lambda: ExportTemplate.objects.filter(pk=row.pk).update(zh="x"),
        lambda: ExportLine.objects.filter(pk=line.pk).update(sign=-1),
        lambda: ExportLine.objects.create(template=row, position=9999, section_zh="x", section_en="x", zh="x"),
        lambda: ExportLine.objects.filter(pk=line.pk).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    draft = draft_revision(template_id=row.pk, actor=officer)
    assert (draft.revision, draft.lines.count(), draft.is_published) == (2, row.lines.count(), False)
    draft.lines.filter(position=line.position).update(sign=-1)
    with pytest.raises(RuleViolation) as refusal:
        draft_revision(template_id=row.pk, actor=officer)
    assert refusal.value.code == "TEMPLATE_DRAFTED"
    with pytest.raises(IntegrityError, match="export_line_sign"), transaction.atomic():
        draft.lines.filter(position=line.position).update(sign=0)
    made = publish_template(template_id=draft.pk, actor=UserFactory(role=Role.PROGRAMME_MANAGER))
    assert made.is_published
    with pytest.raises(RuleViolation):
        publish_template(template_id=draft.pk, actor=UserFactory(role=Role.PROGRAMME_MANAGER))


@pytest.mark.parametrize("role", Role)
def test_who_reads_the_templates(role, client):
    user, row = as_role(client, role) or UserFactory(role=role), template()
    status = 200 if role in READERS_OF else 403
    for address in (reverse("funds:export_templates"), row.get_absolute_url()):
        assert client.get(address).status_code == status
    api = APIClient()
    api.force_authenticate(user if hasattr(user, "pk") else UserFactory(role=role))
    found = api.get(reverse("api:exporttemplate-list")).json()["results"]
    assert len(found) == (3 if role in READERS_OF else 0)


def test_the_office_publishes_a_draft(client):
    as_role(client, Role.ADMINISTRATOR)
    page = client.get(reverse("admin:funds_exporttemplate_change", args=[template().pk]))
    assert page.status_code == 200
    assert "Draft the next revision" in page.content.decode()
