"""Keys are files that only their owner can read, in forms that others know."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.errors import KeyFileError
from audit.keys import FileKeyStore
from audit.verify import WrongError, open_note, read_key

ORIGIN = "1287.lagrum.example/audit"


def file_of(folder: Path, use: str) -> Path:
    (path,) = folder.glob(f"1287/{use}-*.key")
    return path


def test_a_signature_of_another_implementation_is_understood() -> None:
    """The example in the documentation of Go's golang.org/x/mod/sumdb/note."""
    key = read_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
    )
    signature = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    assert open_note(f"{text}\n— PeterNeumann {signature}\n", key) == text
    with pytest.raises(WrongError, match=r"^Underskriften med nyckel c74f20a3 saknas eller är falsk\.$"):
        open_note(f"{text} \n— PeterNeumann {signature}\n", key)


def test_made_private_and_read_again(tmp_path: Path) -> None:
    store = FileKeyStore(tmp_path / "keys")
    key = store.new_signing_key("1287", ORIGIN)
    wrapping = store.new_wrapping_key("1287")
    for path in (tmp_path / "keys").glob("*/*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    again = FileKeyStore(tmp_path / "keys")
    assert again.signing_key("1287", key.id).public == key.public
    assert again.wrapping_key("1287", wrapping) == store.wrapping_key("1287", wrapping)
    assert len(store.wrapping_key("1287", wrapping)) == 32
    assert open_note(key.sign("hej\n"), read_key(key.public)) == "hej\n"


def test_refused_when_others_may_read(tmp_path: Path) -> None:
    FileKeyStore(tmp_path).new_signing_key("1287", ORIGIN)
    path = file_of(tmp_path, "signing")
    os.chmod(path, 0o640)
    with pytest.raises(KeyFileError) as error:
        FileKeyStore(tmp_path).signing_key("1287", path.stem.removeprefix("signing-"))
    assert str(error.value) == (
        f"Nyckelfilen {path} kan läsas av andra än ägaren (rättigheter 0640). Väntade 0600. "
        f"Kör: chmod 600 {path}"
    )


@pytest.mark.parametrize("name", ["", "1287"])
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o720, 0o702, 0o1777])
def test_nothing_from_or_to_a_folder_that_others_may_write_in(tmp_path: Path, name: str, mode: int) -> None:
    """Else whoever has another account on the machine takes away what the folder remembers."""
    folder = tmp_path / "keys"
    store = FileKeyStore(folder)
    signing = store.new_signing_key("1287", ORIGIN)
    wrapping, writer = store.new_wrapping_key("1287"), store.new_writer_key("1287")
    store.writer_key("1287", writer)  # known from now on
    os.chmod(folder / name, mode)
    reads: list[Callable[[], object]] = [
        lambda: FileKeyStore(folder).signing_key("1287", signing.id),
        lambda: FileKeyStore(folder).wrapping_key("1287", wrapping),
        lambda: FileKeyStore(folder).writer_key("1287", writer),
        lambda: FileKeyStore(folder).remembered("1287"),
        lambda: store.writer_key("1287", writer),
        lambda: store.remember("1287", "x\n"),
        lambda: store.new_writer_key("1287"),
    ]
    for read in reads:
        with pytest.raises(KeyFileError) as error:
            read()
        assert str(error.value) == (
            f"I nyckelmappen {folder / name} kan andra än ägaren skriva (rättigheter {mode & 0o777:04o}). "
            f"Väntade 0700. Kör: chmod 700 {folder / name}"
        )
    os.chmod(folder / name, 0o755)
    for read in reads:
        read()


def test_folders_are_ours_alone_whatever_the_process_lets_others_do(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = FileKeyStore(tmp_path / "keys")
        store.new_wrapping_key("1287")
        store.remember("witnessed/abc", "x\n")
    finally:
        os.umask(before)
    folders = [path for path in (tmp_path / "keys", *(tmp_path / "keys").rglob("*")) if path.is_dir()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}
    assert len(folders) == 4


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError) as error:
        FileKeyStore(tmp_path).wrapping_key("1287", "00c0ffee")
    assert str(error.value) == (
        f"Nyckelfilen {tmp_path}/1287/wrapping-00c0ffee.key finns inte. Återställ den från säkerhetskopian."
    )


@pytest.mark.parametrize("damage", [b"", b"PRIVATE+KEY+x", b"\xff", b"QUJD\n"])
def test_damaged(tmp_path: Path, damage: bytes) -> None:
    store = FileKeyStore(tmp_path)
    signing, wrapping = store.new_signing_key("1287", ORIGIN).id, store.new_wrapping_key("1287")
    file_of(tmp_path, "signing").write_bytes(damage)
    file_of(tmp_path, "wrapping").write_bytes(damage)
    with pytest.raises(KeyFileError) as error:
        FileKeyStore(tmp_path).signing_key("1287", signing)
    assert str(error.value) == (
        f"Nyckelfilen {tmp_path}/1287/signing-{signing}.key är skadad. "
        f"Väntade en rad PRIVATE+KEY+namn+{signing}+nyckel. Återställ filen från säkerhetskopian."
    )
    with pytest.raises(KeyFileError) as error:
        FileKeyStore(tmp_path).wrapping_key("1287", wrapping)
    assert str(error.value) == (
        f"Nyckelfilen {tmp_path}/1287/wrapping-{wrapping}.key är skadad: nyckeln har inte numret {wrapping}. "
        "Återställ filen från säkerhetskopian."
    )


def test_a_file_under_another_keys_name_is_refused(tmp_path: Path) -> None:
    store = FileKeyStore(tmp_path)
    first, second = store.new_signing_key("1287", ORIGIN), store.new_signing_key("1287", ORIGIN)
    os.replace(tmp_path / f"1287/signing-{first.id}.key", tmp_path / f"1287/signing-{second.id}.key")
    with pytest.raises(KeyFileError, match="är skadad"):
        FileKeyStore(tmp_path).signing_key("1287", second.id)


def test_a_destroyed_wrapping_key_is_gone(tmp_path: Path) -> None:
    store = FileKeyStore(tmp_path)
    key = store.new_wrapping_key("1287")
    store.wrapping_key("1287", key)
    store.destroy_wrapping_key("1287", key)
    with pytest.raises(KeyFileError, match="finns inte"):
        store.wrapping_key("1287", key)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "namn",
        "namn+00000000+AQ==",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TX",
    ],
)
def test_a_mistyped_public_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_key(text)


def test_the_last_checkpoint_is_kept_as_closed_as_the_keys(tmp_path: Path) -> None:
    store = FileKeyStore(tmp_path / "keys")
    key = store.new_signing_key("1287", ORIGIN)
    assert store.remembered("1287") is None
    for size in (1, 2):
        note = key.sign(f"{ORIGIN}\n{size}\nAAAA\n")
        store.remember("1287", note)
        assert FileKeyStore(tmp_path / "keys").remembered("1287") == note
    names = sorted(path.name for path in (tmp_path / "keys" / "1287").iterdir())
    assert names == ["newest.note", f"signing-{key.id}.key"]
    assert stat.S_IMODE((tmp_path / "keys" / "1287" / "newest.note").stat().st_mode) == 0o600


def test_a_folder_that_cannot_remember_says_so(tmp_path: Path) -> None:
    (tmp_path / "nej").write_text("ingen mapp")
    with pytest.raises(KeyFileError, match="går inte att skriva i"):
        FileKeyStore(tmp_path / "nej").remember("1287", "x\n")
