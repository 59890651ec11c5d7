"""What the codes in the agencies' answers mean, beside those of benefits: the table in ``codes.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from norms import document
from rules.schema import FileModel, validate

OutcomeWord = Literal["gäller", "avslag", "upphör"]
"""What a decision on a benefit comes to: it stands, the benefit is refused, or it ends."""

AddressRole = Literal["folkbokföring", "särskild", "utomlands"]
"""What an address is: that of the population register, another one, or one abroad."""


class _LifeCertificates(FileModel):
    blocked: frozenset[str] = Field(alias="spärrat")
    no_stop: frozenset[str] = Field(alias="inget_stopp")


class _Lefi(FileModel):
    answered: frozenset[str] = Field(alias="har_svarat")
    pensions_pays: str = Field(alias="pensionsmyndigheten")
    tax: frozenset[str] = Field(alias="skatt")
    less_benefit: frozenset[str] = Field(alias="lägre_förmån")
    claims: frozenset[str] = Field(alias="krav")
    address_roles: Mapping[str, AddressRole] = Field(alias="adressroller")
    cases: Mapping[str, str] = Field(alias="ärenden")
    outcomes: Mapping[str, Mapping[str, OutcomeWord]] = Field(alias="utfall")
    life_certificates: _LifeCertificates = Field(alias="levnadsintyg")

    @property
    def deductions(self) -> frozenset[str]:
        """Every kind of amount in the contract that is kept back. All others are compensation."""
        return self.tax | self.less_benefit | self.claims


class _Csn(FileModel):
    normal: str = Field(alias="normalt_resultat")
    quiet: frozenset[str] = Field(alias="utan_anmärkning")
    no_day: str = Field(alias="ingen_dag")
    paid: frozenset[str] = Field(alias="utbetald")
    planned: frozenset[str] = Field(alias="planerad")
    undecided: frozenset[str] = Field(alias="obeslutat_ärende")
    decided: frozenset[str] = Field(alias="beslutat_ärende")
    ended: frozenset[str] = Field(alias="avslutat_ärende")
    supports: Mapping[str, str] = Field(alias="stödformer")


class _Normal(FileModel):
    normal: str = Field(alias="normal_status")


class _So(FileModel):
    answered: frozenset[str] = Field(alias="har_svarat")
    benefit: str = Field(alias="förmån")


class _File(FileModel):
    lefi: _Lefi
    csn: _Csn
    af: _Normal
    so: _So
    skv: _Normal


_TABLE = validate(_File, document.read(Path(__file__).with_name("codes.yaml")))

LEFI, CSN, AF, SO, SKV = _TABLE.lefi, _TABLE.csn, _TABLE.af, _TABLE.so, _TABLE.skv
"""The codes of each agency."""
