#!/usr/bin/env python
"""Run a Django command, on the embedded servers when no DATABASE_URL is set and they are up."""

import os
import sys

from django.core.management import execute_from_command_line

from innovation.local.servers import attach

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "innovation.settings")
    attach(os.environ)
    execute_from_command_line(sys.argv)
