import pytest
from django.utils import translation

from tests.factories.reports import registered, sample_kind


@pytest.fixture
def sample():
    """The sample kind, registered."""
    with registered(sample_kind()) as kind:
        yield kind


@pytest.fixture(autouse=True)
def english():
    """A page in Chinese leaves its language behind in this thread; the next test begins in English."""
    with translation.override("en"):
        yield
