"""Two hands of finance on one award at the same moment: what is ordered never goes above it."""

import contextlib

import pytest
from django.db import IntegrityError
from django.utils import timezone

from innovation.calls.actions import milestones, payments
from innovation.calls.models import Milestone, Payment
from tests.calls.scenes import WAN, Office, reported
from tests.concurrency.test_funds import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_many_orders_for_one_check_one_is_made_and_of_many_raw_rows_none_goes_above_the_award():
    office = Office()
    case = office.active()
    checks = [
        milestones.check_report(report_id=reported(case, one).pk, passed=True, actor=office.checker)
        for one in Milestone.objects.order_by("number")
    ]
    codes = at_once(lambda number: payments.order_payment(check_id=checks[0].pk, actor=office.finance))
    assert set(filter(None, codes)) == {"PAID"}
    assert Payment.objects.count() == 1
    assert codes.count(None) == 1
    type(case).objects.filter(pk=case.pk).update(award_fen=80 * WAN)

    def raw(number: int) -> None:
        with contextlib.suppress(IntegrityError):
            Payment.objects.create(
                application=case, passed_check=checks[1], amount_fen=(30 + number) * WAN, ordered_by=office.finance,
                ordered_at=timezone.now(),
            )  # fmt: skip

    at_once(raw)
    assert sum(Payment.objects.values_list("amount_fen", flat=True)) <= 80 * WAN
