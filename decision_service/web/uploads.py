"""A form with a file in it (``multipart/form-data``), read as other forms are: from a page of ours, whole."""

from __future__ import annotations

from email import policy
from email.parser import BytesParser
from typing import Annotated, NamedTuple

from fastapi import Depends, Request

from decision_service.api.bodies import RawBody, content_type
from decision_service.api.problems import ProblemError
from decision_service.web.visitors import MaybeSignedIn, SentForm, own_form

MULTIPART = "multipart/form-data"


class Upload(NamedTuple):
    """The fields of a form, and the content of its file; None where none was chosen."""

    form: SentForm
    content: bytes | None


def upload(request: Request, body: RawBody, signed_in: MaybeSignedIn) -> Upload:
    """A form with a file, by somebody who is signed in.

    Raises SignInFirst, and ProblemError for what is no such form (415, 400) or comes from elsewhere (403).
    """
    if content_type(request) != MULTIPART:
        raise ProblemError("unsupported-media-type", more={"accepted": [MULTIPART]})
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=policy.HTTP).parsebytes(head + body)
    if not message.is_multipart():
        raise ProblemError("malformed")
    fields: list[tuple[str, str]] = []
    content: bytes | None = None
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        given = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(given, bytes):
            raise ProblemError("malformed")
        if part.get_filename() is None:
            fields.append((name, given.decode("utf-8", "replace")))
        elif part.get_filename():  # an empty name is what a browser sends where none was chosen
            content = given
    return Upload(own_form(request, SentForm(fields), signed_in), content)


OwnUpload = Annotated[Upload, Depends(upload)]
