"""An evaluation as a case file: what was given, and the lines and sums that came of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from rules.evaluated import Evaluation
from rules.facts import Disputed, Entity, Known
from rules.language.types import KRONOR, Base
from rules.language.vocabulary import Term
from rules.outcome import HOUSEHOLD

_PLAIN = re.compile(r"[^\W\d]\w*")
"""What needs no quotes anywhere in YAML, and is no number."""


def case_file(name: str, evaluation: Evaluation, given: Sequence[Entity]) -> str:
    """A file with one case that expects what an evaluation of ``given`` came to."""
    law, terms = evaluation.law, evaluation.law.vocabulary.terms
    ids = dict(_ids(given))
    lines = [
        "fall: regler",
        "fallen:",
        f"  - namn: {_quoted(name)}",
        f"    månad: {law.month}",
        *([f"    kommun: {_quoted(law.municipality)}"] if law.municipality is not None else ()),
        "    givet:",
    ]
    by_kind: dict[str, list[Entity]] = {}
    for each in given:
        by_kind.setdefault(each.kind, []).append(each)
    for kind, members in by_kind.items():
        single = law.vocabulary.kinds[kind].single
        lines.append(f"      {kind}:")
        for each in members:
            values = dict(_values(each, terms, ids, single=single))
            text = "{" + ", ".join(f"{name}: {value}" for name, value in values.items()) + "}"
            lines.append(f"        {text}" if single else f"        - {text}")
    lines += ["    väntat:", "      poster:" if evaluation.outcome.lines else "      poster: []"]
    for line in evaluation.lines_in_order:
        about = f", för: {ids[line.subject]}" if line.subject in ids and line.subject != HOUSEHOLD else ""
        lines.append(f"        - {{regel: {line.rule}{about}, belopp: {_kronor(line.amount)}}}")
    lines.append("      summor:")
    for path, total in evaluation.totals.items():
        if isinstance(total, int) and path.startswith("kalkyl."):
            lines.append(f"        {path.removeprefix('kalkyl.')}: {_kronor(total)}")
    return "\n".join(lines) + "\n"


def _ids(given: Sequence[Entity]) -> Iterator[tuple[str, str]]:
    """What each entity is called in the case: as it is where that is a plain word."""
    for number, each in enumerate(given, 1):
        yield each.id, each.id if _PLAIN.fullmatch(each.id) else f"{each.kind}{number}"


def _values(
    entity: Entity, terms: Mapping[str, Term], ids: Mapping[str, str], *, single: bool
) -> Iterator[tuple[str, str]]:
    if not single:
        yield "id", ids[entity.id]
    if entity.owner is not None:
        yield "hör till", ids[entity.owner]
    for path, value in entity.values.items():
        term = terms[path]
        if not (term.answered and value is False) and not isinstance(value, Disputed):
            yield term.name, _written(term, value)


def _written(term: Term, value: Known) -> str:
    """A value as a case file says it."""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) else _quoted(value)
    if term.type.unit == KRONOR:
        return _kronor(value)
    if term.type.base is Base.NUMBER and isinstance(value, int):
        return str(value)
    raise ValueError(f"{term.path} går inte att skriva i ett fall.")


def _kronor(amount: int | Fraction) -> str:
    """Öre as kronor with a comma, as case files write them."""
    sign, (whole, part) = "-" if amount < 0 else "", divmod(abs(int(amount)), 100)
    return _quoted(f"{sign}{whole},{part:02d}") if part else f"{sign}{whole}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
