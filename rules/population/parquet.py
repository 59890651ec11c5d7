"""A population as a Parquet file: a row for every household, in it a column for every kind.

Of a kind there is one of a column is a record, of others a list of records. Amounts are whole öre, shares
hundredths of a percent, days dates, choices words; what is not known is null. ``hör till vuxen`` is the place
among the household's adults, from 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from norms.fault import Fault, MisfitError, fault
from rules.engines.columnar.population import GIVEN, ChoiceNumbers, GivenColumn, Members, Population
from rules.engines.columnar.values import Whole
from rules.language.types import Base
from rules.language.vocabulary import LARGEST, Kind, Term, Vocabulary
from rules.law import Law
from rules.population.synthetic import PART, synthetic

_OWNED_BY = "hör till "
_DAYS_BEFORE = 719_163
"""The number of 1970-01-01, from which Parquet counts days."""
_TYPES = {
    Base.YES_NO: pa.bool_(),
    Base.CHOICE: pa.string(),
    Base.NUMBER: pa.int64(),
    Base.DAY: pa.date32(),
}


def write(path: Path, parts: Iterable[Population], vocabulary: Vocabulary) -> int:
    """Write parts one after the other; the number of households."""
    words, writer, households = ChoiceNumbers(vocabulary), None, 0
    for part in parts:
        table = _table(part, vocabulary, words)
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
        households += part.size
    if writer is not None:
        writer.close()
    return households


def read(path: Path, law: Law, first: int = 0, every: int = 1) -> Iterator[Population]:
    """The parts of a file in their order; of several readers, the ``first`` of ``every``.

    Raises MisfitError for a file that is none, with every column that is missing, unknown or of a wrong type.
    """
    try:
        file = pq.ParquetFile(path)
        faults = [*_faults(file.schema_arrow, law)]
        if faults:
            raise MisfitError(*faults)
        words = ChoiceNumbers(law.vocabulary)
        for number, batch in enumerate(file.iter_batches(batch_size=PART)):
            if number % every == first:
                yield _population(batch, law.vocabulary, words)
    except (pa.ArrowException, OSError) as error:
        raise MisfitError(fault("population_unreadable", file=path.name)) from error


# --- what a file has to have


def _faults(schema: pa.Schema, law: Law) -> Iterator[Fault]:
    kinds = law.vocabulary.kinds
    twice = sorted({name for name in schema.names if schema.names.count(name) > 1})
    if twice:
        yield from (fault("population_column_twice", name) for name in twice)
        return
    there = {name: _fields(schema.field(name)) for name in schema.names}
    for name in there:
        if name not in kinds:
            yield fault("population_column_unknown", name)
    for name, fields in there.items():
        if name in kinds:
            yield from _of_kind(kinds[name], schema.field(name), fields)
    needed = synthetic(law, 1, 0, 0)
    for name, members in needed.members.items():
        for path in members.terms:
            term = law.vocabulary.terms[path]
            if not term.answered and term.name not in there.get(name, {}):
                yield fault("population_column_missing", name, term.name)


def _fields(column: pa.Field) -> Mapping[str, pa.DataType]:
    inner = column.type.value_type if pa.types.is_list(column.type) else column.type
    return {field.name: field.type for field in inner} if pa.types.is_struct(inner) else {}


def _of_kind(kind: Kind, column: pa.Field, fields: Mapping[str, pa.DataType]) -> Iterator[Fault]:
    wanted = "en post" if kind.single else "en lista av poster"
    if not fields or pa.types.is_list(column.type) is kind.single:
        yield fault("population_column_type", kind.name, found=str(column.type)[:60], wanted=wanted)
        return
    for name, found in fields.items():
        owner = name.removeprefix(_OWNED_BY)
        term = kind.terms.get(name)
        if owner != name and owner in kind.owners:
            type_ = pa.int64()
        elif term is None or term.source not in GIVEN or term.type.base not in _TYPES:
            yield fault("population_column_unknown", kind.name, name)
            continue
        else:
            type_ = _TYPES[term.type.base]
        if found != type_:
            yield fault("population_column_type", kind.name, name, found=str(found), wanted=str(type_))


# --- from columns of Parquet to columns of a population, and back


def _population(batch: pa.RecordBatch, vocabulary: Vocabulary, words: ChoiceNumbers) -> Population:
    size = batch.num_rows
    rows = {name: _rows(batch.column(name), size) for name in batch.schema.names}
    members: dict[str, Members] = {}
    for name, (household, _, records) in rows.items():
        kind = vocabulary.kinds[name]
        terms: dict[str, GivenColumn] = {}
        owners: dict[str, Whole] = {}
        for field in records.type:
            column = records.field(field.name)
            if field.name.startswith(_OWNED_BY):
                owner = field.name.removeprefix(_OWNED_BY)
                starts = rows[owner][1] if owner in rows else np.zeros(size + 1, np.int64)
                place = column.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
                known = column.is_valid().to_numpy(zero_copy_only=False)
                strange = known & ((place < 0) | (place >= (starts[1:] - starts[:-1])[household]))
                if strange.any():
                    found = str(place[strange][0])
                    raise MisfitError(fault("population_owner", name, field.name, found=found))
                owners[owner] = np.where(place >= 0, place + starts[household], -1)
            else:
                term = kind.terms[field.name]
                terms[term.path] = _given(term, column, words)
        members[name] = Members(household, terms, owners)
    return Population(size, members).with_nobody_answering(vocabulary)


def _rows(column: pa.Array, size: int) -> tuple[Whole, Whole, pa.StructArray]:
    """The household of every record, where each household's begin, and the records."""
    if not pa.types.is_list(column.type):
        there = np.flatnonzero(column.is_valid().to_numpy(zero_copy_only=False))
        return there, np.searchsorted(there, np.arange(size + 1)), column.drop_null()
    lengths = column.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
    starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    return np.repeat(np.arange(size), lengths), starts, column.flatten()


def _given(term: Term, column: pa.Array, words: ChoiceNumbers) -> GivenColumn:
    known = column.is_valid().to_numpy(zero_copy_only=False)
    match term.type.base:
        case Base.CHOICE:
            found = column.dictionary_encode()
            texts = [str(each) for each in found.dictionary.to_pylist()]
            wrong = next((each for each in texts if each not in term.type.choices), None)
            if wrong is not None:
                raise MisfitError(fault("population_word", term.kind, term.name, found=wrong[:60]))
            listed = [words.numbers[each] for each in texts]
            at = found.indices.fill_null(0).to_numpy(zero_copy_only=False)
            numbers = np.array([*listed, 0], np.int64)[at] if listed else np.zeros(len(column), np.int64)
        case Base.DAY:
            days = column.cast(pa.int32()).fill_null(0).to_numpy(zero_copy_only=False)
            numbers = days.astype(np.int64) + _DAYS_BEFORE
        case _:
            filled = column.cast(pa.int64()).fill_null(0)
            numbers = filled.to_numpy(zero_copy_only=False).astype(np.int64)
    low, high = term.limits
    lowest, highest = (-LARGEST if low is None else low), (LARGEST if high is None else high)
    strange = known & ((numbers < lowest) | (numbers > highest))
    if term.type.base in (Base.NUMBER, Base.DAY) and strange.any():
        found = str(column.filter(pa.array(strange))[0])
        limits = {"low": str(lowest), "high": str(highest)}
        raise MisfitError(fault("population_value", term.kind, term.name, found=found, **limits))
    return GivenColumn(numbers, known)


def _table(part: Population, vocabulary: Vocabulary, words: ChoiceNumbers) -> pa.Table:
    columns: dict[str, pa.Array] = {}
    for name, members in part.members.items():
        kind = vocabulary.kinds[name]
        fields: dict[str, pa.Array] = {
            vocabulary.terms[path].name: _written(vocabulary.terms[path], given, words)
            for path, given in members.terms.items()
            if not vocabulary.terms[path].answered
        }
        for owner, index in members.owners.items():
            if (index >= 0).any():
                starts = np.searchsorted(part.of(owner).household, np.arange(part.size + 1))
                place = index - starts[members.household]
                fields[f"{_OWNED_BY}{owner}"] = pa.array(place, pa.int64(), mask=index < 0)
        if not fields:
            continue
        records = pa.StructArray.from_arrays(list(fields.values()), list(fields))
        if kind.single:
            columns[name] = records
        else:
            cuts = np.searchsorted(members.household, np.arange(part.size + 1)).astype(np.int32)
            columns[name] = pa.ListArray.from_arrays(pa.array(cuts), records)
    return pa.table(columns)


def _written(term: Term, given: GivenColumn, words: ChoiceNumbers) -> pa.Array:
    unknown: Any = ~np.asarray(given.known)
    match term.type.base:
        case Base.YES_NO:
            return pa.array(given.numbers != 0, pa.bool_(), mask=unknown)
        case Base.CHOICE:
            texts = np.array(words.words, object)[given.numbers]
            return pa.array(texts, pa.string(), mask=unknown)
        case Base.DAY:
            days = pa.array((given.numbers - _DAYS_BEFORE).astype(np.int32), pa.int32(), mask=unknown)
            return days.cast(pa.date32())
    return pa.array(given.numbers, pa.int64(), mask=unknown)
