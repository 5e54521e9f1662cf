"""Rows ``tolerance/…``: all funds at one date, time lines, import, pages and API, growth and memory."""

import csv
import io
import logging
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from http import HTTPStatus

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from benchmarks.city import KNOWN_AT, Size, build, month_ends
from benchmarks.measure import Row, against, in_child, interleaved, once
from benchmarks.peers import hand_written, script
from funds.actions.ledger import COLUMNS
from funds.choices.files import Layout
from funds.choices.records import FundClass
from funds.imports.steps import confirm_import, map_columns, upload_portfolio, work_on
from funds.models import Fund, Investment, LedgerEvent, PortfolioImport
from funds.queries.city import city_timeline
from funds.queries.overview import FundTolerance, overview
from funds.queries.questions import Target
from funds.queries.sums import Moment
from funds.queries.timeline import timeline
from funds.rules.file_columns import guess_columns
from funds.rules.portfolio_file import Mapping
from innovation.accounts.choices import Role
from innovation.accounts.models import User
from innovation.core import jobs
from innovation.organisations.models import Organisation
from tests.factories.accounts import UserFactory

# Two months after the last quarter-end values, so that exits and investments lie between them and the date.
MOMENT = Moment(date(2023, 11, 30), KNOWN_AT)
DATES = month_ends()
IMPORTED = 100_000
PAGE_QUERIES = 12
MEMORY = 1024.0


def rows(only: str, *, scale: float, rounds: int) -> list[Row]:
    """Run the measurements whose names begin with ``only``, smallest city first for the growth."""
    logging.disable(logging.INFO)
    call_command("migrate", verbosity=0)
    parts: dict[str, Callable[[], Iterator[Row]]] = {
        "tolerance/all-funds": lambda: _one_date(rounds),
        "tolerance/timeline": lambda: _timelines(rounds),
        "tolerance/memory": _memory,
        "tolerance/page": _pages,
        "tolerance/import": lambda: _import(max(1_000, int(IMPORTED * scale))),
    }
    wanted = {name: part for name, part in parts.items() if name.startswith(only) or only.startswith(name)}
    growth = "tolerance/growth".startswith(only) or only.startswith("tolerance/growth")
    found: list[Row] = []
    tenth: dict[str, float] = {}
    if growth:
        build(Size.scaled(scale / 10))
        tenth = _growing(rounds)
        _empty()
    print(f"Building the city at scale {scale:g}", flush=True)
    print(f"built in {once(lambda: build(Size.scaled(scale))):.0f} s", flush=True)
    if growth:
        # Before the import, which adds rows that the tenth never had.
        found += _growth(tenth, _growing(rounds))
    for name, part in wanted.items():
        print(name, flush=True)
        found += part()
    return found


def _growing(rounds: int) -> dict[str, float]:
    """The best of the rounds: two sizes are measured minutes apart, and whatever else the machine does only adds."""
    return interleaved(
        {
            "all-funds": lambda: overview(MOMENT.as_of, KNOWN_AT),
            "timeline-all-funds": lambda: city_timeline(DATES, KNOWN_AT),
            "sql": lambda: hand_written(MOMENT),
        },
        rounds,
        of=min,
    )


def _growth(tenth: dict[str, float], whole: dict[str, float]) -> Iterator[Row]:
    times = {name: whole[name] / tenth[name] for name in whole}
    for name in ("all-funds", "timeline-all-funds"):
        yield Row(f"tolerance/growth-{name}", round(times[name], 2), "× for 10 × data", "linear", 10.0, "≤ linear",
                  times[name] <= 10, f"hand-written SQL: {times['sql']:.2f}")  # fmt: skip


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "TRUNCATE funds_ledgerevent, funds_valuation, funds_investment, funds_fundpolicybinding, funds_fund, "
            "organisations_organisation CASCADE"
        )
        cursor.execute("SET session_replication_role = DEFAULT")


def _check(lines: list[FundTolerance]) -> None:
    """The statement yields the same numbers: the policy's N and Den of every fund to a thousandth of a fen's share."""
    expected = hand_written(MOMENT)
    for line in lines:
        rate = line.main.rate
        numerator, denominator = expected[line.fund.pk]
        for mine, other in ((rate.numerator_signed, numerator), (rate.denominator, denominator)):
            if abs(float(mine) - other) > 1 + 1e-12 * abs(other):
                raise SystemExit(f"fund {line.fund.pk}: {float(mine)} is not {other}")


def _one_date(rounds: int) -> Iterator[Row]:
    _check(overview(MOMENT.as_of, KNOWN_AT))
    times = interleaved(
        {
            "policy": lambda: overview(MOMENT.as_of, KNOWN_AT, readings=False),
            "all": lambda: overview(MOMENT.as_of, KNOWN_AT),
            "sql": lambda: hand_written(MOMENT),
        },
        rounds,
    )
    peer = "hand-written SQL, policy reading"
    yield against("tolerance/all-funds", times["policy"], peer, times["sql"], at_most=1.5, note="status and headroom")
    yield against("tolerance/all-funds-all-readings", times["all"], peer, times["sql"], note="eight readings")
    yield against("tolerance/all-funds-script", times["policy"], "pandas script", once(lambda: script(MOMENT)))


def _timelines(rounds: int) -> Iterator[Row]:
    fund = Fund.objects.order_by("code")[1]
    target = Target.of_fund(fund)
    times = interleaved(
        {
            "one": lambda: timeline(target, [fund], DATES, KNOWN_AT),
            "then": lambda: timeline(target, [fund], DATES, None),
            "date": lambda: overview(MOMENT.as_of, KNOWN_AT, readings=False),
            "all": lambda: city_timeline(DATES, KNOWN_AT),
        },
        max(2, rounds // 2),
    )
    by_statement = once(lambda: [hand_written(Moment(day, KNOWN_AT), fund.pk) for day in DATES[-3:]]) / 3 * len(DATES)
    yield against("tolerance/timeline-one-fund", times["one"], "the SQL at each of 120 dates", by_statement)
    yield against("tolerance/timeline-one-fund-known-then", times["then"], "known at one moment", times["one"])
    yield against("tolerance/timeline-all-funds", times["all"], "all funds at one date", times["date"], at_most=5)


def _memory() -> Iterator[Row]:
    code = (
        "import json, re, django; django.setup()\n"
        "from benchmarks.tolerance import DATES, KNOWN_AT, MOMENT, city_timeline, overview\n"
        "overview(MOMENT.as_of, KNOWN_AT); city_timeline(DATES, KNOWN_AT)\n"
        "status = open('/proc/self/status').read()\n"
        "print(json.dumps({'peak': int(re.search(r'VmHWM:\\s+(\\d+)', status)[1]) / 1024}))"
    )
    peak = in_child(code)["peak"]
    yield Row("tolerance/memory", round(peak), "MiB", target="< 1024 MiB", met=peak < MEMORY)


def _pages() -> Iterator[Row]:
    """Median answer time and number of SQL statements of the manager's pages and the API."""
    client = Client()
    client.force_login(UserFactory(role=Role.PROGRAMME_MANAGER))
    fund = Fund.objects.order_by("code")[1]
    moment = f"as_of={MOMENT.as_of}&known_at={KNOWN_AT.date()}"
    addresses = {
        "tolerance/page-fund": f"{reverse('funds:tolerance')}?scope=fund-{fund.pk}&{moment}",
        "tolerance/page-timeline": f"{reverse('funds:timeline')}?scope=fund-{fund.pk}&{moment}",
        "tolerance/page-overview": f"{reverse('funds:tolerance')}?{moment}",
        "tolerance/page-api-funds": "/api/v1/funds/",
        "tolerance/page-api-ledger": f"/api/v1/ledger/?fund={fund.pk}",
    }
    for name, address in addresses.items():
        statements: list[str] = []
        with connection.execute_wrapper(_noting(statements)):
            response = client.get(address)
        if response.status_code != HTTPStatus.OK:
            raise SystemExit(f"{address} answered {response.status_code}")
        seconds = interleaved({name: lambda address=address: client.get(address)}, 3)[name]
        count = len(statements)
        yield Row(name, round(seconds * 1000, 1), "ms", note=f"{count} statements")
        yield Row(f"{name}-statements", count, "statements", target=f"≤ {PAGE_QUERIES}", met=count <= PAGE_QUERIES)


def _noting(statements: list[str]) -> Callable[..., object]:
    """Note each statement as it is sent (binary reading of columns goes past this and is not counted)."""

    def note(execute: Callable[..., object], sql: str, *rest: object) -> object:
        statements.append(sql)
        return execute(sql, *rest)

    return note


def _import(count: int) -> Iterator[Row]:
    """A file of ``count`` ledger rows by the product's door, against COPY of the same rows into the same table.

    The target is about holdings that are known, as in every month after the first; a first file also makes holdings
    and companies, with their history and search words, which the peer does not: its row stands beside, without target.
    """
    with tempfile.TemporaryDirectory(prefix="innovation-bench-", ignore_cleanup_errors=True) as folder:
        settings.MEDIA_ROOT = folder
        officer = UserFactory(role=Role.FUND_OFFICER)
        peer = "COPY, same table, indexes and triggers"
        check, seconds, copying = _timed_import(count, officer, "KNOWN", known=True)
        yield Row("tolerance/import", round(count / seconds), "rows/s", peer, round(count / copying), "≥ 0.4 × peer",
                  seconds <= copying / 0.4, "known holdings; second check, hash chain, writing")  # fmt: skip
        yield Row(
            "tolerance/import-with-dry-run", round(count / (check + seconds)), "rows/s", peer, round(count / copying)
        )
        __, seconds, copying = _timed_import(count, officer, "FIRST", known=False)
        yield Row("tolerance/import-first-file", round(count / seconds), "rows/s", peer, round(count / copying),
                  note="makes a holding every ten rows and 5,000 companies too")  # fmt: skip


def _timed_import(count: int, officer: User, code: str, *, known: bool) -> tuple[float, float, float]:
    """Seconds of the dry run, of the writing, and of COPY of the rows that were written."""
    terms = {"fund_class": FundClass.VENTURE, "starts_on": date(2015, 1, 1), "committed_fen": 10**15}
    fund = Fund.objects.create(code=code, name_zh="导入基金", **terms)
    copy = Fund.objects.create(code=f"{code}-COPY", name_zh="复制基金", **terms)
    sent = upload_portfolio(upload=SimpleUploadedFile("portfolio.csv", _file(count, code)), actor=officer)
    if known:
        company = Organisation.objects.create(name_zh="已知企业")
        codes = [f"I{number:06d}" for number in range(1, count // 10 + 2)]
        Investment.objects.bulk_create(
            [Investment(fund=fund, code=each, company=company, stage="seed") for each in codes], batch_size=5_000
        )
    mapping = Mapping(Layout.LEDGER, "wan", guess_columns(Layout.LEDGER, sent.header))
    map_columns(import_id=sent.pk, mapping=mapping, actor=officer)
    check = once(lambda: jobs.run(PortfolioImport, sent.pk, work_on))
    sent.refresh_from_db()
    if not sent.is_ready:
        raise SystemExit(f"The file does not pass: {sent.report['errors'][:3]} {sent.error}")
    confirm_import(import_id=sent.pk, actor=officer)
    seconds = once(lambda: jobs.run(PortfolioImport, sent.pk, work_on))
    stored = LedgerEvent.objects.filter(fund=fund).count()
    if stored != count:
        raise SystemExit(f"{stored} rows of {count} were written")
    lines = _copy_lines(code, copy)
    return check, seconds, once(lambda: _copy(lines))


def _file(count: int, fund: str) -> bytes:
    """Ledger rows of holdings with ten rows each, in the columns of the documented example."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["fund_code", "project_code", "company", "stage", "kind", "date", "amount", "cost_relieved"])
    written = 0
    holding = 0
    while written < count:
        holding += 1
        start = date(2015, 1, 5) + timedelta(days=holding % 900)
        own = [("INVEST", 0, "500", "")]
        own += [("DIVIDEND", 30 * n, f"{n}.{holding % 100:02d}", "") for n in range(1, 8)]
        own += [("EXIT_PARTIAL", 300, "180", "100"), ("WRITE_OFF", 900, "", "400")]
        for kind, after, amount, relieved in own[: count - written]:
            company = f"导入企业{holding % 5000}"
            day = start + timedelta(days=after)
            writer.writerow([fund, f"I{holding:06d}", company, "seed", kind, day, amount, relieved])
            written += 1
    return ("\ufeff" + text.getvalue()).encode()


def _copy_lines(source: str, target: Fund) -> list[str]:
    """The stored rows of one fund, re-addressed to a copy of its holdings, with a chain of the same hashes.

    The guard of the ledger checks that each row names the hash before it, so the stored hashes serve as they are.
    """
    holdings = Investment.objects.filter(fund__code=source).values("code", "company_id", "stage")
    Investment.objects.bulk_create([Investment(fund=target, **facts) for facts in holdings], batch_size=5_000)
    with connection.cursor() as cursor:
        columns = ", ".join(
            {"fund_id": str(target.pk), "investment_id": "n.id"}.get(name, f"e.{name}") for name in COLUMNS
        )
        statement = (
            f"COPY (SELECT {columns} FROM funds_ledgerevent e JOIN funds_fund f ON f.id = e.fund_id "
            "LEFT JOIN funds_investment i ON i.id = e.investment_id "
            f"LEFT JOIN funds_investment n ON n.fund_id = {target.pk} AND n.code = i.code "
            f"WHERE f.code = '{source}' ORDER BY e.seq) TO STDOUT"
        )
        with cursor.copy(statement) as copy:
            return [bytes(line).decode() for line in copy]


def _copy(lines: list[str]) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY funds_ledgerevent ({', '.join(COLUMNS)}) FROM STDIN") as copy,
    ):
        copy.write("".join(lines))
