"""From a file's notions to checked ones: their names, their provisions, and that they mean something."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from norms.document import Document, Location
from norms.finding import Finding
from norms.table import SeriesType
from rules.language.checker import CheckerScope, check
from rules.language.notion import TYPES, Notion, NotionKind
from rules.language.vocabulary import Vocabulary
from rules.laws import Laws
from rules.rulefile import RuleFile
from rules.wording.diagnostic import Diagnostic
from rules.wording.missing_provision import MISSING_PROVISION
from rules.wording.unknown_chapter import UNKNOWN_CHAPTER
from rules.wording.unknown_law import UNKNOWN_LAW
from rules.wording.wrong_notion import WRONG_NOTION

_WORD = re.compile(r"[a-zåäöé][a-zåäöé0-9_]*")


@dataclass(frozen=True, slots=True)
class NotionReader:
    """Reads the notions of one file and says what is wrong with them."""

    document: Document
    municipality: str | None
    vocabulary: Vocabulary
    series: Mapping[str, SeriesType]
    laws: Laws
    findings: list[Finding]

    def named(self, file: RuleFile, known: Mapping[str, Notion]) -> Iterator[Notion]:
        """The notions of the file, their meanings unread. ``known`` are those of other files, by name."""
        for name, entry in file.notions.items():
            problem = self.wrong_name(name, entry.kind, known)
            if problem is not None:
                self.report(WRONG_NOTION, ("begrepp", name), name, problem=problem)
                continue
            provisions = entry.provisions or file.provisions
            self.provisions(name, provisions)
            yield Notion(
                name,
                entry.kind,
                entry.condition or entry.amount or "",
                entry.choices or (),
                provisions,
                self.municipality,
                self.document.file,
                self.document.line(("begrepp", name)),
            )

    def wrong_name(self, name: str, kind: NotionKind, known: Mapping[str, Notion]) -> str | None:
        """Why a notion cannot have its name, or None when it can."""
        if name in self.vocabulary.terms:
            return f"{name} är redan en term i ordlistan. Välj ett annat namn."
        if name in known:
            other = known[name]
            return f"{name} finns redan i {other.file} rad {other.line}. Välj ett annat namn."
        words = name.split(".")
        if not all(_WORD.fullmatch(word) for word in words):
            return f"”{name}” är inget namn. Det har små bokstäver, siffror och _, med punkt emellan."
        if kind is NotionKind.LIST:
            return None if len(words) == 1 else "En lista heter ett enda ord, utan punkt."
        if len(words) == 1 or words[0] not in self.vocabulary.kinds:
            kinds = ", ".join(self.vocabulary.kinds)
            return f"Namnet börjar med det slag som begreppet sägs om ({kinds}) och en punkt."
        return None

    def provisions(self, name: str, provisions: tuple[str, ...]) -> None:
        at: Location = ("begrepp", name, "lagrum")
        if not provisions:
            self.report(MISSING_PROVISION, at, name, problem="Begreppet anger inget lagrum.")
        for index, text in enumerate(provisions):
            citation = self.laws.cite(text)
            if citation is None:
                self.report(UNKNOWN_LAW, (*at, index), name, text=text, nearest=self.laws.meant(text))
            elif (problem := self.laws.lacking(citation)) is not None:
                self.report(UNKNOWN_CHAPTER, (*at, index), name, text=text, problem=problem)

    def checked(self, own: Sequence[Notion], known: Mapping[str, Notion]) -> Iterator[Notion]:
        """The notions of the file, each marked broken when its meaning cannot be understood."""
        for notion in own:
            if notion.kind is NotionKind.LIST:
                yield notion
                continue
            single = self.vocabulary.kinds[notion.about].single
            subject = None if single else notion.about
            scope = CheckerScope(self.vocabulary, self.series, subject, notions=known, inside=(notion.name,))
            node, problems = check(notion.text, scope, TYPES[notion.kind])
            for problem in problems:
                at: Location = ("begrepp", notion.name, notion.kind.value)
                where = f"{notion.name} {notion.kind.value}"
                self.report(problem.diagnostic, at, where, **problem.values)
            yield replace(notion, broken=node is None)

    def report(self, diagnostic: Diagnostic, place: Location, where: str, /, **values: object) -> None:
        """Note what is wrong at a place."""
        self.findings.append(diagnostic.at(self.document.file, self.document.line(place), where, **values))
