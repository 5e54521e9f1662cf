"""The product's Celery application with kinds that tests need in a worker of its own process."""

import os
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

from innovation.celery import app

__all__ = ["app"]

django.setup()

from innovation.reports import registry  # noqa: E402
from tests.factories.reports import build_sample, sample_kind  # noqa: E402


def build_slowly(params, *, as_of, known_at, language):
    """Says that it has begun in a file named by the fund; the first attempt never ends."""
    mark = Path(params["fund"])
    begun = mark.read_text() if mark.exists() else ""
    mark.write_text(begun + "begun\n")
    if not begun:
        time.sleep(60)
    return build_sample(params, as_of=as_of, known_at=known_at, language=language)


registry.register(sample_kind())
registry.register(sample_kind(code="slow", build=build_slowly))
