"""The Django project, and what every part of the programme shares."""

import gc

from innovation.celery import app as celery_app

__all__ = ["celery_app"]

# What a start loads stays: looking for garbage in it as often as Python does by itself took a fifth of that time.
gc.set_threshold(50_000, 20, 100)
