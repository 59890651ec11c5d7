"""A stranger checks a letter: its proof, and every word of it against those that were logged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from audit import EntryKind, bundle, proof
from audit.verify import LETTER
from tests.audit.packages import export, letter, run, stranger
from tests.audit.world import FILES, RELEASE, World


def test_a_stranger_checks_a_letter(decided: World, tmp_path: Path) -> None:
    (tmp_path / "verify.py").write_text(bundle.VERIFIER.read_text("utf-8"), "utf-8")
    (tmp_path / "brev.txt").write_text(letter(decided), "utf-8")
    (tmp_path / "nyckel.txt").write_text(decided.public["1287"] + "\n", "utf-8")
    done = run(tmp_path, "brev.txt", "--key", "nyckel.txt")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("OK   Post 5 fanns i 1287.lagrum.example/audit när loggen hade 6 poster.")
    done = run(tmp_path, "brev.txt", "--key", decided.public["1384"])
    assert done.returncode == 1
    assert "FEL  Underskriften är 1287.lagrum.example/audit med nyckel" in done.stdout
    both = ["--key", decided.public["1384"], "--key", "nyckel.txt"]
    assert run(tmp_path, "brev.txt", *both).returncode == 0
    done = run(tmp_path, "brev.txt", "--key", "nyckel.txt", "--checkpoint", "brev.txt")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "brev.txt går inte att läsa: ett brev kan jämföras med annat först genom ärendets utdrag: UTDRAGET "
        "BREVET. Väntade utdraget som zip, dess paket.json eller ett brev, som det sparades.\n"
    )


@pytest.mark.parametrize(
    "saved",
    ["\ufeff{}", "\n\n{}", "Beslut\nDu får 12 010 kr.\n\n{}\n\nÖverklaga senast 20 december.\n", "   {}"],
)
def test_a_letter_is_checked_as_it_was_saved(decided: World, tmp_path: Path, saved: str) -> None:
    (tmp_path / "verify.py").write_text(bundle.VERIFIER.read_text("utf-8"), "utf-8")
    (tmp_path / "brev.txt").write_text(saved.format(letter(decided)), "utf-8")
    done = run(tmp_path, "brev.txt", "--key", decided.public["1287"])
    assert (done.returncode, done.stderr) == (0, "")


SENT = "Beslut\nDu får 12 010 kr.\n\n{}\n\nÖverklaga senast 20 december.\n"


@pytest.fixture
def sent(decided: World, tmp_path: Path) -> tuple[dict[str, str], str]:
    """The export of a case whose letter is logged with its proof, and the letter."""
    text = SENT.format(letter(decided))
    decided.append(kind=EntryKind.LETTER, purpose="beslutsbrev", personal={"text": text})
    decided.checkpoint()
    return export(decided, releases={RELEASE: FILES}), text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "status", "told"),
    [
        (lambda text: text, 0, "OK   Brevet är ord för ord det som loggades."),
        (lambda text: "\ufeff" + text.replace("\n", "\r\n"), 0, "OK   Brevet är ord för ord"),
        (
            lambda text: text.replace("12 010", "22 010"),
            1,
            "FEL  Brevet är inte det som loggades: ”",
        ),
        (lambda text: text.replace("Överklaga senast 20 december.", ""), 1, "FEL  Brevet är inte det som"),
        (lambda text: text + "Du får 500 kr till.", 1, "FEL  Brevet är inte det som loggades"),
        (lambda text: text[text.index("c2sp") : text.index("\n\nÖver")], 0, "OBS  Bara beviset är sparat."),
    ],
)
def test_the_words_of_a_saved_letter_are_held_against_those_that_were_logged(
    decided: World,
    sent: tuple[dict[str, str], str],
    tmp_path: Path,
    change: Callable[[str], str],
    status: int,
    told: str,
) -> None:
    files, text = sent
    (tmp_path / "brev.txt").write_text(change(text), "utf-8")
    for way in (["brev.txt"], ["--checkpoint", "brev.txt"]):
        found, said = stranger(decided, tmp_path, files, *way)
        assert (found, told in said) == (status, True), said


@pytest.mark.slow
def test_every_figure_of_a_letter_counts(
    decided: World, sent: tuple[dict[str, str], str], tmp_path: Path
) -> None:
    """Whatever digit is another, the letter is no longer the one that was sent."""
    files, text = sent
    before, _, after = text.partition(LETTER)
    figures = [at for at, sign in enumerate(before) if sign.isdigit()]
    assert len(figures) == 5
    for at in figures:
        changed = before[:at] + str(9 - int(before[at])) + before[at + 1 :] + LETTER + after
        (tmp_path / "brev.txt").write_text(changed, "utf-8")
        assert stranger(decided, tmp_path, files, "brev.txt")[0] == 1


def test_several_letters_are_checked_at_once(decided: World, tmp_path: Path) -> None:
    (tmp_path / "verify.py").write_text(bundle.VERIFIER.read_text("utf-8"), "utf-8")
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(SENT.format(letter(decided)), "utf-8")
    done = run(tmp_path, "a.txt", "b.txt", "--key", decided.public["1287"])
    assert (done.returncode, done.stdout.count("OK   Post 5 fanns i")) == (0, 2)


def test_a_letter_whose_words_are_withheld_cannot_be_compared(
    decided: World, sent: tuple[dict[str, str], str], tmp_path: Path
) -> None:
    (tmp_path / "brev.txt").write_text(sent[1], "utf-8")
    found, said = stranger(decided, tmp_path, export(decided, withhold={"text"}), "brev.txt")
    assert (found, "OBS  Brevets ord är gallrade, utelämnade" in said) == (0, True), said


def test_a_letter_whose_entry_is_not_in_the_package_is_told(decided: World, tmp_path: Path) -> None:
    """The letter of another case, and a letter with a path that leads nowhere."""
    with decided.engine.connect() as connection:
        other = proof.letter(connection, "1287", 2)
    files = export(decided, releases={RELEASE: FILES}, earlier=[other])
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "brev.txt").write_text(other, "utf-8")
    status, said = stranger(decided, folder, files, "--checkpoint", "brev.txt")
    assert (status, "FEL  Brevet gäller post 2, som inte är en av ärendets poster" in said) == (1, True)
    lines = letter(decided).split("\n")
    lines[3] = lines[4]
    (folder / "brev.txt").write_text("\n".join(lines), "utf-8")
    status, said = stranger(decided, folder, files, "--checkpoint", "brev.txt")
    assert (status, "FEL  Brevets bevis för post 5" in said) == (1, True)
