"""The door for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "innovation.settings")
os.environ.setdefault("INNOVATION_ROLE", "web")

application = get_wsgi_application()
