"""``python -m tests.reference FILE_OR_FOLDER [--kinds KIND …]``: run reference cases and say which fail.

Ends with ``N passed, M failed``. Exit 0 when all passed, 1 when any failed, 2 when the cases cannot be run: no such
file, a kind without runner (never skipped), nothing to run.
"""

import argparse
import sys
from pathlib import Path

import django
from django.conf import settings

from tests.reference.registry import Outcome, UnusableCasesError, choose, load, run, shown
from tests.reference.runners import RUNNERS


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.reference", description="Run reference cases.")
    parser.add_argument("cases", type=Path, help="a file of cases, or a folder of such files")
    known = ", ".join(sorted(RUNNERS))
    parser.add_argument("--kinds", nargs="*", default=[], help=f"only cases of these kinds, of: {known}")
    options = parser.parse_args(arguments)
    kinds = [kind for words in options.kinds for kind in words.split()]
    try:
        outcomes = [run(case) for case in choose(load(options.cases), kinds)]
    except UnusableCasesError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    failed = [outcome for outcome in outcomes if not outcome.passed]
    sys.stdout.writelines(_report(outcome) for outcome in failed)
    sys.stdout.write(f"{len(outcomes) - len(failed)} passed, {len(failed)} failed\n")
    return 1 if failed else 0


def _report(outcome: Outcome) -> str:
    case = outcome.case
    return (
        f"FAILED {case.id} ({case.kind}, {case.source_file})\n"
        f"  expected {shown(case.expected)}\n  got      {shown(outcome.got)}\n"
    )


if __name__ == "__main__":
    if not settings.configured:
        # Rules speak through Django's translations; they need no database and no other setting.
        settings.configure(USE_I18N=False)
        django.setup()
    raise SystemExit(main(sys.argv[1:]))
