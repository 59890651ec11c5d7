"""A folder as a zip is taken in whole or not at all, and told in one sentence why not."""

from __future__ import annotations

import io
import stat
import zipfile

import pytest

from decision_service.lawmaking import folder
from decision_service.lawmaking.content import Content
from decision_service.reading.strict_json import InputError

GOOD = {
    "rules/vocabulary.yaml": "a: b\n",
    "rules/sets/national/x.yaml": "c: d\n",
    "rules/sets/national/x.fall.yaml": "fallen: []\n",
    "norms/kallor.yaml": "e: f\n",
}


def zipped(files: dict[str, str | bytes], *, link: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16 if name == link else 0o644 << 16
            archive.writestr(info, text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def test_what_is_packed_is_unpacked_again_the_same() -> None:
    assert folder.unpacked(folder.packed(GOOD)) == GOOD
    assert folder.packed(GOOD) == folder.packed(dict(reversed(GOOD.items())))


def test_a_copy_of_the_project_in_a_folder_of_its_own_is_taken_too() -> None:
    copy = {
        "mitt/rules/vocabulary.yaml": "a: b\n",
        "mitt/rules/faults.yaml": "not: law\n",
        "mitt/rules/book.py": "import os\n",
        "mitt/rules/sets/national/.DS_Store": "x",
        "mitt/norms/faults.yaml": "not: law\n",
        "mitt/norms/tables/kallor.yaml": "e: f\n",
        "mitt/README.md": "hej",
    }
    assert folder.unpacked(zipped(dict(copy))) == {
        "rules/vocabulary.yaml": "a: b\n",
        "norms/kallor.yaml": "e: f\n",
    }


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_folder"),
        (b"kommun: 9999\n" * 1000, "not_a_folder"),
        (zipped({"a/x.yaml": "x", "b/y.yaml": "y"}), "not_a_folder"),
        (zipped(GOOD | {"rules/../../etc/x.yaml": "x"}), "outside_folder"),
        (zipped(GOOD | {"/rules/x.yaml": "x"}), "outside_folder"),
        (zipped(GOOD | {"C:/x.yaml": "x"}), "outside_folder"),
        (zipped(GOOD | {"rules/l.yaml": "/etc/passwd"}, link="rules/l.yaml"), "link_in_folder"),
        (zipped(GOOD | {"rules/sets/national/x.exe": "x"}), "stranger_in_folder"),
        (zipped(GOOD | {"norms/riksnorm/2026.yaml": b"\xff\xfe"}), "not_utf8_in_folder"),
        (zipped(GOOD | {"norms/riksnorm/2026.yaml": "x" * 20_000_001}), "folder_too_large"),
        (zipped(GOOD | {f"norms/n/{number}.yaml": "" for number in range(2001)}), "folder_too_many_files"),
    ],
)
def test_what_is_no_folder_is_refused_in_one_sentence(content: bytes, code: str) -> None:
    with pytest.raises(InputError) as error:
        folder.unpacked(content)
    assert [each.code for each in error.value.faults] == [code]


def test_a_zip_that_lies_of_its_sizes_is_not_believed() -> None:
    bomb = bytearray(zipped({"rules/vocabulary.yaml": "x" * 30_000_000}))
    size = (30_000_000).to_bytes(4, "little")
    assert bomb.count(size) == 2
    with pytest.raises(InputError):
        folder.unpacked(bytes(bomb).replace(size, (10).to_bytes(4, "little")))


def test_a_folder_takes_the_place_of_what_it_has_and_leaves_the_rest() -> None:
    now = Content({}, {}).changed(GOOD)
    assert folder.taken_in({"rules/vocabulary.yaml": "ny\n"}, now) == {
        "rules/vocabulary.yaml": "ny\n",
        "rules/sets/national/x.yaml": None,
    }
