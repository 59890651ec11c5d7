"""What two releases say differently, over the API."""

from __future__ import annotations

from datetime import timedelta

import pytest

from decision_service.log import releases
from tests.rules.test_difference import edited
from tests.world.service import Whole


@pytest.mark.slow
def test_two_releases_that_a_municipality_has_decided_by_are_compared(one: Whole) -> None:
    office = one.service.office
    (first,) = (each["id"] for each in one.http.get("/v1/9999/releases").json()["items"])
    other = edited({"norms/riksnorm/2026.yaml": ("3940", "3960")})
    with office.engine.begin() as connection:
        releases.publish(office.log, connection, "9999", other, one.clock() + timedelta(minutes=1))
    path = f"/v1/9999/releases/{other.release}/difference?since={first}"
    answer = one.http.get(path)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    (change,) = found["changes"]
    assert (change["sort"], change["name"], change["correction"]) == ("belopp", "riksnorm.vuxen.ensam", True)
    assert [part["after"] for part in change["parts"]] == ["3 960 kr"]
    assert (found["before"], found["after"]) == (first, other.release)
    again = one.http.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert one.http.get(f"/v1/9999/releases/{'0' * 64}/difference?since={first}").status_code == 404
    assert one.http.get(f"/v1/1287/releases/{other.release}/difference?since={first}").status_code == 404
