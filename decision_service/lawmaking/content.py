"""What a draft says as a whole: the files of the release it starts from, with those that it changes."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection

from decision_service.log import releases
from decision_service.store.tables import DraftRow, PublicationRow
from rules.book import CASES_SUFFIX, ROOT
from rules.policy_cases.run import read_cases

Files = Mapping[str, str]
"""Texts by name, ``rules/…`` and ``norms/…``."""
Changes = Mapping[str, str | None]
"""New texts by name; None for a file that is taken away."""

_FOLDERS = re.compile(
    r"rules/(vocabulary|lagar)\.yaml|rules/sets/(national|municipal/[^/]+)/[^/]+\.yaml|norms/([^/]+/)?[^/]+\.yaml"
)
_WORD = re.compile(r"[a-zåäöéA-ZÅÄÖ0-9][a-zåäöéA-ZÅÄÖ0-9._-]*")


@dataclass(frozen=True)
class Content:
    """The law of a draft or of a release, and the policy staff's cases beside it."""

    law: Files
    cases: Files

    @property
    def all(self) -> dict[str, str]:
        """Law and cases together."""
        return {**self.law, **self.cases}

    def changed(self, changes: Changes) -> Content:
        """The same with some files changed."""
        whole = {**self.all, **changes}
        kept = {name: text for name, text in whole.items() if text is not None}
        return Content(
            {name: text for name, text in kept.items() if not is_case_file(name)},
            {name: text for name, text in kept.items() if is_case_file(name)},
        )

    def changes_to(self, other: Content) -> dict[str, str | None]:
        """What has to be changed in this to make it the other."""
        was, will = self.all, other.all
        return {name: will.get(name) for name in sorted({*was, *will}) if was.get(name) != will.get(name)}


def is_case_file(name: str) -> bool:
    """Whether a file has the policy staff's cases, which are not part of the law."""
    return name.endswith(CASES_SUFFIX)


def may_be_named(name: str) -> bool:
    """Whether a file can be called this: a YAML file in a folder where rules, cases or amounts lie."""
    parts = name.split("/")
    composed = unicodedata.normalize("NFC", name) == name
    return composed and _FOLDERS.fullmatch(name) is not None and all(map(_WORD.fullmatch, parts))


@cache
def _own_cases() -> Files:
    return {f"rules/{name}": content.decode() for name, content in read_cases(ROOT).items()}


def published(connection: Connection, row: PublicationRow) -> Content:
    """What a publication put in force. Raises FindingsError where its files are not kept."""
    law = releases.load_files(connection, row.release)
    return Content(law, {}).changed({**_own_cases(), **json.loads(row.cases)})


def changed_cases(cases: Files) -> str:
    """The case files that are not the program's own, as a publication keeps them."""
    own = _own_cases()
    found = {name: cases.get(name) for name in sorted({*own, *cases}) if own.get(name) != cases.get(name)}
    return json.dumps(found, ensure_ascii=False)


def changes_of(row: DraftRow) -> dict[str, str | None]:
    """What a draft changes."""
    found: dict[str, str | None] = json.loads(row.changes)
    return found
