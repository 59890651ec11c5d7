"""A person's own data over HTTP: for whom, with what said, and in which forms."""

from __future__ import annotations

from decision_service.access.roles import Role
from tests.decision_service.api.test_applications import code
from tests.world.people import NOVEMBER, application, personal_number
from tests.world.service import Whole

PATH = "/personal-data/query"


def test_a_lawyer_gets_it_as_json_and_as_text_and_it_is_logged(whole: Whole) -> None:
    person = whole.person()
    number = {"personal_number": personal_number(person)}
    found = str(whole.eservice().send(application(person, NOVEMBER)).json()["id"])
    lawyer = whole.user(Role.JURIST)
    package = lawyer.post(PATH, number).json()
    assert package["schema"] == "egna-uppgifter/1"
    assert [each["id"] for each in package["applications"]] == [found]
    assert package["applications"][0]["log"][-1]["what"] == "Ärendet lästes"
    text = lawyer.ask("POST", PATH, number, accept="text/plain").text
    assert text.startswith(f"UPPGIFTER OM {number['personal_number']}, KOMMUN ")
    assert "DET HÄR ÄR INTE MED" in text


def test_of_somebody_nobody_knows_and_of_the_protected_the_answer_is_the_same(whole: Whole) -> None:
    unknown, protected = whole.person(), whole.person()
    form = application(protected, NOVEMBER)
    form["people"][0]["protected"] = True
    whole.eservice().send(form)
    lawyer, manager = whole.user(Role.JURIST), whole.user(Role.CHEF)
    answers = [lawyer.post(PATH, {"personal_number": personal_number(who)}) for who in (unknown, protected)]
    assert {(answer.status_code, code(answer)) for answer in answers} == {(404, "not-found")}
    shown = manager.post(PATH, {"personal_number": personal_number(protected)})
    assert shown.status_code == 200


def test_others_may_not(whole: Whole) -> None:
    number = {"personal_number": personal_number(whole.person())}
    for user in (whole.handlaggare(), whole.eservice(), whole.user(Role.ADMIN)):
        assert code(user.post(PATH, number)) == "forbidden"
