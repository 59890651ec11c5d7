"""The adults of an application, to whom its letters go: the applicant first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import orjson

from decision_service.application.adapters import knows_by_id
from decision_service.application.case_file import PersonRole
from decision_service.application.kept import AddressJson, ContentJson, PersonJson
from decision_service.outputs.addressee import Addressee
from decision_service.reading.said import said_in
from decision_service.store.tables import ApplicationRow

_say = said_in(__file__)
_ADULTS = (PersonRole.APPLICANT, PersonRole.CO_APPLICANT)


def addressees_of(row: ApplicationRow) -> tuple[Addressee, ...]:
    """Everybody a letter about an application goes to: the applicant, and the other one where it is known who
    that is. A letter to nobody could be anybody's; a person is asked who it is."""
    adults = addressees(orjson.loads(row.content))
    known = (to for to in adults[1:] if not to.is_nobody or knows_by_id(row.adapter, to.person))
    return *adults[:1], *known


def addressee(row: ApplicationRow, person: str | None) -> Addressee:
    """Somebody of an application to whom a letter was to go, whatever the person has become there since. The
    first version wrote one for all, and said of nobody that it was to them: it goes to the applicant."""
    content: ContentJson = orjson.loads(row.content)
    if person is None:
        return addressees(content)[0]
    return _addressee(content, next(one for one in content["people"] if one["id"] == person))


def addressees(content: ContentJson) -> tuple[Addressee, ...]:
    """The adults in an application's content, the applicant first."""
    return tuple(
        _addressee(content, one) for role in _ADULTS for one in content["people"] if one["role"] == role
    )


def nobody_lives(to: Sequence[Addressee]) -> bool:
    """Whether some adults are known, and somebody has said of each that the person has died."""
    return bool(to) and all(each.dead for each in to)


def _addressee(content: ContentJson, one: PersonJson) -> Addressee:
    """A person in an application's content. An address that the application gives is the household's."""
    protected = any(each.get("protected") for each in content["people"])
    address = one.get("address") or content["application"].get("address")
    name = " ".join(name for name in (one.get("first_name"), one.get("last_name")) if name)
    dead = one.get("died") is not None
    return Addressee(
        person=one["id"],
        name=_say("estate", namn=name) if dead and name else name,
        personal_number=one.get("personal_number"),
        address=() if protected else tuple(_lines(address)),
        digital_mailbox=False if dead else one.get("digital_mailbox"),
        protected=protected,
        dead=dead,
    )


def _lines(address: AddressJson | None) -> Iterator[str]:
    if address is None:
        return
    city = " ".join(part for part in (address.get("postalCode"), address.get("city")) if part)
    yield from (line for line in (address.get("street"), city) if line)
