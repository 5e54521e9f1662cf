from collections.abc import Callable

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives

from innovation.core import outbox
from innovation.core.translations import compile_all


@pytest.fixture(scope="session", autouse=True)
def _chinese() -> None:
    compile_all()


@pytest.fixture(autouse=True)
def _no_counts_from_earlier_tests():
    """Wrong tries are counted on the shared cache, which no rollback empties."""
    cache.clear()


@pytest.fixture
def mails() -> Callable[[], list[EmailMultiAlternatives]]:
    """Send what waits in the outbox and return every mail sent so far."""

    def sent() -> list[EmailMultiAlternatives]:
        outbox.relay()
        return mail.outbox

    return sent
