"""``docs/adaptrar.md`` says what the code does: its tables are the tables of the code.

Run this file as a module to write the tables anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from decision_service.application.adapters import ADAPTERS
from decision_service.application.adapters.mitt_helsingborg.forms import forms
from decision_service.application.adapters.sundsvall import (
    CASEWORKER_INCOMES,
    COST_CODES,
    ENVELOPE_UNUSED,
    FIELDS,
    LISTS,
)
from decision_service.decision.facts import case_facts
from decision_service.registers.ssbtek.benefits import BENEFIT_NAMES, BENEFITS, OTHER_INFORMATION
from decision_service.registers.ssbtek.unused import LEFI_UNUSED, UNUSED
from tests.world.sweeps import swept

_OF_A_CASE: Mapping[str, Mapping[str, str]] = yaml.safe_load(
    Path(case_facts.__file__).with_name("unused.yaml").read_text("utf-8")
)
PAGE = Path(__file__).parents[3] / "docs" / "adaptrar.md"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table as Markdown."""
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "/") for cell in line) + " |" for line in lines)


def code(text: str) -> str:
    """A name as code, or nothing."""
    return f"`{text}`" if text else ""


def pairs(head: tuple[str, str], rows: Mapping[str, str]) -> str:
    """A table of names and what they mean."""
    return table(head, ([code(name), said] for name, said in rows.items()))


def _helsingborg() -> Iterable[list[str]]:
    for name, row in forms().rows.items():
        yield [code(name), code(row.becomes), row.how, code(row.code), row.person, row.text, row.topic]
    for name, topics in forms().no.items():
        yield [code(name), f"nekar {', '.join(topics)}", "kryss", "", "", "", ""]
    for name, person in forms().hidden.items():
        yield [code(name), "jämförs", "", "", person, "", ""]
    for name in forms().co_applicant_number:
        yield [code(name), "jämförs", "", "", "medsökande", "", ""]


def _sundsvall() -> Iterable[list[str]]:
    for name in FIELDS:
        yield [code(name), code(name)]
    for name, (model, inner) in LISTS.items():
        yield [code(f"{name}[]"), f"{model.__name__}: {', '.join(inner)}"]


def _benefits() -> Iterable[list[str]]:
    named = {f"{agency}:{name}" for agency in ("FK", "PM") for name in BENEFIT_NAMES}
    for key, benefit in BENEFITS.items():
        if key not in named:
            sure = "ja" if benefit.sure else "nej"
            yield [
                code(key) if key else "(okänd kod)",
                benefit.label,
                code(benefit.choice),
                sure,
                benefit.source,
            ]


TABLES: dict[str, str] = {
    "adaptrar": table(
        ("adapter", "läses av"), ([code(name), code(read.__module__)] for name, read in ADAPTERS.items())
    ),
    "sundsvall-fält": table(("fält", "till"), _sundsvall()),
    "sundsvall-kostnader": pairs(("kod", "blir"), {name: code(to) for name, to in COST_CODES.items()}),
    "sundsvall-inkomster": ", ".join(code(name) for name in sorted(CASEWORKER_INCOMES)) + ".",
    "sundsvall-oanvänt": pairs(("fält", "varför det inte används"), ENVELOPE_UNUSED),
    "helsingborg-fält": table(("fält", "blir", "svar", "kod", "vem", "text", "ämne"), _helsingborg()),
    "helsingborg-oanvänt": pairs(
        ("fält", "varför det inte används"), {name: one.why for name, one in forms().unused.items()}
    ),
    "helsingborg-kuvert": pairs(("fält", "varför det inte används"), forms().case_unused),
    "ssbtek-oanvänt": pairs(("fält", "varför det inte används"), UNUSED),
    "lefi-oanvänt": pairs(("del", "varför övriga fält i den inte används"), LEFI_UNUSED),
    "förmåner": table(("kod", "namn", "ord i reglerna", "säker", "källa"), _benefits()),
    "förmånsnamn": pairs(("namn i svaret", "ord i reglerna"), {k: code(v) for k, v in BENEFIT_NAMES.items()}),
    "upplysningar": pairs(("kod", "upplysning"), OTHER_INFORMATION),
    "ärende-oanvänt": pairs(("fält", "varför"), _OF_A_CASE["oanvänt"]),
    "ärende-kan-saknas": pairs(("fält", "varför"), _OF_A_CASE["kan saknas"]),
    "ärende-ifyllt": pairs(("fält", "varför"), _OF_A_CASE["ifyllt"]),
    "ärende-tidigare-månader": pairs(("fält", "varför"), _OF_A_CASE["tidigare månader"]),
    "ärende-tillfällen-som-inte-har-varit": pairs(
        ("fält", "varför"), _OF_A_CASE["tillfällen som inte har varit"]
    ),
    "ärende-e-tjänster": pairs(("format och fält", "varför"), _OF_A_CASE["e-tjänster"]),
    "ärende-e-tjänster-saknas": pairs(("format och fält", "varför"), _OF_A_CASE["e-tjänster kan saknas"]),
    "ärende-e-tjänster-två-gånger": pairs(("format och rad", "varför"), _OF_A_CASE["e-tjänster två gånger"]),
    "ärende-registersvar": pairs(("fält", "varför"), _OF_A_CASE["registersvar"]),
    "ärende-registersvar-saknas": pairs(("fält", "varför"), _OF_A_CASE["registersvar kan saknas"]),
    "ärende-två-gånger": pairs(("rad", "varför"), _OF_A_CASE["två gånger"]),
}


def marked(name: str) -> re.Pattern[str]:
    """Where a table stands in the page."""
    return re.compile(rf"(<!-- tabell: {name} -->\n).*?(\n<!-- slut -->)", re.DOTALL)


@swept("name", TABLES)
def test_the_page_has_the_table_of_the_code(name: str) -> None:
    found = marked(name).search(PAGE.read_text(encoding="utf-8"))
    assert found is not None
    assert found[0] == f"<!-- tabell: {name} -->\n{TABLES[name]}\n<!-- slut -->"


def test_the_page_has_no_other_table_than_those_of_the_code() -> None:
    found = re.findall(r"<!-- tabell: (.+?) -->", PAGE.read_text(encoding="utf-8"))
    assert found == list(TABLES)


def write() -> None:
    """Write the tables of the code into the page."""
    text = PAGE.read_text(encoding="utf-8")
    for name, content in TABLES.items():
        text = marked(name).sub(lambda found, content=content: found[1] + content + found[2], text)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
