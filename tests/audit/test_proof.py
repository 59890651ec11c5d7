"""The proof on a letter: short, the same for ever, checkable alone, also when typed from paper."""

from __future__ import annotations

import pytest
from defusedxml.ElementTree import fromstring

from audit import proof, qr, verify_database
from audit.errors import LogError
from audit.verify import Report, WrongError, check_letter, read_checkpoint, read_key, read_letter, unbase64
from tests.audit.world import World


def letter(world: World, seq: int) -> str:
    with world.engine.connect() as connection:
        return proof.letter(connection, "1287", seq)


def check(world: World, text: str) -> Report:
    report = Report()
    check_letter(report, text, read_key(world.public["1287"]))
    return report


def test_the_text(world: World) -> None:
    decided = world.decide()
    world.append()
    note = world.checkpoint()
    text = letter(world, decided.seq)
    lines = text.split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1].startswith("extra ")
    assert lines[2] == "index 3"
    assert [len(line) for line in lines[3:6]] == [44, 44, 44]
    assert lines[6] == ""
    assert text.endswith(f"\n\n{note}")
    assert str(check(world, text)) == (
        "OK   Post 3 fanns i 1287.lagrum.example/audit när loggen hade 5 poster. "
        f"Nyckel {world.public['1287'].split('+')[1]}.\n"
        "OBS  Om brevets ord är ändrade syns först med ärendets utdrag: verify.py UTDRAGET BREVET.\n"
        "=>   Allt som kontrollerats stämmer."
    )


def test_it_stays_the_same_while_the_log_grows(world: World) -> None:
    decided = world.decide()
    world.checkpoint()
    before = letter(world, decided.seq)
    world.append()
    world.checkpoint()
    assert letter(world, decided.seq) == before
    assert verify_database(world.engine, world.public, [before]).ok


def test_there_must_be_a_checkpoint(world: World) -> None:
    world.checkpoint()
    decided = world.decide()
    with pytest.raises(LogError) as error:
        letter(world, decided.seq)
    assert str(error.value) == (
        "Post 3 i kommun 1287 täcks inte av någon checkpoint. Skapa en med Log.checkpoint."
    )


def test_every_entry_of_a_growing_log_can_be_proven(memory_world: World) -> None:
    for _ in range(20):
        memory_world.append()
        note = memory_world.checkpoint()
        for seq in range(read_checkpoint(note)[1]):
            assert check(memory_world, letter(memory_world, seq)).ok


def test_typed_from_paper(world: World) -> None:
    decided = world.decide()
    world.append()
    world.checkpoint()
    typed = letter(world, decided.seq)
    typed = (
        "\r\n\r\n".join(f"  {line} " for line in typed.split("\n"))
        .replace("—", "-")
        .replace("index ", "index   ")
    )
    assert check(world, typed.strip()).ok


def test_one_wrong_character_is_noticed(world: World) -> None:
    decided = world.decide()
    world.append()
    world.checkpoint()
    text = letter(world, decided.seq)
    for at, character in enumerate(text):
        if character.isalnum():
            other = "B" if character != "B" else "C"
            wrong = text[:at] + other + text[at + 1 :]
            assert not holds(world, wrong), f"{character} -> {other} at {at}"


def holds(world: World, text: str) -> bool:
    try:
        return check(world, text).ok
    except (WrongError, ValueError):
        return False


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda text: text.replace("index 3", "plats 3"),
            "de tre första raderna ska vara tlog-proof, extra och index",
        ),
        (lambda text: text.split("\n")[0], "de tre första raderna ska vara tlog-proof, extra och index"),
        (lambda text: text.replace("index 3", "index tre"), "invalid literal for int() with base 10: 'tre'"),
    ],
)
def test_unreadable(world: World, change: object, message: str) -> None:
    decided = world.decide()
    world.checkpoint()
    with pytest.raises(ValueError) as error:  # noqa: PT011
        read_letter(change(letter(world, decided.seq)))  # type: ignore[operator]
    assert str(error.value) == message


def test_a_letter_of_a_large_log_fits_a_qr_code(world: World) -> None:
    """A million entries give twenty hashes; the text is then 1 200 characters."""
    decided = world.decide()
    world.append()
    world.checkpoint()
    text = letter(world, decided.seq)
    long = text.replace("index 3\n", "index 999999\n" + ("A" * 43 + "=\n") * 17)
    assert len(long) < 1250
    code = fromstring(qr.svg(long))
    assert code.get("width") == str(2 * (109 + 8)), "version 23"


def test_a_letter_of_another_log_with_the_same_key(world: World) -> None:
    decided = world.decide()
    world.checkpoint()
    text = letter(world, decided.seq)
    key = world.keys.signing_key("1287", world.public["1287"].split("+")[1])
    proof_part, checkpoint = text.split("\n\n")[:2]
    note = key.sign(checkpoint.replace("lagrum.example", "annan.example") + "\n")
    assert not check(world, f"{proof_part}\n\n{note}").ok


@pytest.mark.parametrize("text", ["AB==", "AA=", "AA", "A A==", "AA==\n", "A-=="])
def test_base64_has_one_form(text: str) -> None:
    assert unbase64("AA==") == b"\0"
    with pytest.raises(ValueError, match=r".+"):
        unbase64(text)


@pytest.mark.parametrize("size", ["05", "+5", "5_0", " 5", "fem", ""])
def test_a_size_has_one_form(size: str) -> None:
    root = "A" * 43 + "="
    assert read_checkpoint(f"logg\n5\n{root}\n") == ("logg", 5, bytes(32))
    with pytest.raises(ValueError, match=r".+"):
        read_checkpoint(f"logg\n{size}\n{root}\n")
