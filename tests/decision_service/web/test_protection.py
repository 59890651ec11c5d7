"""The pages by which somebody is marked as protected, and by which two people end it."""

from __future__ import annotations

import re
from typing import Any

from decision_service.access.roles import Role
from tests.decision_service.api.test_protected import SIGNS
from tests.world.logs import logged
from tests.world.people import NOVEMBER, TENANT, application, personal_number
from tests.world.service import Whole
from tests.world.visitors import Visitor, visitor

HOME = f"/k/{TENANT}"
MARK = {"basis": "SEKRETESSMARKERING", "told_by": "Mamman", "until": "2026-09-01", "reason": "Hon ringde."}


def seeing(whole: Whole, name: str) -> Visitor:
    return visitor(whole, Role.HANDLAGGARE, Role.ACTIVITY_SECRETARY, Role.PROTECTED, name=name)


def marked(by: Visitor, case: str, **changes: str) -> Any:
    """Somebody in a case is marked by the form of its page."""
    shown = by.get(f"{HOME}/ko/{case}").text
    person = re.search(r'name="person" value="([^"]+)"', shown)
    assert person is not None
    return by.send(f"{HOME}/ko/{case}/atgard", {"gor": "skydda", "person": person[1], **MARK, **changes})


def test_whoever_hears_of_it_marks_and_two_others_end_it(whole: Whole) -> None:
    case = whole.eservice().apply(application(whole.person(), NOVEMBER))
    worker, one, other = visitor(whole, Role.HANDLAGGARE), seeing(whole, "Lo Lind"), seeing(whole, "Mo Ek")
    refused = marked(worker, case, told_by="")
    assert refused.status_code == 422
    assert 'href="#skydd-told_by"' in refused.text
    with logged() as log:
        told = marked(worker, case)
        assert told.status_code == 200
        assert "Därför ser du inte längre ärendet" in told.text
        assert worker.get(f"{HOME}/ko/{case}").status_code == 404
    assert case in log.getvalue()
    assert not SIGNS.search(log.getvalue())
    assert "Inget väntar." in worker.get(f"{HOME}/skydd").text
    assert "Skydd att ta ställning till" not in worker.get(f"{HOME}/ko").text
    assert "Skydd att ta ställning till" in one.get(f"{HOME}/ko").text
    listed = one.get(f"{HOME}/skydd").text
    assert "Skyddet gällde till och med den 1 september 2026. Ska det tas bort?" in listed
    links = re.findall(rf'href="({HOME}/skydd/[0-9a-f]+)"', one.get(f"{HOME}/ko/{case}").text)
    path = links[0]
    assert f'href="{path}"' in listed
    assert "Mamman" in one.get(path).text
    assert one.send(f"{path}/svar", {"gor": "bort", "skal": ""}).status_code == 422
    assert one.send(f"{path}/svar", {"gor": "bort", "skal": "Upphävt."}).status_code == 303
    assert one.send(f"{path}/godkannande", {"gor": "godkann", "skal": ""}).status_code == 409
    assert worker.get(f"{HOME}/ko/{case}").status_code == 404
    assert worker.get(path).status_code == 404
    assert worker.send(f"{path}/godkannande", {"gor": "godkann", "skal": ""}).status_code == 404
    assert "Upphävt." in other.get(path).text
    assert other.send(f"{path}/godkannande", {"gor": "godkann", "skal": ""}).status_code == 303
    assert "Borttaget" in other.get(path).text
    assert worker.get(f"{HOME}/ko/{case}").status_code == 200


def test_a_participant_is_marked_on_the_page(whole: Whole) -> None:
    plain, chosen = visitor(whole, Role.ACTIVITY_SECRETARY, purpose="planering"), seeing(whole, "Lo Lind")
    fields = {"personal_number": personal_number(whole.person()), "first_name": "Kim", "last_name": "Ek"}
    where = plain.send(f"{HOME}/deltagare/ny", {**fields, "day": "2026-09-01"}).headers["location"]
    step = {"step": "details", "version": "1", **MARK}
    refused = plain.send(f"{where}/steg", step | {"reason": ""})
    assert (refused.status_code, 'href="#details-protects"' in refused.text) == (422, True)
    assert "Därför ser du inte längre ärendet" in plain.send(f"{where}/steg", step).text
    assert plain.get(where).status_code == 404
    shown = chosen.get(where).text
    assert "hantera varsamt" in shown
    assert "/skydd/" in shown
