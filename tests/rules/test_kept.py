"""A rulebook kept between two runs: the same as one read anew, or not believed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from decision_service.installation import settings
from norms.fault import Fault
from rules import kept, written
from rules.book import Rulebook


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the user's own in which rulebooks are kept."""
    place = tmp_path / "kept"
    monkeypatch.setenv(kept.VARIABLE, str(place))
    return place


@pytest.fixture
def read_anew(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by one each time the files are read and checked."""
    times: list[str] = []
    checked = kept._checked

    def counted(*files: dict[str, bytes]) -> Rulebook:
        times.append("read")
        return checked(*files)

    monkeypatch.setattr(kept, "_checked", counted)
    return times


def only(folder: Path) -> Path:
    """The one file in the folder."""
    [found] = folder.iterdir()
    return found


def content(book: Rulebook) -> bytes:
    """Everything in a rulebook but the bytes of its files."""
    return written.write(book, (book.files, book.norms.files))


def test_a_kept_rulebook_is_the_one_that_was_read(folder: Path, read_anew: list[str], book: Rulebook) -> None:
    kept.load()
    found = kept.load()
    assert read_anew == ["read"]
    assert found.release == book.release
    assert (found.rules, found.vocabulary, found.settings) == (book.rules, book.vocabulary, book.settings)
    assert found.confirmations == book.confirmations
    assert content(found) == content(kept._checked(kept.read_files(kept.ROOT), book.norms.files))
    assert dict(found.files) == dict(book.files)


def test_equal_parts_are_kept_once_and_what_only_looks_equal_is_not() -> None:
    first, second, yes = written.read(written.write(((1, "a"), (1, "a"), (True, "a")), ()), ())
    assert first is second
    assert first == (1, "a")
    assert [type(each) for each in (*first, *yes)] == [int, str, bool, str]


def test_what_is_shared_cannot_be_changed() -> None:
    first, _ = written.read(written.write(({}, {}), ()), ())
    with pytest.raises(TypeError):
        first["a"] = 1


def test_only_data_can_be_kept() -> None:
    with pytest.raises(TypeError, match="cannot hold"):
        written.write((Fault((), "x"),), ())
    with pytest.raises(KeyError):
        written.read(b'[["os.system", "true"]]', ())


def flipped(whole: bytes, place: int) -> bytes:
    """The same with one byte that is another, whatever it was."""
    return whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]


@pytest.mark.slow
def test_a_damaged_file_is_read_anew_and_mended(folder: Path, read_anew: list[str]) -> None:
    kept.load()
    whole = only(folder).read_bytes()
    for damaged in (b"", whole[:-1], flipped(whole, 40), flipped(whole, 0)):
        only(folder).write_bytes(damaged)
        kept.load()
        assert only(folder).read_bytes() == whole
    assert read_anew == ["read"] * 5


@pytest.mark.slow
@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
def test_a_folder_that_others_can_write_is_not_believed(
    folder: Path, read_anew: list[str], mode: int
) -> None:
    kept.load()
    folder.chmod(mode)
    kept.load()
    assert read_anew == ["read"] * 2


@pytest.mark.parametrize("mode", [0o660, 0o606])
def test_a_file_that_others_can_write_is_not_believed(folder: Path, read_anew: list[str], mode: int) -> None:
    kept.load()
    only(folder).chmod(mode)
    kept.load()
    assert read_anew == ["read"] * 2


def test_a_file_of_somebody_else_is_not_believed(
    folder: Path, read_anew: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.load()
    monkeypatch.setattr(os, "getuid", lambda: os.stat(folder).st_uid + 1)
    kept.load()
    assert read_anew == ["read"] * 2


def test_a_link_is_not_followed(folder: Path, read_anew: list[str], tmp_path: Path) -> None:
    kept.load()
    place = only(folder)
    place.rename(tmp_path / "elsewhere.json")
    place.symlink_to(tmp_path / "elsewhere.json")
    kept.load()
    assert read_anew == ["read"] * 2


def test_a_changed_file_is_another_rulebook_and_the_old_one_is_taken_away(
    folder: Path, read_anew: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.load()
    first = only(folder)
    read_files = kept.read_files
    changed = {"sets/national/riksnorm.yaml": b"\n# a remark\n"}
    monkeypatch.setattr(
        kept,
        "read_files",
        lambda root: {name: text + changed.get(name, b"") for name, text in read_files(root).items()},
    )
    kept.load()
    assert only(folder) != first
    assert read_anew == ["read"] * 2


def test_another_program_is_another_rulebook(
    folder: Path, read_anew: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.load()
    sources = [*kept._sources()]
    monkeypatch.setattr(kept, "_sources", lambda: [*sources, ("rules/new.py", b"")])
    kept.load()
    assert read_anew == ["read"] * 2
    assert {"rules/build.py", "rules/language/grammar.lark", "norms/build.py"} <= {
        name for name, _ in sources
    }


def test_the_service_does_not_stumble_on_the_setting(folder: Path) -> None:
    assert os.environ[kept.VARIABLE] == str(folder)
    settings.load_settings()


def test_nothing_else_in_the_folder_is_touched(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / "letter.json").write_text("{}")
    kept.load()
    assert (folder / "letter.json").read_text() == "{}"


@pytest.mark.parametrize("setting", ["", "/proc/no/such/folder"])
def test_where_nothing_can_be_kept_everything_is_read(
    read_anew: list[str], monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    monkeypatch.setenv(kept.VARIABLE, setting)
    monkeypatch.setattr(kept.written, "read", pytest.fail)
    kept.load()
    kept.load()
    assert read_anew == ["read"] * 2


def test_without_the_setting_it_is_the_users_own_cache_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(kept.VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/own")
    assert kept._place("x") == Path("/var/own/lagrum/x.json")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert kept._place("x") == Path.home() / ".cache/lagrum/x.json"


@pytest.mark.slow
def test_two_writers_leave_one_whole_file(folder: Path, read_anew: list[str], book: Rulebook) -> None:
    threads = [threading.Thread(target=kept.load) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    times = len(read_anew)
    assert kept.load().release == book.release
    assert len(read_anew) == times
    assert only(folder).suffix == ".json"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "unneeded"),
    [
        (["rules", "show", "riksnorm.vuxen.ensam"], {"yaml", "lark", "sqlalchemy", "fastapi", "alembic"}),
        # The words for the codes of the form are read each time: a twentieth of the whole.
        (["estimate", "examples/estimate/alternating-child.json"], {"lark", "sqlalchemy", "fastapi"}),
    ],
    ids=["rules show", "estimate"],
)
def test_a_second_run_loads_only_what_it_needs(folder: Path, command: list[str], unneeded: set[str]) -> None:
    program = (
        "import sys\nfrom decision_service.cli import main\nmain(sys.argv[1:])\n"
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    root = Path(kept.__file__).parents[1]
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", program, *command], cwd=root, capture_output=True, text=True, check=True
        )
    assert done.stdout
    assert not unneeded & set(done.stderr.split())
