"""The table for people and the data for machines."""

from __future__ import annotations

import json
from pathlib import Path

from norms.load import Norms
from norms.month import Month
from norms.show import as_json, render

SNAPSHOTS = Path(__file__).parent / "snapshots"


def test_the_whole_table_of_a_month(norms: Norms) -> None:
    shown = render(norms.resolve(Month(2026, 11), "9999"))
    assert shown + "\n" == (SNAPSHOTS / "2026-11-9999.txt").read_text()


def test_what_people_see(norms: Norms) -> None:
    shown = render(norms.resolve(Month(2025, 6), "1384"))
    assert "Kommunen har inga egna belopp för månaden i tabellerna." in shown
    assert "SocF (2001:937) 2 kap. 1 § (SFS 2024:1016). Gäller 2025-01 till 2025-06." in shown
    assert "7 050 kr" in shown
    assert "✓✓  verifierad_två_källor: läst i två källor som säger samma sak" in shown
    assert max(map(len, shown.splitlines())) <= 100


def test_unknown_and_acknowledged_amounts_are_told(norms: Norms) -> None:
    shown = render(norms.resolve(Month(2011, 1)))
    assert "okänt  ?" in shown
    assert "Beloppen utan lunch för året är inte kända." in shown
    assert "3 år: Kontrollerat. Källan anger 1560." in shown
    rooms = render(norms.resolve(Month(2024, 1), "0884"))
    assert "1–2 vuxna, 0–1 barn: Beror på antalet rum." in rooms


def test_every_month_and_municipality_can_be_shown(norms: Norms) -> None:
    for code in (None, *norms.municipalities):
        for month in (Month(2011, 1), Month(2018, 3), Month(2023, 4), Month(2025, 7), Month(2026, 12)):
            view = norms.resolve(month, code)
            shown, data = render(view), as_json(view)
            assert all(series.type.title in shown for series in view.all_series())
            assert json.loads(json.dumps(data)) == data


def test_the_data_of_a_month(norms: Norms) -> None:
    data = as_json(norms.resolve(Month(2026, 11), "9999"))
    assert (data["month"], data["municipality"], data["municipality_name"], data["fictitious"]) == (
        "2026-11",
        "9999",
        "Exempelkommun",
        True,
    )
    listed = data["series"]
    assert isinstance(listed, list)
    series = {one["name"]: one for one in listed}
    common = series["riksnorm.gemensam"]
    assert common["valid"] == {"from": "2026-01", "to": "2026-12"}
    assert common["sfs"] == "2025:1046"
    assert common["dimensions"] == [{"name": "personer", "unit": "personer"}]
    assert common["cells"][4] == {
        "keys": [[5, 5]],
        "value": 233000,
        "text": "2 330 kr",
        "status": "verifierad_två_källor",
        "confirmed": True,
        "source": "SFS 2025:1046, tabellen för 2026 i socialtjänstförordningen (2025:468); "
        "Riksnorm 2026 i kommunalt verksamhetssystem, september 2026",
        "note": "",
        "accepted": None,
        "file": "riksnorm/2026.yaml",
        "line": 47,
    }
    assert (common["further"]["dimension"], common["further"]["value"]) == ("personer", 19000)
    assert series["underhållsstöd"]["valid"] == {"from": "2025-01", "to": None}
    assert series["underhållsstöd"]["cells"][2]["keys"] == [[181, None]]
    assert series["jobbstimulans.andel"]["cells"][0]["value"] == 2500
    assert series["kommun.internetgräns"]["municipal"] is True


def test_an_unknown_amount_is_null(norms: Norms) -> None:
    data = as_json(norms.resolve(Month(2012, 1)))
    listed = data["series"]
    assert isinstance(listed, list)
    [cell] = next(one for one in listed if one["name"] == "riksnorm.barn.utan_lunch")["cells"]
    assert (cell["value"], cell["status"], cell["confirmed"]) == (None, "okänd", False)
