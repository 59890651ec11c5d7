"""What the agencies call the benefits they pay, and the words of the rules for them: ``benefits.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic import Field

from decision_service.reading.said import said_in
from norms import document
from rules.schema import FileModel, validate

_say = said_in(__file__)

UNKNOWN_BENEFIT = "okänd_förmån"


class Benefit(NamedTuple):
    """A benefit of the registers: the word of the rules, its Swedish name, and how its meaning is known.

    ``sure`` is False where neither the contract nor the answer itself says what the code means. The word is
    then ``okänd_förmån``, and a person has to look.
    """

    choice: str
    label: str
    sure: bool
    source: str


class _Code(FileModel):
    word: str = Field(UNKNOWN_BENEFIT, alias="ord")
    name: str = Field(alias="namn")
    source: str = Field(_say("unexplained_code"), alias="källa")


class _File(FileModel):
    codes: Mapping[str, _Code] = Field(alias="koder")
    names: Mapping[str, str] = Field(alias="namn")
    narrower: Mapping[str, tuple[str, ...]] = Field(alias="snävare")
    pensions: frozenset[str] = Field(alias="pensionsmyndigheten betalar")
    information: Mapping[str, str] = Field(alias="upplysningar")


_TABLE = validate(_File, document.read(Path(__file__).with_name("benefits.yaml")))

BENEFIT_NAMES = _TABLE.names
"""Names that an answer itself may give a benefit, in lower case, and the word of the rules."""

BENEFITS: Mapping[str, Benefit] = {
    "": Benefit(UNKNOWN_BENEFIT, _say("unknown_benefit"), False, _say("unexplained_code")),
    **{
        code: Benefit(each.word, each.name, each.word != UNKNOWN_BENEFIT, each.source)
        for code, each in _TABLE.codes.items()
    },
    **{
        f"{agency}:{name}": Benefit(choice, name.capitalize(), True, _say("name_in_answer"))
        for agency in ("FK", "PM")
        for name, choice in BENEFIT_NAMES.items()
    },
}
"""Every benefit code that a payment can carry. A code that is not here is ``BENEFITS[""]``."""

NARROWER = _TABLE.narrower
"""Words that say more exactly what another word says."""

PENSIONS = _TABLE.pensions
"""What Pensionsmyndigheten may have paid, in the words of the rules."""

CHOICES: tuple[str, ...] = tuple(sorted({each.choice for each in BENEFITS.values()}))
"""Every word for a benefit that the vocabulary of the rules must know."""

OTHER_INFORMATION = _TABLE.information
"""Codes of the contract that are information and never a payment."""


def benefit(code: str) -> Benefit:
    """What a benefit code means. A code that nobody has listed is an unknown benefit."""
    return BENEFITS.get(code, BENEFITS[""])


def label_of(code: str) -> str:
    """The Swedish name of a benefit, or what the agency calls it where the code is not listed."""
    known = BENEFITS.get(code)
    return known.label if known is not None else code.partition(":")[2].capitalize() or BENEFITS[""].label


def paid_benefit(agency: str, code: str, name: str) -> str:
    """The key in BENEFITS of a benefit that an agency calls both by a code and by a name.

    The code counts where its meaning is sure and the name does not say otherwise, else the name. What
    neither settles keeps code and name, and is therefore unknown.
    """
    key, said = f"{agency}:{code}", " ".join(name.lower().split())
    known, named = benefit(key), BENEFIT_NAMES.get(said)
    if named is None:
        return key
    if not known.sure or named in NARROWER.get(known.choice, ()):
        return f"{agency}:{said}"
    return key if named == known.choice else f"{key}/{said}"
