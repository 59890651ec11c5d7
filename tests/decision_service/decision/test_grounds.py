"""What a proposal to refuse rests on is said in the rules' own sentences, each with its provision."""

from __future__ import annotations

import pytest

from decision_service.decision.grounds import grounds
from rules import rulebook
from tests.world.cases import example

ABSENT = {
    "Alma har inte lämnat aktivitetsrapport i tid. (SoL (2025:400) 12 kap. 3 §)",
    "Alma söker inte arbete brett. (SoL (2025:400) 12 kap. 3 §)",
    "Alma har avböjt kompetenshöjande verksamhet. (SoL (2025:400) 12 kap. 5 §)",
    "Alma var borta utan giltigt skäl (timmar: 6). (SoL (2025:400) 12 kap. 5 §)",
    "Planeringen för Alma är bruten. (SoL (2025:400) 12 kap. 3 §)",
}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("deltar-inte", ABSENT),
        ("inte-inskriven", {"Alma är inte inskriven som arbetssökande. (SoL (2025:400) 12 kap. 3 §)"}),
        ("par-bara-en-deltar", {"Samir har avböjt praktik. (SoL (2025:400) 12 kap. 5 §)"}),
        ("ensam-bifall", set()),
        ("ensam-avslag-overskott", set()),
    ],
)
def test_each_rule_that_the_proposal_rests_on_says_so(name: str, said: set[str]) -> None:
    found = list(grounds(example(name).document, rulebook.load()))
    assert set(found) == said
    assert len(found) == len(said)
