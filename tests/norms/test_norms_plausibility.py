"""The plausibility check as a whole: silent on the real tables, loud on a wrong figure."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from norms.finding import FindingsError, Severity
from norms.load import TABLES, Norms, load, load_files, read_files
from norms.plausibility import check, check_file, check_files, doubts
from norms.table import Row, Series
from tests.world.sweeps import swept


def test_no_finding_on_the_real_tables() -> None:
    assert check() == []


@swept("path", sorted(TABLES.rglob("*.yaml")), ids=lambda path: path.name)
def test_no_finding_on_any_shipped_file_checked_alone(path: Path) -> None:
    assert check_file(path) == []


def test_doubts_are_warnings_and_form_is_an_error(files: dict[str, bytes]) -> None:
    doubt = check_files(_changed(files, "riksnorm/2025.yaml", "belopp: 7050", "belopp: 7500"))
    form = check_files(_changed(files, "riksnorm/2025.yaml", "belopp: 7050", "belopp: 7.050"))
    assert {finding.severity for finding in doubt} == {Severity.WARNING}
    assert {finding.severity for finding in form} == {Severity.ERROR}


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("riksnorm/2025.yaml", "belopp: 7050", "belopp: 7500"),
        ("riksnorm/2023.yaml", "2: {belopp: 1250", "2: {belopp: 1150"),
    ],
    ids=["couple 2025", "two persons 2023"],
)
def test_the_two_known_misprints_are_found_in_the_file_alone(
    tmp_path: Path, files: dict[str, bytes], file: str, old: str, new: str
) -> None:
    path = tmp_path / "ny.yaml"
    path.write_bytes(_changed(files, file, old, new)[file])
    findings = check_file(path)
    named = [finding for finding in findings if finding.file == str(path)]
    assert {finding.code for finding in named} >= {"N103", "N104"}


def test_a_copy_of_a_real_table_takes_its_place(tmp_path: Path, files: dict[str, bytes]) -> None:
    for name in ("riksnorm/2024.yaml", "kommuner/1280-malmo.yaml", "prisbasbelopp.yaml"):
        path = tmp_path / Path(name).name
        path.write_bytes(files[name])
        assert check_file(path) == []


def test_next_years_table_is_held_against_this_years(tmp_path: Path, files: dict[str, bytes]) -> None:
    text = files["riksnorm/2026.yaml"].decode()
    start, end = text.index("    avstämning:"), len(text)
    text = text[:start] + text[end:]
    text = (
        text.replace("2026-01", "2027-01").replace("2026-12", "2027-12").replace("procent: 0,7", "procent: 0")
    )
    path = tmp_path / "riksnorm-2027.yaml"
    path.write_text(text)
    assert check_file(path) == []
    path.write_text(text.replace("15-18: 4960", "15-18: 4970"))
    [finding] = check_file(path)
    assert (finding.code, finding.where) == ("N104", "riksnorm.barn.med_lunch[15-18]")
    assert finding.message == (
        "4 970 kr, väntat 4 960 kr: 4 960 kr i tabellen före (riksnorm/2026.yaml rad 25) med ändringen på "
        "rad 12 (oförändrat). Läs om båda beloppen i källan."
    )


def test_an_odd_but_real_amount_is_acknowledged_for_that_amount_only(files: dict[str, bytes]) -> None:
    both = _changed(files, "riksnorm/2011.yaml", "belopp: 1560", "belopp: 1570", count=2)
    assert {finding.code for finding in check_files(both)} == {"N104"}  # vouched for anew, but 2012 objects
    only = _changed(
        files, "riksnorm/2011.yaml", "3:\n            belopp: 1560", "3:\n            belopp: 1570"
    )
    assert [finding.code for finding in check_files(only)] == ["N013"]


def test_loading_refuses_what_is_wrongly_written_and_reports_all_of_it(files: dict[str, bytes]) -> None:
    broken = _changed(files, "riksnorm/2025.yaml", "belopp: 7050", "belopp: 7.050")
    broken = _changed(broken, "riksnorm/2024.yaml", "belopp: 3800", "belopp: 3 800")
    broken = _changed(broken, "prisbasbelopp.yaml", "källa: T", "källa: X")
    with pytest.raises(FindingsError) as error:
        load_files(broken)
    places = {(finding.file, finding.code) for finding in error.value.findings}
    assert places == {
        ("riksnorm/2025.yaml", "N002"),
        ("riksnorm/2024.yaml", "N002"),
        ("prisbasbelopp.yaml", "N007"),
    }


def test_a_missing_register_is_said_to_be_missing(files: dict[str, bytes]) -> None:
    rest = {name: content for name, content in files.items() if name != "kallor.yaml"}
    [finding] = check_files(rest)
    assert str(finding) == "kallor.yaml: fel N018: Filen saknas. Den måste finnas bland tabellerna."


def test_a_file_that_is_not_there_is_said_not_to_be(tmp_path: Path) -> None:
    [finding] = check_file(tmp_path / "ingen.yaml")
    assert str(finding) == (
        f"{tmp_path}/ingen.yaml: fel N018: Filen finns inte. Kontrollera namnet och mappen."
    )


def test_a_folder_of_its_own_can_be_loaded(tmp_path: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    (tmp_path / ".gömd").write_text("läses inte")
    assert read_files(tmp_path) == files
    assert load(tmp_path).files == files
    assert check(tmp_path) == []


_NORMS: list[tuple[dict[str, bytes], Norms, list[tuple[Series, Row]]]] = []


def _riksnorm() -> tuple[dict[str, bytes], Norms, list[tuple[Series, Row]]]:
    if not _NORMS:
        files = read_files(TABLES)
        norms = load_files(files)
        cells = [
            (series, row)
            for table in norms.tables
            if table.file.startswith("riksnorm/")
            for series, *_ in table.series.values()
            for row in series.rows
            if row.cell is not None and row.accepted is None
        ]
        _NORMS.append((files, norms, cells))
    return _NORMS[0]


@pytest.mark.slow
@given(data=st.data())
def test_any_wrong_riksnorm_figure_of_five_percent_or_more_is_found(data: st.DataObject) -> None:
    files, _, cells = _riksnorm()
    series, row = data.draw(st.sampled_from(cells))
    assert row.cell is not None
    true = row.cell.value // 100
    wrong = data.draw(st.integers(true // 3, true * 3).filter(lambda value: abs(value - true) * 20 >= true))
    lines = files[series.file].decode().split("\n")
    line = lines[row.line - 1]
    index = row.line - 1 if str(true) in line.partition(":")[2] else row.line
    key, _, rest = lines[index].partition(":")
    lines[index] = f"{key}:{rest.replace(str(true), str(wrong), 1)}"
    planted = {**files, series.file: "\n".join(lines).encode()}
    assert load_files(planted).files != files
    assert doubts(load_files(planted))


def _changed(files: dict[str, bytes], file: str, old: str, new: str, count: int = 1) -> dict[str, bytes]:
    text = files[file].decode()
    assert text.count(old) == count
    return {**files, file: text.replace(old, new).encode()}
