"""A letter as one HTML page that needs nothing beside itself."""

from __future__ import annotations

import base64
import hashlib
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from decision_service.outputs.layout.shown import shown
from decision_service.outputs.letter_layout import Letter
from decision_service.outputs.letter_texts import TEXTS

TEMPLATE = TEXTS.with_name("brev.html")
STYLE = TEXTS.with_name("brev.css")


def html(letter: Letter) -> str:
    """The letter as a page: headings, a table with headers, the proof and its picture."""
    return _template().render(brev=shown(letter), stil=Markup(_style()))


@cache
def policy() -> str:
    """What a browser may load for the page: its own style, and its own picture of the proof."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; frame-ancestors 'none'"


@cache
def _style() -> str:
    return STYLE.read_text("utf-8")


@cache
def _template() -> Template:
    found = Environment(
        loader=FileSystemLoader(TEMPLATE.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["bild"] = _picture
    return found.get_template(TEMPLATE.name)


def _picture(svg: str) -> str:
    """The address of a picture that is written in the address."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
