import contextlib
import re
import time
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import translation

from innovation.core.translations import compile_all

CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), "")


@pytest.fixture(scope="session", autouse=True)
def _chinese():
    compile_all()


@pytest.fixture(autouse=True)
def _no_counts_from_earlier_tests():
    """Wrong tries are counted on the shared cache, which no rollback empties."""
    cache.clear()
    yield
    translation.activate("en")
