"""The server: mutual TLS, one question per POST, and whatever reply the caller wants it to give."""

from __future__ import annotations

import base64
import re
import ssl
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

from examples.ssbtek_server.certificates import Certificates
from examples.ssbtek_server.contract import AGENCIES, NAMESPACES, SOAP, ContractError, Question, read_question

DEFAULT = Path(__file__).parent / "answers" / "default.xml"
EXAMPLE_NUMBER = "198802092380"
"""The personal number of the stored answers, replaced by the one asked about."""


@dataclass(frozen=True)
class Reply:
    """An HTTP reply. ``length`` overrides the length that is announced; a body cut short closes the line."""

    body: bytes | Iterable[bytes]
    status: int = 200
    length: int | None = None
    content_type: str = "text/xml; charset=utf-8"


Behaviour = Callable[[Question], Reply]


LONGEST_REFERENCE = 31
"""Characters of a case identity that CSN takes."""


def fault(code: str, message: str, version: str = "11") -> Reply:
    """A SOAP fault of the contract, which comes with HTTP 500."""
    inside = (
        f"<soap:Fault><faultcode>soap:Server</faultcode><faultstring>{message}</faultstring><detail>"
        f"<ssbt:hamtaBastjanstInformationFault><ssbt:felkod>{code}</ssbt:felkod>"
        f"<ssbt:felmeddelande>{message}</ssbt:felmeddelande></ssbt:hamtaBastjanstInformationFault>"
        "</detail></soap:Fault>"
    )
    return Reply(_enveloped(inside, version), status=500)


def answer(question: Question, content: bytes) -> bytes:
    """A stored answer as an answer to this question: its message id, its person, and only the agencies that
    were asked."""
    text = _about(content.decode(), question.personal_number)
    for agency in AGENCIES:
        if agency not in question.agencies:
            text = re.sub(rf"<ssbt:{agency}>.*?</ssbt:{agency}>", "", text, flags=re.DOTALL)
    if question.message_id is not None and "<ssbt:korrelationsid>" not in text:
        returned = f"<ssbt:korrelationsid>{question.message_id}</ssbt:korrelationsid>"
        text = text.replace("<ssbt:svarsdata>", f"{returned}<ssbt:svarsdata>", 1)
    if len(question.reference) > LONGEST_REFERENCE:
        refused = "<ssbt:error><ssbt:kalla>BT</ssbt:kalla><ssbt:felkod>-1005</ssbt:felkod></ssbt:error>"
        text = re.sub(r"<ssbt:CSN>.*?</ssbt:CSN>", f"<ssbt:CSN>{refused}</ssbt:CSN>", text, flags=re.DOTALL)
    return text.replace(NAMESPACES["10"], NAMESPACES[question.version]).encode()


def from_folder(folder: Path) -> Behaviour:
    """Answers from a folder, one file a person; without one the default household."""

    def reply(question: Question) -> Reply:
        own = folder / f"{question.personal_number}.xml"
        return Reply(answer(question, (own if own.is_file() else DEFAULT).read_bytes()))

    return reply


class SsbtekServer:
    """A running server on localhost. ``questions`` are what it has been asked; a context manager."""

    def __init__(
        self,
        certificates: Certificates,
        behaviour: Behaviour,
        port: int = 0,
        versions: Iterable[str] = tuple(NAMESPACES),
    ) -> None:
        """``versions`` are those it speaks; a question in another is a fault that does not say why."""
        self.questions: list[Question] = []
        self.requests = 0
        self.versions = frozenset(versions)
        self._http = _Http(("127.0.0.1", port), _handler(self, behaviour))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates.server, certificates.server_key)
        context.load_verify_locations(certificates.ca)
        context.verify_mode = ssl.CERT_REQUIRED
        self._http.socket = context.wrap_socket(
            self._http.socket, server_side=True, do_handshake_on_connect=False
        )
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"https://localhost:{self._http.server_address[1]}/"

    def __enter__(self) -> SsbtekServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()

    def wait(self) -> None:
        """Answer until the thread ends."""
        self._thread.join()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up, or that is refused, is no news here."""


def _handler(server: SsbtekServer, behaviour: Behaviour) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def do_POST(self) -> None:
            server.requests += 1
            content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            try:
                question = read_question(content)
            except ContractError as error:
                self._send(fault("1000", f"Frågan följer inte kontraktet: {_escaped(str(error))}"))
                return
            if question.version not in server.versions:
                self._send(fault("soap:Server", "Internal error", min(server.versions)))
                return
            server.questions.append(question)
            self._send(behaviour(question))

        def _send(self, reply: Reply) -> None:
            parts = [reply.body] if isinstance(reply.body, bytes) else reply.body
            whole = len(reply.body) if isinstance(reply.body, bytes) else None
            self.close_connection = True
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Connection", "close")
            length = reply.length if reply.length is not None else whole
            if length is not None:
                self.send_header("Content-Length", str(length))
            self.end_headers()
            for part in parts:
                self.wfile.write(part)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: a question is about a person."""

    return Handler


def _enveloped(inside: str, version: str) -> bytes:
    return (
        f'<soap:Envelope xmlns:soap="{SOAP}" xmlns:ssbt="{NAMESPACES[version]}">'
        f"<soap:Body>{inside}</soap:Body>"
        "</soap:Envelope>"
    ).encode()


def _about(text: str, number: str) -> str:
    """The stored answer with another person's number, also inside what is base64."""

    def replaced(plain: str) -> str:
        whole = plain.replace(EXAMPLE_NUMBER, number).replace(EXAMPLE_NUMBER[2:], number[2:])
        return whole.replace('sekel="19"', f'sekel="{number[:2]}"')

    def inner(match: re.Match[str]) -> str:
        plain = base64.b64decode(match[2]).decode()
        return f"{match[1]}{base64.b64encode(replaced(plain).encode()).decode()}{match[3]}"

    packed = r"(<ssbt:(?:svar|lefiJsonSvar)>)([^<]*)(</ssbt:(?:svar|lefiJsonSvar)>)"
    return re.sub(packed, inner, replaced(text))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
