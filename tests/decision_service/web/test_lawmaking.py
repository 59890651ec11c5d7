"""Policy staff draft, somebody else approves and publishes, and it can be taken back: page by page."""

from __future__ import annotations

import io
import re
import zipfile

import httpx
import pytest

from decision_service.access.roles import Role
from tests.world.drafting import AMOUNTS, OWN, ReadHere, check
from tests.world.people import TENANT
from tests.world.service import Whole
from tests.world.visitors import Visitor, visitor

HOME = f"/k/{TENANT}/lagandringar"
OLD, NEW = "2, 0: 7200", "2, 0: 7400"


@pytest.fixture
def drafting(one: Whole) -> Whole:
    one.service.checker = ReadHere()
    return one


def begin(somebody: Visitor, purpose: str = "Hyresgränsen höjs") -> str:
    answer = somebody.send(f"{HOME}/ny", {"syfte": purpose})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def version(somebody: Visitor, draft: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', somebody.get(draft).text)
    assert found is not None
    return found[1]


def text(somebody: Visitor, draft: str, name: str = AMOUNTS) -> str:
    page = somebody.get(f"{draft}/fil?namn={name}").text
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert found is not None
    return found[1].replace("&#34;", '"').replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def write(
    somebody: Visitor, draft: str, new: str, name: str = AMOUNTS, seen: str | None = None
) -> httpx.Response:
    fields = {"version": seen or version(somebody, draft), "namn": name, "text": new, "gor": "spara"}
    return somebody.send(f"{draft}/fil", fields)


def test_a_change_from_the_first_word_to_its_taking_back(drafting: Whole) -> None:
    policy = visitor(drafting, Role.POLICY, name="Kim Ek")
    publicist = visitor(drafting, Role.PUBLICIST, name="Eva Lind")
    draft = begin(policy)
    assert write(policy, draft, text(policy, draft).replace(OLD, NEW)).status_code == 303
    assert "Kontrollen pågår" in policy.get(draft).text
    check(drafting)
    page = policy.get(draft).text
    assert "Inga fynd." in page
    assert "Rättelse av det förflutna" in page
    told = policy.get(f"{draft}/skillnad").text.replace("\xa0", " ")
    assert "7 200 kr</td><td>7 400 kr" in told
    assert "Ändrat belopp: kommun.hyresgräns" in told
    assert "ändrat belopp kommun.hyresgräns" in page
    refused = publicist.send(f"{draft}/godkannande", {"version": version(publicist, draft), "gor": "ja"})
    assert (refused.status_code, "behöver ett skäl" in refused.text) == (409, True)
    said = {"step": "describe", "purpose": "Hyresgränsen", "reason": "Beslut § 80."}
    assert policy.send(f"{draft}/steg", {"version": version(policy, draft), **said}).status_code == 303
    seen = {"version": version(publicist, draft)}
    assert publicist.send(f"{draft}/godkannande", {**seen, "gor": "ja"}).status_code == 303
    assert publicist.send(f"{draft}/publicering", {**seen, "fran": "2026-13"}).status_code == 422
    done = publicist.send(f"{draft}/publicering", {**seen, "fran": "2026-12"})
    assert done.status_code == 303, done.text
    page = policy.get(HOME).text
    assert "december 2026" in page
    assert "Gör ett utkast som tar tillbaka 2" in page
    back = policy.send(f"{HOME}/ny", {"syfte": "Tillbaka", "tar_tillbaka": "2"}).headers["location"]
    assert OLD in text(policy, back)


def test_what_another_has_saved_is_shown_beside_what_one_wrote(drafting: Whole) -> None:
    policy, other = visitor(drafting, Role.POLICY), visitor(drafting, Role.POLICY, name="Bo Ask")
    draft = begin(policy)
    whole, seen = text(policy, draft, OWN), version(policy, draft)
    assert write(other, draft, f"{whole}# Bo var här\n", OWN).status_code == 303
    late = write(policy, draft, f"{whole}# Kim var här\n", OWN, seen)
    assert late.status_code == 409
    assert "Någon annan har sparat" in late.text
    assert "# Bo var här" in late.text
    assert "# Kim var här" in late.text
    assert "# Kim var här" not in text(policy, draft, OWN)


def test_a_folder_is_given_out_and_taken_in_again(drafting: Whole) -> None:
    policy = visitor(drafting, Role.POLICY)
    draft = begin(policy)
    given = policy.get(f"{draft}/mapp")
    assert given.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(given.content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files[OWN] += b"# En rad till.\n"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    for content, status in ((b"inte en zip", 422), (out.getvalue(), 303)):
        fields = {"csrf": policy.csrf(), "version": version(policy, draft)}
        sent = {"mapp": ("mapp.zip", content, "application/zip")}
        answer = policy.http.post(f"{draft}/mapp", data=fields, files=sent, headers=policy.headers)
        assert answer.status_code == status, answer.text
    assert "# En rad till." in text(policy, draft, OWN)
    assert policy.get(draft).text.count("ändrad</td>") == 1


def test_the_check_as_one_types_names_the_line(drafting: Whole) -> None:
    policy = visitor(drafting, Role.POLICY)
    draft = begin(policy)
    wrong = text(policy, draft).replace("1, 0: 6400", "1, 0: sju")
    answer = policy.send(f"{draft}/kontroll", {"namn": AMOUNTS, "text": wrong})
    assert answer.status_code == 200, answer.text
    (finding,) = answer.json()["findings"]
    assert "sju" in wrong.splitlines()[finding["line"] - 1]
    words = policy.get(f"{HOME}/ord.json").json()
    assert "hushåll.barn" in words["terms"]
    assert any(name.startswith("SoL (2025:400) 12 kap. 7 §") for name in words["provisions"])
    assert "riksnorm.gemensam" in words["series"]


@pytest.mark.slow
def test_of_more_faults_than_are_told_every_file_shows_its_own_and_the_page_how_many_there_are(
    drafting: Whole,
) -> None:
    policy = visitor(drafting, Role.POLICY)
    draft = begin(policy)
    first, last = f"{OWN.removesuffix('kommun.yaml')}a.yaml", f"{OWN.removesuffix('kommun.yaml')}ö.yaml"
    many = "".join(f"fel{number}: 1\n" for number in range(500))
    for name, content in ((first, many), (last, "ensam: 1\n")):
        assert write(policy, draft, content, name).status_code == 303
    tried = policy.send(f"{draft}/kontroll", {"namn": last, "text": "ensam: 1\n"}).json()
    assert {each["file"] for each in tried["findings"]} == {first, last}
    check(drafting)
    told, total = len(tried["findings"]), tried["total"]
    assert total > 500 > told
    shown = policy.get(draft).text
    assert shown.count(f'<li><a href="{draft}/fil?namn=') == told
    assert f"<p>Och {total - told} till. Rätta de här först.</p>" in shown
    assert f"{total} fynd" in policy.get(HOME).text
    for name, wrong in ((first, "fel0"), (last, "ensam")):
        page = policy.get(f"{draft}/fil?namn={name}").text
        assert wrong in page.partition('<ul class="rapport">')[2].partition("</ul>")[0], name
        assert "Kontrollen har fler fynd än de som visas, kanske i den här filen också." in page


def test_a_name_that_no_file_can_have_is_told_before_it_is_written_and_not_as_a_fault_of_its_text(
    drafting: Whole,
) -> None:
    policy = visitor(drafting, Role.POLICY, name="Kim Ek")
    draft, wrong = begin(policy), "rules/sets/national/hyra.txt"
    for page in (
        policy.get(f"{draft}/fil?namn={wrong}"),
        write(policy, draft, "regelsamling: prov\n", wrong),
    ):
        assert page.status_code == 422
        assert f"Filen kan inte heta ”{wrong}”" in page.text
        assert '<a href="#text">' not in page.text
    assert policy.get(f"{draft}/fil?namn=rules/sets/national/hyra.yaml").status_code == 200
