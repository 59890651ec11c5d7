"""Which release decides a month, after any number of publishings and takings-back."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from decision_service.log.publications import deciding, spans
from decision_service.store.tables import PublicationRow
from norms.month import Month

MONTHS = [str(Month(2026, 10).plus(step)) for step in range(8)]
NOW = datetime(2026, 11, 1, tzinfo=UTC)


@given(st.lists(st.tuples(st.sampled_from([None, *MONTHS]), st.sampled_from("abc")), max_size=12))
def test_each_publication_decides_its_first_month_and_all_after_until_another_does(
    later: list[tuple[str | None, str]],
) -> None:
    made = [(None, "own"), *later]
    rows = [
        PublicationRow(tenant="9999", number=number, release=release, first=first, published_at=NOW)
        for number, (first, release) in enumerate(made, 1)
    ]
    expected: dict[str, str] = {}
    for first, release in made:
        expected |= {month: release for month in MONTHS if first is None or first <= month}
    assert {month: deciding(rows, month).release for month in MONTHS} == expected
    found = spans(rows)
    assert {month: found[max(each for each in found if each <= month)] for month in MONTHS} == expected
