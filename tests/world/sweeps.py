"""Sweeps: a test tried on many values, of which `make check` tries a share and `make properties` all."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import wraps
from typing import Any, TypeVar

import pytest
from hypothesis import settings

Case = TypeVar("Case")
Test = Callable[..., None]


def share(cases: Iterable[Case], of: int, kind: Callable[[Case], Hashable] = lambda case: None) -> list[Case]:
    """One in so many of the cases of each kind, at least one; all of them in ``make properties``.

    Which ones is the same each time. Each kind begins at another place than the one before, so that what
    comes again in every kind, as its days or its values, is met in some of them.
    """
    kinds: dict[Hashable, list[int]] = {}
    given = list(cases)
    for place, case in enumerate(given):
        kinds.setdefault(kind(case), []).append(place)
    if settings.get_current_profile_name() == "full":
        return given
    begun = ((places, number % min(of, len(places))) for number, places in enumerate(kinds.values()))
    return [given[place] for place in sorted(place for places, at in begun for place in places[at::of])]


def rest_slow(cases: Iterable[Any], fast: int = 1) -> list[Any]:
    """The cases of a test that takes long: the first of them in ``make test``, the others in the slow run."""
    given = list(cases)
    slow = [
        pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.slow)
        for case in given
    ]
    return [*given[:fast], *slow[fast:]]


def _short(value: Any) -> str:
    return repr(value)[:100]


def swept(
    names: str | Sequence[str],
    values: Iterable[Any],
    ids: Sequence[str] | Callable[[Any], str] = _short,
) -> Callable[[Test], Test]:
    """The same as pytest.mark.parametrize, but one test, which tells every value that it fails on: what
    pytest does about a test takes longer than most of these take. Fails where there is nothing to try.
    """
    given, several = list(values), not isinstance(names, str)
    words = tuple(names) if several else (names,)

    def of(test: Test) -> Test:
        @wraps(test)
        def each(**fixtures: Any) -> None:
            assert given, "There is nothing to try."
            faults: dict[str, BaseException] = {}
            for number, value in enumerate(given):
                taken = dict(zip(words, value if several else (value,), strict=True))
                try:
                    test(**taken, **fixtures)
                except (Exception, pytest.fail.Exception) as fault:
                    called = f"{number} {ids(value) if callable(ids) else ids[number]}"
                    fault.add_note(f"tried on {called}")
                    faults[called] = fault
            if faults:
                told = f"{len(faults)} of {len(given)} fail: {'; '.join(faults)}"
                raise BaseExceptionGroup(told, [*faults.values()])

        signature = inspect.signature(test)
        left = [each for name, each in signature.parameters.items() if name not in words]
        each.__signature__ = signature.replace(parameters=left)  # type: ignore[attr-defined]
        return each

    return of
