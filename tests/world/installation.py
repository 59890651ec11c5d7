"""The installation of the tests: the made-up municipality and three real ones, each set in its own way.

In most one person may grant more than was proposed.
One wants four eyes on refusals and deviations, one handles the cases of another and lets a person write cases
off, and all trust one issuer.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from decision_service.installation.configuration import DEMONSTRATION, Installation
from norms import document
from tests.world.issuers import URL
from tests.world.people import TENANT

FOUR_EYES, HANDLES, HANDLED = "1384", "1287", "1263"
SENDER = "{adress: Box 1, kontakt: telefon 0999-12 34 56, domstol: Förvaltningsrätten i Exempelstad}"


def _municipality(code: str, name: str, more: str = "") -> str:
    own = f"register: {{slag: filer, mapp: register}}, utdata: [{{slag: mapp, mapp: ut/{code}}}]"
    return f'  "{code}": {{namn: {name}, utbetalningsdag: 27, avsändare: {SENDER}, {own}{more}}}'


INSTALLATION = "\n".join(
    [
        "kommuner:",
        _municipality(TENANT, "Exempelkommun", ", höjer ensam: ja"),
        _municipality(FOUR_EYES, "Kungsbacka", ", fyra ögon: [avslag, avvikelse]"),
        _municipality(HANDLES, "Trelleborg", ", höjer ensam: ja, avskriver: handläggare"),
        _municipality(HANDLED, "Svedala", f', handläggs av: "{HANDLES}", höjer ensam: ja'),
        "utfärdare:",
        f"  - {{utfärdare: '{URL}', mottagare: lagrum, nycklar: {{fil: jwks.json}}, algoritmer: [EdDSA],",
        f'     kommuner: ["{TENANT}", "{FOUR_EYES}", "{HANDLES}", "{HANDLED}"], krets: ""}}',
    ]
)


def as_demonstrated() -> str:
    """The same, where the made-up municipality reads forms and wants four eyes as in the demonstration."""
    found = yaml.safe_load(INSTALLATION)
    shown = yaml.safe_load(DEMONSTRATION.read_text("utf-8"))["kommuner"][TENANT]
    found["kommuner"][TENANT] |= {name: shown[name] for name in ("fyra ögon", "e-tjänster")}
    return yaml.safe_dump(found, allow_unicode=True, sort_keys=False)


def raising_alone(installation: Installation) -> Installation:
    """The same, where one person may grant more than the machine came to."""
    each = installation.municipalities.items()
    alone = {code: one.model_copy(update={"raise_alone": True}) for code, one in each}
    return installation.model_copy(update={"municipalities": alone})


def installed(folder: Path, text: str = INSTALLATION) -> Installation:
    """The installation, or another text of one, with its files in a folder. Raises InputError."""
    return Installation.of(document.parse(text.encode(), "installation.yaml"), folder)
