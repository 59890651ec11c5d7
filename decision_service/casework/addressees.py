"""The adults of an application, to whom its letters go: the applicant first."""

from __future__ import annotations

import json
from collections.abc import Iterator

from decision_service.application.case_file import PersonRole
from decision_service.application.kept import AddressJson, ContentJson
from decision_service.outputs.addressee import Addressee
from decision_service.store.tables import ApplicationRow

_ADULTS = (PersonRole.APPLICANT, PersonRole.CO_APPLICANT)


def addressees_of(row: ApplicationRow) -> tuple[Addressee, ...]:
    """Everybody a letter about an application goes to."""
    return addressees(json.loads(row.content))


def addressees(content: ContentJson) -> tuple[Addressee, ...]:
    """The same, of an application's content. An address that the application gives is the household's."""
    people = content["people"]
    protected = any(one.get("protected") for one in people)
    shared = content["application"].get("address")
    return tuple(
        Addressee(
            person=one["id"],
            name=" ".join(name for name in (one.get("first_name"), one.get("last_name")) if name),
            personal_number=one.get("personal_number"),
            address=() if protected else tuple(_lines(one.get("address") or shared)),
            digital_mailbox=one.get("digital_mailbox"),
            protected=protected,
        )
        for role in _ADULTS
        for one in people
        if one["role"] == role
    )


def _lines(address: AddressJson | None) -> Iterator[str]:
    if address is None:
        return
    city = " ".join(part for part in (address.get("postalCode"), address.get("city")) if part)
    yield from (line for line in (address.get("street"), city) if line)
