import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

from innovation.local.migrations import MigrateWithDots
from innovation.local.servers import BASE_DIR

BOOTSTRAP = BASE_DIR / "innovation/local/bootstrap.py"


def copy_of_bootstrap(tmp_path: Path) -> Path:
    """The script alone in an otherwise empty project, so that it finds no virtual environment."""
    script = tmp_path / "innovation/local/bootstrap.py"
    script.parent.mkdir(parents=True)
    script.write_text(BOOTSTRAP.read_text())
    for name in ("requirements.txt", "requirements/development.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    return script


def run(script: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys._base_executable, *arguments, script],
        env=os.environ | environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_missing_venv_module_is_named_with_the_command_that_installs_it(tmp_path):
    (tmp_path / "ensurepip.py").write_text("raise ImportError('as Debian without python3-venv')")
    done = run(copy_of_bootstrap(tmp_path), PYTHONPATH=str(tmp_path), PATH=str(tmp_path))
    assert done.returncode == 1
    assert "sudo apt-get install -y python3-venv" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_of_somebody_else_is_named(tmp_path):
    script = copy_of_bootstrap(tmp_path)
    (tmp_path / "var").write_text("a file where the folder should be")
    done = run(script)
    assert done.returncode == 1
    assert "must be yours to write to" in done.stderr


def test_nothing_is_installed_when_nothing_changed():
    done = subprocess.run(
        [sys._base_executable, BOOTSTRAP, "-c", "print('runs')"], capture_output=True, text=True, check=False
    )
    assert done.stdout.endswith("runs\n")
    again = subprocess.run(
        [sys._base_executable, BOOTSTRAP, "-c", "print('runs')"], capture_output=True, text=True, check=False
    )
    assert again.stdout == "runs\n"


def test_the_schema_shows_a_dot_for_each_migration_that_is_done():
    shown = StringIO()
    command = MigrateWithDots(stdout=shown)
    for action in ("render_start", "render_success", "apply_start", "apply_success", "apply_start", "apply_success"):
        command.migration_progress_callback(action)
    assert shown.getvalue() == ".."
