"""Rows ``funds/monte-carlo`` and ``funds/what-if``: the simulation of a city's book, and one supposed portfolio."""

import logging
import os
import time
from collections.abc import Iterator
from datetime import date
from http import HTTPStatus

import numpy as np
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.measure import Row
from funds.actions.ledger import Draft
from funds.choices.ledger import EventKind
from funds.models import FundPolicyBinding, Investment, PolicyDocument
from funds.rules.stress.simulation import total_losses
from innovation.accounts.choices import Role
from tests.factories.accounts import UserFactory
from tests.factories.funds import CompanyFactory, FundFactory
from tests.funds.scenes import KNOWN, WAN, book

FUNDS, POSITIONS, SCENARIOS = 200, 100, 10_000
HOLDINGS = 500
MOST_SECONDS, MOST_STATEMENTS = 20, 12
WRITES = ("INSERT", "UPDATE", "DELETE")


def rows(only: str, *, scale: float, rounds: int) -> list[Row]:
    """Run the measurements whose names begin with ``only``."""
    logging.disable(logging.INFO)
    found: list[Row] = []
    if "funds/monte-carlo".startswith(only):
        found += _monte_carlo(max(2, int(FUNDS * scale)))
    if "funds/what-if".startswith(only):
        call_command("migrate", verbosity=0)
        found += _what_if(rounds)
    return found


def _monte_carlo(funds: int) -> Iterator[Row]:
    """One factor, unequal amounts, failure rates of several stages; one core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    random = np.random.default_rng(2026)
    books = [
        (random.integers(10**7, 10**10, POSITIONS).tolist(), random.choice([0.05, 0.2, 0.35, 0.5], POSITIONS).tolist())
        for _fund in range(funds)
    ]
    start = time.perf_counter()
    for seed, (amounts, probs) in enumerate(books):
        total_losses(amounts, probs, rho=0.15, budget=sum(amounts) * 2 // 5, draws=SCENARIOS, seed=seed)
    seconds = time.perf_counter() - start
    os.sched_setaffinity(0, cores)
    whole = seconds * FUNDS / funds
    note = f"{SCENARIOS:,} scenarios × {POSITIONS} positions × {funds} funds on one core: {seconds:.1f} s"
    yield Row("funds/monte-carlo", whole, "s", target=f"≤ {MOST_SECONDS} s", met=whole <= MOST_SECONDS, note=note)


def _what_if(rounds: int) -> Iterator[Row]:
    """The page with ten holdings written off, new money and another reading, of a fund with 500 holdings."""
    fund = FundFactory(categories=["创业投资类"])
    company = CompanyFactory()
    held = Investment.objects.bulk_create(
        Investment(fund=fund, code=f"W{number:04d}", company=company, stage="seed") for number in range(HOLDINGS)
    )
    day = date(2023, 3, 1)
    book(fund, *(Draft(EventKind.INVEST, day, 100 * WAN + row.pk, row.pk) for row in held))
    document = PolicyDocument.objects.get(code="CN-HZ-SHANGCHENG-2025")
    FundPolicyBinding.objects.create(document=document, fund=fund, valid_from=date(2020, 1, 1), recorded_at=KNOWN)
    client = Client()
    client.force_login(UserFactory(role=Role.PROGRAMME_MANAGER))
    changes = "&".join(f"off-{row.pk}=on" for row in held[:10])
    page = (
        f"{reverse('funds:whatif')}?scope=fund-{fund.pk}&as_of=2024-06-30&others=20&{changes}"
        "&amount_amount=5000&amount_unit=wan&stage=seed&netting=ALL_GAINS"
    )
    client.get(page)
    times, statements, writes = [], 0, 0
    for _round in range(max(1, rounds)):
        with CaptureQueriesContext(connection) as queries:
            start = time.perf_counter()
            answer = client.get(page)
            times.append(time.perf_counter() - start)
        if answer.status_code != HTTPStatus.OK or "result-sentence" not in answer.text:
            raise RuntimeError(f"No answer: {answer.status_code}")
        statements = len(queries)
        writes = sum(query["sql"].lstrip().upper().startswith(WRITES) for query in queries)
    yield Row(
        "funds/what-if", min(times), "s", target=f"≤ {MOST_STATEMENTS} statements, no write",
        met=statements <= MOST_STATEMENTS and not writes,
        note=f"{HOLDINGS} holdings: {statements} statements, {writes} writes",
    )  # fmt: skip
