"""Tables of amounts as DMN 1.3 decision tables, a file for each, and back.

Amounts are whole numbers in the smallest parts (öre, hundredths of a percent). An amount that nobody knows
has no rule, and so no answer. What each further key adds stands as a calculation in the rule for all keys
beyond. Bands are written so that FEEL and simpler engines read them alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from norms import amount
from norms.band import Band
from norms.fault import MisfitError, fault
from norms.table import Series

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
_OURS = "https://lagrum.se/norms"
_OUTPUT = "belopp"
_BAND = re.compile(r"\? >= ([0-9]{1,3}) and \? <= ([0-9]{1,3})|>= ([0-9]{1,3})|([0-9]{1,3})")
_BEYOND = re.compile(r"([0-9]{1,15}) \+ \((\w+) - ([0-9]{1,3})\) \* ([0-9]{1,15})")
_PLAIN = re.compile(r"0|[1-9][0-9]{0,14}")
_UNIQUE = "UNIQUE"


@dataclass(frozen=True)
class DecisionTable:
    """A table of amounts. ``further`` is a key, and what each one of it beyond the last adds."""

    name: str
    unit: str
    keys: tuple[str, ...]
    rows: Mapping[tuple[Band, ...], int]
    further: tuple[str, int] | None


def table_of(series: Series) -> DecisionTable:
    """The known amounts of a series that has keys."""
    further = None
    if series.further is not None and series.further.row.cell is not None:
        further = series.dimensions[series.further.dimension].name, series.further.row.cell.value
    rows = {row.keys: row.cell.value for row in series.rows if row.cell is not None}
    return DecisionTable(
        series.name, series.unit, tuple(each.name for each in series.dimensions), rows, further
    )


# --- out


def written(table: DecisionTable, about: str) -> bytes:
    """A table as a DMN file; ``about`` says which month and provision it is of."""
    root = ElementTree.Element(
        "definitions", {"xmlns": NAMESPACE, "id": "lagrum", "name": table.name, "namespace": _OURS}
    )
    name = re.sub(r"\W", "_", table.name)
    decision = ElementTree.SubElement(root, "decision", {"id": name, "name": table.name})
    ElementTree.SubElement(decision, "description").text = about
    ElementTree.SubElement(decision, "variable", {"name": name, "typeRef": "number"})
    own = ElementTree.SubElement(decision, "decisionTable", {"id": f"{name}_tabell", "hitPolicy": _UNIQUE})
    for key in table.keys:
        given = ElementTree.SubElement(own, "input", {"id": f"in_{key}", "label": key})
        expression = ElementTree.SubElement(given, "inputExpression", {"typeRef": "number"})
        ElementTree.SubElement(expression, "text").text = key
    ElementTree.SubElement(
        own, "output", {"id": "ut", "label": table.unit, "name": _OUTPUT, "typeRef": "number"}
    )
    for number, (bands, text) in enumerate(_rules(table), 1):
        rule = ElementTree.SubElement(own, "rule", {"id": f"regel_{number}"})
        for place, band in enumerate(bands):
            entry = ElementTree.SubElement(rule, "inputEntry", {"id": f"regel_{number}_in_{place}"})
            ElementTree.SubElement(entry, "text").text = _test(band)
        entry = ElementTree.SubElement(rule, "outputEntry", {"id": f"regel_{number}_ut"})
        ElementTree.SubElement(entry, "text").text = text
    ElementTree.indent(root)
    return b"%s\n" % ElementTree.tostring(root, "utf-8", xml_declaration=True)


def _rules(table: DecisionTable) -> Iterator[tuple[tuple[Band, ...], str]]:
    yield from ((bands, str(value)) for bands, value in table.rows.items())
    if table.further is None:
        return
    key, step = table.further
    place = table.keys.index(key)
    last = max(bands[place].high or 0 for bands in table.rows)
    for bands, value in table.rows.items():
        if bands[place].high == last:
            beyond = (*bands[:place], Band(last + 1, None), *bands[place + 1 :])
            yield beyond, f"{value} + ({key} - {last}) * {step}"


def _test(band: Band) -> str:
    """A band as DMN asks whether a key lies in it."""
    if band.high is None:
        return f">= {band.low}"
    return str(band.low) if band.low == band.high else f"? >= {band.low} and ? <= {band.high}"


# --- in


def read(content: bytes) -> DecisionTable:
    """The table of a DMN file as ``written`` gives it. Raises MisfitError for anything else."""
    try:
        root = fromstring(content)
    except (ElementTree.ParseError, DefusedXmlException, ValueError):
        raise MisfitError(fault("dmn_not_xml")) from None
    decisions = root.findall(_of("decision"))
    table = decisions[0].find(_of("decisionTable")) if len(decisions) == 1 else None
    outputs = table.findall(_of("output")) if table is not None else []
    if table is None or [each.get("name") for each in outputs] != [_OUTPUT]:
        raise MisfitError(fault("dmn_not_one_table"))
    unit, policy = outputs[0].get("label", ""), table.get("hitPolicy", _UNIQUE)
    if unit not in amount.UNITS:
        raise MisfitError(fault("dmn_unit", found=unit[:60], units=", ".join(amount.UNITS)))
    if policy != _UNIQUE:
        raise MisfitError(fault("dmn_hit_policy", found=policy[:60]))
    keys = tuple(_text(each, "inputExpression/text") for each in table.findall(_of("input")))
    rows: dict[tuple[Band, ...], int] = {}
    further = None
    said: list[tuple[tuple[Band, ...], str]] = []
    for number, rule in enumerate(table.findall(_of("rule")), 1):
        bands = tuple(_band(_text(each, "text"), number) for each in rule.findall(_of("inputEntry")))
        given = _text(rule, "outputEntry/text")
        beyond = _BEYOND.fullmatch(given)
        one = len(bands) == len(keys) and len(rule.findall(_of("outputEntry"))) == 1
        if not one or (beyond is None and _PLAIN.fullmatch(given) is None):
            raise MisfitError(fault("dmn_rule", number=number, found=given[:60]))
        meets = (at for at, (there, _) in enumerate(said, 1) if all(map(Band.meets, bands, there)))
        if (at := next(meets, None)) is not None:
            raise MisfitError(fault("dmn_overlap", number=number, other=at))
        said.append((bands, given))
        if beyond is None:
            rows[bands] = int(given)
        else:
            further = beyond[2], int(beyond[4])
    found = DecisionTable(decisions[0].get("name", ""), unit, keys, rows, further)
    _require_followed(found, said)
    return found


def _require_followed(table: DecisionTable, said: Sequence[tuple[tuple[Band, ...], str]]) -> None:
    """That what lies beyond all keys follows from the last of them, in every row. Raises MisfitError."""
    key = None if table.further is None else table.further[0]
    if key is not None and (not table.rows or key not in table.keys):
        raise MisfitError(fault("dmn_not_one_table"))
    due = set(_rules(table))
    for number, rule in enumerate(said, 1):
        if rule not in due:
            raise MisfitError(fault("dmn_beyond", number=number, found=rule[1][:60]))
    if missing := due - set(said):
        raise MisfitError(fault("dmn_beyond_missing", found=sorted(text for _, text in missing)[0]))


def _of(path: str) -> str:
    return "/".join(f"{{{NAMESPACE}}}{part}" for part in path.split("/"))


def _text(node: ElementTree.Element, path: str) -> str:
    return (node.findtext(_of(path)) or "").strip()


def _band(text: str, number: int) -> Band:
    found = _BAND.fullmatch(text)
    if found is None:
        raise MisfitError(fault("dmn_rule", number=number, found=text[:60]))
    low, high, least, single = found.groups()
    if low is not None and int(low) > int(high):
        raise MisfitError(fault("dmn_rule", number=number, found=text[:60]))
    if least is not None:
        return Band(int(least), None)
    return Band(int(single), int(single)) if single is not None else Band(int(low), int(high))


def as_rows(table: DecisionTable) -> str:
    """A table as the rows of a norm table's file, to be pasted."""
    lines = [f"{table.name}:", "  belopp:"]
    for bands, value in table.rows.items():
        key = ", ".join(band.plain for band in bands)
        lines.append(f"    {key}: {amount.plain(value, table.unit)}")
    if table.further is not None:
        key, step = table.further
        lines.append(f"  därutöver: {{{key}: {amount.plain(step, table.unit)}}}")
    return "\n".join(lines)
