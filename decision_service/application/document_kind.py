"""What kind of file a document is, by what is in it and never by its name."""

from __future__ import annotations

from enum import StrEnum

from decision_service.reading.strict_json import InputError
from norms.fault import fault

LARGEST = 8 * 1024 * 1024
"""Bytes of a document."""


class DocumentKind(StrEnum):
    """Slagen av dokument som tas emot."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"


_BEGINS = {
    DocumentKind.PDF: b"%PDF-",
    DocumentKind.JPEG: b"\xff\xd8\xff",
    DocumentKind.PNG: b"\x89PNG\r\n\x1a\n",
}
_ENDS = {DocumentKind.PDF: b"%%EOF", DocumentKind.JPEG: b"\xff\xd9", DocumentKind.PNG: b"IEND\xaeB`\x82"}
_TAIL = 1024
"""Bytes at the end among which a whole file has its end."""
_FOREIGN = (b"<html", b"<script", b"<!doctype", b"<?php", b"<svg")
"""What a page for a browser begins with, which no file of these kinds has near its beginning."""


def kind_of(content: bytes) -> DocumentKind:
    """The kind of a whole file. Raises InputError for one that is too large, cut off or of another kind."""
    if len(content) > LARGEST:
        raise InputError([fault("document_too_large", size=len(content), limit=LARGEST)])
    for kind, begin in _BEGINS.items():
        if content.startswith(begin):
            if any(each in content[:_TAIL].lower() for each in _FOREIGN):
                break
            if _ENDS[kind] not in content[-_TAIL:]:
                raise InputError([fault("document_cut_off")])
            return kind
    raise InputError([fault("document_of_other_kind")])
