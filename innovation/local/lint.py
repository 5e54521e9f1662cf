"""Everything ``make lint`` looks at. All checks run, two at a time; what fails is shown whole."""

import ast
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent
OUR_CODE = ("innovation", "funds", "talent", "patents")
PRODUCTION = {
    "INNOVATION_MODE": "production",
    "SITE_URL": "https://innovation.example.org",
    "SECRET_KEY": secrets.token_urlsafe(50),
}
IMPORT_CONTRACTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"
LOCAL = {"INNOVATION_MODE": "demo"}
Result = tuple[int, str]


def main() -> int:
    checks: dict[str, Callable[[], Result]] = {
        "types of rules and actions": lambda: run("-m", "mypy", *map(str, typed_modules()), environ=LOCAL),
        "untranslated strings": lambda: manage("messages", "--check", environ=LOCAL),
        "missing migrations": lambda: manage("makemigrations", "--check", "--dry-run", environ=LOCAL),
        "deployment": lambda: manage("check", "--deploy", "--fail-level", "WARNING", environ=PRODUCTION),
        "who may import whom": lambda: run("-c", IMPORT_CONTRACTS),
        "rules without a database": rules_are_pure,
        "templates": lambda: run("-m", "djlint", "--quiet", "--lint", "templates"),
        "style": lambda: run("-m", "ruff", "check", "--quiet", "."),
        "form": lambda: run("-m", "ruff", "format", "--quiet", "--diff", "."),
    }
    with ThreadPoolExecutor(2) as pool:
        failed = [name for name, passed in pool.map(_report, checks, checks.values()) if not passed]
    print(f"{len(checks) - len(failed)} checks passed, {len(failed)} failed{': ' if failed else ''}{', '.join(failed)}")
    return 1 if failed else 0


def run(*arguments: str, environ: dict[str, str] | None = None) -> Result:
    """Run a module or script with our Python; its exit code and all it said."""
    done = subprocess.run(
        [sys.executable, *arguments], check=False, cwd=BASE_DIR, env=os.environ | (environ or {}), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return done.returncode, done.stdout


def manage(*arguments: str, environ: dict[str, str]) -> Result:
    """Run a Django command that needs no server; none is attached, so that the result is the same everywhere."""
    without_server = {"DATABASE_URL": "postgresql://app@127.0.0.1:1/app", "REDIS_URL": "redis://127.0.0.1:1/0"}
    return run("-W", "ignore", "manage.py", *arguments, environ=environ | without_server)


def typed_modules() -> list[Path]:
    """Modules whose types are checked: every rule and every action."""
    return sorted(path for path in our_modules() if _is_room(path, "rules") or _is_room(path, "actions"))


def rules_are_pure() -> Result:
    """Rules are functions of plain values: no module of theirs may import Django's database layer."""
    lines = [
        f"{path.relative_to(BASE_DIR)}:{line}: a rule imports {name}"
        for path in our_modules()
        if _is_room(path, "rules")
        for line, name in imports_of(path)
        if name == "django.db" or name.startswith("django.db.")
    ]
    return len(lines), "\n".join(lines)


def our_modules() -> Iterator[Path]:
    return (path for top in OUR_CODE for path in (BASE_DIR / top).rglob("*.py"))


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    """Line and name of everything a module imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def _is_room(path: Path, room: str) -> bool:
    """Whether the module is ``room.py`` or lies in the package ``room``."""
    return path.stem == room or room in path.relative_to(BASE_DIR).parts


def _report(name: str, check: Callable[[], Result]) -> tuple[str, bool]:
    began = time.monotonic()
    code, output = check()
    head = f"{'FAILED' if code else 'ok    '}  {name}, {time.monotonic() - began:.1f} s"
    print(f"{head}\n{output.strip()}\n" if code else head, flush=True)
    return name, not code


if __name__ == "__main__":
    sys.exit(main())
