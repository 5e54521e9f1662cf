"""The Django project, and what every part of the programme shares."""

from innovation.celery import app as celery_app

__all__ = ["celery_app"]
