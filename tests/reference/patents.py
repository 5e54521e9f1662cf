"""Runners of the cases of the patents part: numbers, docket, status, clock."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import holidays

import patents
from innovation.core.calendar_file import SHIPPED, read
from innovation.core.workdays import Calendar
from patents.choices.register import Effect
from patents.imports import google_patents
from patents.rules import annuities, clock, dates, distribution, foreign, numbers, status, terms
from patents.rules.deadline_rules import RuleBook
from tests.reference.registry import runner

DATA = Path(patents.__file__).parent / "data"
BOOK = RuleBook.of(json.loads((DATA / "deadline_rules.json").read_text(encoding="utf-8"))["rules"])
PAID_UNDER = {"from_2018_04": date(2018, 4, 1), "before_2018_04": date(2018, 3, 31)}


def _calendar() -> Calendar:
    rows = []
    for path in (DATA / "cn_working_days_2004_2023.csv", SHIPPED):
        with path.open(encoding="utf-8", newline="") as lines:
            rows += [(row["date"], row["kind"]) for row in read(lines)]
    return Calendar.of(rows)


CALENDAR = _calendar()
FEDERAL = holidays.country_holidays("US")


def works_in_china(day: date) -> bool | None:
    return CALENDAR.is_working_day(day)


def works_in_the_united_states(day: date) -> bool:
    return day.weekday() < 5 and day not in FEDERAL


def day_of(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def word(value: Any) -> str | None:
    """The plain text of a word of a closed list."""
    return None if value is None else str(value)


def money(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


@runner("cn_number")
def run_cn_number(inputs: Mapping[str, Any]) -> dict[str, Any]:
    answer = numbers.application_number(inputs["number"])
    return {
        "valid": answer.valid, "reason": word(answer.fault), "normalised": answer.normalised, "check": answer.check,
        "weighted_sum": answer.weighted_sum, "type": word(answer.right), "year": answer.year,
    }  # fmt: skip


@runner("ipc_cpc_symbol")
def run_symbol(inputs: Mapping[str, Any]) -> dict[str, Any]:
    symbol = numbers.classification_symbol(inputs["symbol"], inputs["scheme"])
    return {"valid": symbol is not None, "normalised": symbol}


@runner("google_patents_csv")
def run_google_patents(inputs: Mapping[str, Any]) -> dict[str, Any]:
    answer = google_patents.read(inputs["csv"])
    names = ("priority", "filing", "publication", "grant")
    rows = [
        {
            "office": row.office, "number": row.number, "kind": row.kind, "title": row.title,
            "assignee": row.assignee, "inventors": list(row.inventors),
            **{name: (day := getattr(row, name)) and day.isoformat() for name in names},
        }
        for row in answer.rows
    ]  # fmt: skip
    return {"rows": rows, "skipped": answer.skipped, "error": word(answer.fault)}


@runner("cn_term")
def run_term(inputs: Mapping[str, Any]) -> dict[str, Any]:
    answer = terms.term(BOOK, inputs["type"], date.fromisoformat(inputs["filing"]), int(inputs["compensation_days"]))
    return {"termination_date": f"{answer.termination}", "last_day_in_force": f"{answer.last_day}"}


@runner("cn_period")
def run_period(inputs: Mapping[str, Any]) -> dict[str, Any]:
    years, months = int(inputs["years"]), int(inputs["months"])
    answer = dates.period(date.fromisoformat(inputs["start"]), works_in_china, years=years, months=months)
    return {"nominal": f"{answer.nominal}", "due": f"{answer.due}"}


@runner("cn_patent_year")
def run_patent_year(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {"year": terms.patent_year(date.fromisoformat(inputs["filing"]), date.fromisoformat(inputs["date"]))}


@runner("cn_annuity_due")
def run_annuity_due(inputs: Mapping[str, Any]) -> dict[str, Any]:
    filing, grant = (date.fromisoformat(inputs[name]) for name in ("filing", "grant"))
    answer = annuities.annuity(BOOK, inputs["type"], filing, grant, int(inputs["year"]))
    due = answer.due and answer.due.isoformat()
    return {
        "year_at_grant": answer.year_at_grant,
        "status": word(answer.status),
        "due": due,
        "amount": money(answer.amount),
    }


@runner("cn_annuity_total")
def run_annuity_total(inputs: Mapping[str, Any]) -> dict[str, Any]:
    first, last = int(inputs["from_year"]), int(inputs["to_year"])
    return {"total": money(annuities.total(BOOK, inputs["type"], first, last))}


@runner("cn_annuity_fee")
def run_annuity_fee(inputs: Mapping[str, Any]) -> dict[str, Any]:
    answer = annuities.payable(
        BOOK, inputs["type"], int(inputs["year"]), year_at_grant=int(inputs["year_at_grant"]),
        reduction=Decimal(inputs["reduction"]), open_licence=inputs["open_licence"],
    )  # fmt: skip
    return {
        "full": money(answer.full), "amount": money(answer.amount),
        "reduction_applies": answer.reduction_applies, "policy": word(answer.policy),
    }  # fmt: skip


@runner("cn_late_fee")
def run_late_fee(inputs: Mapping[str, Any]) -> dict[str, Any]:
    answer = annuities.late_fee(
        BOOK, full=Decimal(inputs["full_annuity"]), amount=Decimal(inputs["annuity_payable"]),
        due=date.fromisoformat(inputs["due"]), paid_on=date.fromisoformat(inputs["paid_on"]),
        paid_before=Decimal(inputs["already_paid_surcharge"]),
    )  # fmt: skip
    amounts = ("surcharge", "still_owed", "total", "restoration_surcharge")
    return {
        "status": word(answer.status), "surcharge_percent": answer.surcharge_percent,
        **{name: money(getattr(answer, name)) for name in amounts},
    }  # fmt: skip


@runner("cn_status_asof")
def run_status(inputs: Mapping[str, Any]) -> dict[str, Any]:
    events = [
        status.Event(
            Effect(event["effect"]), date.fromisoformat(event["effective"]), date.fromisoformat(event["recorded"])
        )
        for event in inputs["events"]
    ]
    state = status.state_on(events, date.fromisoformat(inputs["as_of"]), date.fromisoformat(inputs["known_at"]))
    return {"in_force": state == "IN_FORCE", "state": word(state)}


@runner("ep_renewal")
def run_ep_renewal(inputs: Mapping[str, Any]) -> dict[str, Any]:
    under = PAID_UNDER[inputs["rule_set"]]
    filing = date.fromisoformat(inputs["filing"])
    answer = foreign.european_renewal(BOOK, filing, int(inputs["year"]), paid_under=under)
    return {"earliest": f"{answer.earliest}", "due": f"{answer.due}"}


@runner("us_maintenance")
def run_us_maintenance(inputs: Mapping[str, Any]) -> dict[str, Any]:
    grant = date.fromisoformat(inputs["grant"])
    answer = foreign.us_maintenance(grant, int(inputs["n"]), works_in_the_united_states)
    return {
        "window_open": f"{answer.opens}",
        "last_day_no_surcharge_nominal": f"{answer.without_surcharge.nominal}",
        "last_day_no_surcharge": f"{answer.without_surcharge.due}",
        "grace_end_nominal": f"{answer.grace.nominal}",
        "grace_end": f"{answer.grace.due}",
    }


@runner("pct_cn_entry")
def run_pct_entry(inputs: Mapping[str, Any]) -> dict[str, Any]:
    answer = foreign.entry_into_china(BOOK, date.fromisoformat(inputs["priority"]), works_in_china)
    return {
        "m30_nominal": f"{answer.in_time.nominal}", "m30": f"{answer.in_time.due}",
        "m32_nominal": f"{answer.late.nominal}", "m32": f"{answer.late.due}",
        "late_surcharge": money(answer.late_fee),
    }  # fmt: skip


@runner("licence_clock")
def run_licence_clock(inputs: Mapping[str, Any]) -> dict[str, Any]:
    pauses = [
        clock.Pause(date.fromisoformat(one["returned_on"]), date.fromisoformat(one["resubmitted_on"]))
        for one in inputs["pauses"]
    ]
    answer = clock.licence_clock(
        date.fromisoformat(inputs["complete_on"]), int(inputs["working_days"]), works_in_china, pauses=pauses,
        reminder_before=int(inputs["reminder_before"]),
    )  # fmt: skip
    names = ("reminder_on", "last_day", "deemed_granted_on")
    return {name: f"{getattr(answer, name)}" if answer else None for name in names}


@runner("ownership_shares")
def run_ownership_shares(inputs: Mapping[str, Any]) -> dict[str, Any]:
    shares = {party: (int(top), int(bottom)) for party, (top, bottom) in inputs["shares"].items()}
    reason, whole = distribution.ownership_fault(shares)
    return {"valid": reason is None, "sum": str(whole), "reason": reason}
