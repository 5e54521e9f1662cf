import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _no_counts_from_earlier_tests():
    """Wrong tries are counted on the shared cache, which no rollback empties."""
    cache.clear()
