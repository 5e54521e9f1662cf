"""One migrated database for all processes of a run; each makes its own test database as a copy of it."""

import fcntl
from pathlib import Path

from django.db import connection

NAME = "template_of_tests"


def copy_template(folder: Path) -> None:
    """Let this process's test database be a copy; the first process that comes makes what is copied.

    ``folder`` is shared by the processes of this run and by no other run.
    """
    made = folder / f"{NAME}.made"
    with (folder / f"{NAME}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            _make()
            made.touch()
    connection.settings_dict["TEST"]["TEMPLATE"] = NAME


def _make() -> None:
    own, test = connection.settings_dict["NAME"], connection.settings_dict["TEST"]
    name, test["NAME"] = test["NAME"], NAME
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    connection.close()
    connection.settings_dict["NAME"], test["NAME"] = own, name
