"""The letters' texts, which policy staff own: read from a file and checked before any letter is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, model_validator

from decision_service.application.outcome import Decided
from decision_service.reading.sentences import sentences
from norms import document
from norms.document import Document
from norms.fault import MisfitError, fault
from rules.schema import FileModel, YesNo, validate

TEXTS = Path(__file__).with_name("texts") / "brev.yaml"

NoticeKind = Literal[
    "KOMPLETTERING",
    "PÅMINNELSE",
    "KVITTENS",
    "VÄNTAR",
    "KOMMUNICERING",
    "KOMMUNICERING_PÅMINNELSE",
    "HOS_HANDLÄGGARE",
    "AVSKRIVEN",
    "AVSKRIVEN_AVLIDEN",
    "TAS_UPP_IGEN",
    "KRAV",
    "KRAV_EFTERGES",
    "KRAV_SÄNKS",
    "KRAV_ÅTERTAS",
    "ÖVERKLAGANDE_AVVISAT",
    "ÖVERKLAGANDE_ÖVERLÄMNAT",
]
LetterKind = Literal[Decided, NoticeKind, "RÄTTELSE", "ÄNDRING", "DOM"]
Place = Literal[
    "belopp",
    "månad",
    "överskott",
    "underskott",
    "utbetalningsdag",
    "beslutsdag",
    "svara_senast",
    "väntar_till",
    "månaden_före",
    "mottagen",
    "kommun",
    "nämnd",
    "domstol",
    "adress",
    "kontakt",
    "ärende",
    "dag",
    "svarsdag",
    "ordinarie_dag",
    "språk",
    "timmar",
    "nästa_gång",
    "planens_slut",
    "handläggare",
    "andra_handläggare",
    "ändrat_beslutsdag",
    "ändrat_belopp",
    "skillnad",
    "redan",
    "betalas",
    "krav_före",
    "inbetalt",
    "åter",
    "dom",
    "överklagat",
    "fick_del",
    "sista_dag",
]
When = Literal[
    "automatiskt",
    "av_handläggare",
    "utan_handläggare",
    "godkänt",
    "beviljas",
    "beviljas_inte",
    "mer",
    "mer_till_en_del",
    "mer_redan_fått",
    "krav_del",
    "åter",
    "för_mycket",
    "utbetalning",
    "avviker",
    "grunder",
    "enligt_beräkningen",
    "motivering",
    "ändrat",
    "nedsatt",
    "nedsatt_utan_stöd",
    "beräkning",
    "överskott",
    "aktivitet",
    "flyttad",
    "barn",
    "tolk",
    "skyddad",
    "bevis",
]
ListName = Literal[
    "beräkning", "grunder", "nedsatt", "saknas", "aktivitet", "motivering", "ändrat", "barn", "lagar", "bevis"
]
RowName = Literal[
    "personal",
    "common",
    "cost",
    "other_cost",
    "income",
    "underskott",
    "överskott",
    "beviljat",
    "i_stället_för",
    "av",
    "barn_utan_rad",
    "något_språk",
    "okänd_månad",
    "gränsen",
    "källa",
]
PlanName = Literal["timmar", "nästa_gång", "planens_slut"]

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_AMOUNT = re.compile(r"[0-9]\s*(kr\b|kronor\b|öre\b)")


def _checked(value: Any) -> Any:
    if not isinstance(value, str) or not value.strip():
        raise MisfitError(fault("no_text"))
    for name in PLACEHOLDER.findall(value):
        if name not in get_args(Place):
            raise MisfitError(fault("no_such_place", place=f"{{{name}}}", known=", ".join(get_args(Place))))
    if "{" in PLACEHOLDER.sub("", value) or "}" in PLACEHOLDER.sub("", value):
        raise MisfitError(fault("lone_brace"))
    if _AMOUNT.search(value):
        raise MisfitError(fault("amount_in_text"))
    return value


Words = Annotated[str, BeforeValidator(_checked)]


class LetterText(FileModel):
    """A letter: its heading and its parts in order."""

    heading: Words = Field(alias="rubrik")
    parts: tuple[str, ...] = Field(alias="avsnitt")


class PartText(FileModel):
    """A part: heading, paragraphs, a list from the decision, when it belongs in a letter, and whether it
    stands in a frame.

    ``unsure`` is for whoever reviews the text; it is never printed.
    """

    heading: Words = Field(alias="rubrik")
    when: When | None = Field(default=None, alias="när")
    provisions: tuple[str, ...] = Field(alias="lagrum")
    paragraphs: tuple[Words, ...] = Field(alias="stycken")
    items: ListName | None = Field(default=None, alias="lista")
    framed: YesNo = Field(default=False, alias="ram")
    unsure: str | None = Field(default=None, alias="osäkert")


class LetterTexts(FileModel):
    """All letters."""

    letters: Mapping[LetterKind, LetterText] = Field(alias="brev")
    rows: Mapping[RowName, Words] = Field(alias="rader")
    plan: Mapping[PlanName, Words] = Field(alias="planering")
    laws: Mapping[str, Words] = Field(alias="lagar")
    parts: Mapping[str, PartText] = Field(alias="avsnitt")

    @model_validator(mode="after")
    def _whole(self) -> LetterTexts:
        for kinds, found in (
            (get_args(LetterKind), self.letters),
            (get_args(RowName), self.rows),
            (get_args(PlanName), self.plan),
        ):
            missing = [kind for kind in kinds if kind not in found]
            if missing:
                raise MisfitError(fault("texts_missing", names=", ".join(missing)))
        used = {name for letter in self.letters.values() for name in letter.parts}
        if unknown := sorted(used - set(self.parts)):
            raise MisfitError(fault("no_such_parts", names=", ".join(unknown)))
        if unused := sorted(set(self.parts) - used):
            raise MisfitError(fault("unused_parts", names=", ".join(unused)))
        return self


def read_texts(found: Document) -> LetterTexts:
    """The texts of a file. Raises FindingsError with every fault in it and its line."""
    return validate(LetterTexts, found, said=sentences)


@cache
def texts() -> LetterTexts:
    """The texts that come with the service."""
    return read_texts(document.read(TEXTS))
