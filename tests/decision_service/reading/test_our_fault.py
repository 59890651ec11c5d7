"""A fault of ours is told by where it arose, and what it says, which may be of somebody, is told nowhere."""

from __future__ import annotations

from decision_service.reading.our_fault import sort_and_place


def test_it_is_found_by_what_is_told_and_says_nothing_of_anybody() -> None:
    try:
        raise KeyError("19880209-9823")
    except KeyError as error:
        told = sort_and_place(error)
    assert told == "KeyError (test_our_fault.py, rad 10)"


def test_one_that_has_been_nowhere() -> None:
    assert sort_and_place(KeyError("19880209-9823")) == "KeyError"
