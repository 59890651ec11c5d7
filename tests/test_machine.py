"""What a machine lacks is said in one sentence before anything is built; one that lacks nothing is taken."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


def said(python: str, **environment: str) -> tuple[int, str]:
    """The exit code for a Python, and what was said of the machine."""
    done = subprocess.run(
        ["/bin/sh", PROJECT / "machine.sh", python],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", **environment},
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


def python(folder: Path, asked: str, instead: str) -> str:
    """A Python that is as this one but for one question."""
    path = folder / "python"
    real = shlex.quote(sys.executable)
    path.write_text(f'#!/bin/sh\ncase "$2" in *{asked}*) {instead};; esac\nexec {real} "$@"\n')
    path.chmod(0o755)
    return str(path)


def test_a_machine_with_everything() -> None:
    assert said(sys.executable) == (0, "")


@pytest.mark.parametrize(
    ("asked", "instead", "environment", "sentence"),
    [
        ("3,?13", "exit 1", {}, "Lagrum behöver Python 3.11, 3.12 eller 3.13"),
        ("ensurepip", "exit 1", {}, "saknar modulen venv"),
        ("nothing", "", {"CC": "finns-inte -O2"}, "C-kompilatorn finns-inte saknas"),
        ("include", "echo /nowhere; exit", {}, "Python.h saknas i /nowhere"),
        ("nothing", "", {"CC": "false"}, "C-kompilatorn false saknar C-bibliotekets"),
    ],
)
def test_what_is_lacking_is_one_sentence(
    tmp_path: Path, asked: str, instead: str, environment: dict[str, str], sentence: str
) -> None:
    code, found = said(python(tmp_path, asked, instead or ":"), **environment)
    assert code == 1
    assert sentence in found
    assert found.count("\n") == 1


def test_without_any_python() -> None:
    assert said("")[0] == said("/finns/inte")[0] == 1


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_make_takes_the_first_python_that_will_do(tmp_path: Path, version: str) -> None:
    """One that is too old, and a name that only leads to an error, are passed by."""
    for name, code in (("python3.10", 0), (f"python{version}", 0), ("python3", 1)):
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {code}\n")
        (tmp_path / name).chmod(0o755)
    for name in {"python3.11", "python3.12", "python3.13"} - {f"python{version}"}:
        (tmp_path / name).write_text("#!/bin/sh\necho no such version >&2\nexit 127\n")
        (tmp_path / name).chmod(0o755)
    done = subprocess.run(
        ["make", "--no-print-directory", "--eval", "which: ; @echo $(PYTHON)", "which"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
    )
    assert done.stdout.split() == [f"python{version}"]
