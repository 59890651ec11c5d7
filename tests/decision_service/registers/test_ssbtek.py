"""SSBTEK over mutual TLS, against a server that speaks the contract and misbehaves in every way it can."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from decision_service.network.tls import TlsFiles
from decision_service.registers.answers import Agency, AgencyAnswer
from decision_service.registers.port import Answers
from decision_service.registers.ssbtek import register_answers
from decision_service.registers.ssbtek.exchange import ExchangeLimits, SsbtekRegisters
from decision_service.registers.ssbtek.question import Asker
from decision_service.registers.ssbtek.version import Version
from examples.ssbtek_server.certificates import Certificates
from examples.ssbtek_server.contract import Question
from examples.ssbtek_server.server import DEFAULT, Behaviour, Reply, SsbtekServer, answer, fault, from_folder
from norms.month import Month
from tests.world.logs import logged

NUMBER = "198802092380"
OTHER = "199001019802"
MONTH = Month(2026, 11)
ASKER = Asker("162120000001", "Exempelkommun", "Automat", "aktör", "Syfte", "Lagrum")
PATIENT = ExchangeLimits(connect=20, read=20, total=60, largest=200_000)
FAST = ExchangeLimits(connect=20, read=0.3, total=1.0, largest=200_000)
"""For those who never answer in time."""
EXAMPLE = Path(__file__).parents[3] / "examples" / "applications" / "ssbtek-v10.xml"
ALL_FAILED = dict.fromkeys(Agency, AgencyAnswer.FAILED)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """The CA of the test, with a server and a client."""
    return Certificates.in_folder(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Another CA that nobody here trusts."""
    return Certificates.in_folder(tmp_path_factory.mktemp("other-ca"))


def tls(certificates: Certificates) -> TlsFiles:
    """Our side of the mutual TLS."""
    return TlsFiles(certificates.client, certificates.client_key, certificates.ca)


def ask(
    certificates: Certificates,
    behaviour: Behaviour,
    limits: ExchangeLimits = PATIENT,
    number: str = NUMBER,
    files: TlsFiles | None = None,
) -> tuple[Answers, SsbtekServer]:
    """Ask a server that behaves in some way."""
    with SsbtekServer(certificates, behaviour) as server:
        registers = SsbtekRegisters(server.address, ASKER, files or tls(certificates), limits)
        return registers.ask(number, MONTH, "fall-1"), server


def told(answers: Answers) -> str:
    """The only code that every agency failed with."""
    assert answers.status == ALL_FAILED
    assert answers.silent == tuple(Agency)
    codes = {each["error"]["felkod"] for each in answers.agencies.values()}
    assert len(codes) == 1
    return str(codes.pop())


def example(question: Question) -> Reply:
    """The example answer: six agencies, Skatteverket erred, Migrationsverket silent."""
    return Reply(answer(question, EXAMPLE.read_bytes()))


def test_a_good_answer_is_what_the_case_file_takes(certificates: Certificates, tmp_path: Path) -> None:
    answers, server = ask(certificates, from_folder(tmp_path))
    assert answers.status == dict.fromkeys(Agency, AgencyAnswer.ANSWERED)
    assert answers.problems == ()
    assert answers.silent == ()
    read = register_answers(answers.agencies, NUMBER)
    assert read.employment is not None
    assert read.employment.registered is True
    assert [question.personal_number for question in server.questions] == [NUMBER]
    assert server.questions[0].reference == "fall-1"


@pytest.mark.parametrize("version", Version)
def test_the_same_answer_comes_in_both_versions_under_a_case_id_of_32_characters(
    certificates: Certificates, version: Version
) -> None:
    with SsbtekServer(certificates, example) as server:
        registers = SsbtekRegisters(server.address, ASKER, tls(certificates), PATIENT, version)
        answers = registers.ask(NUMBER, MONTH, "0123456789abcdef" * 2)
    assert server.questions[0].version == version.value
    assert len(server.questions[0].reference) == 31
    assert answers.silent == (Agency.SKV, Agency.MIV)
    assert register_answers(answers.agencies, NUMBER) == register_answers(
        ask(certificates, example)[0].agencies, NUMBER
    )


def test_an_answer_in_another_version_than_the_question_is_not_taken(certificates: Certificates) -> None:
    def other(question: Question) -> Reply:
        return Reply(answer(replace(question, version="10"), EXAMPLE.read_bytes()))

    answers, _ = ask(certificates, other)
    assert told(answers) == "OLÄSLIGT_SVAR"


def test_a_side_that_speaks_only_the_other_version_has_not_answered(certificates: Certificates) -> None:
    with SsbtekServer(certificates, example, versions=("11",)) as server:
        registers = SsbtekRegisters(server.address, ASKER, tls(certificates), PATIENT, Version.V10)
        answers = registers.ask(NUMBER, MONTH, "fall-1")
    assert answers.status == ALL_FAILED
    assert server.questions == []


def test_csn_alone_refuses_a_case_id_that_is_too_long(certificates: Certificates) -> None:
    def long(question: Question) -> Reply:
        return Reply(answer(replace(question, reference="x" * 32), EXAMPLE.read_bytes()))

    answers, _ = ask(certificates, long)
    assert answers.agencies["csn"]["error"]["felkod"] == "-1005"
    assert Agency.CSN in answers.silent
    assert Agency.AF not in answers.silent


def test_a_person_of_this_century_gets_their_own_answer(certificates: Certificates, tmp_path: Path) -> None:
    answers, _ = ask(certificates, from_folder(tmp_path), number="200401012386")
    assert answers.silent == ()


def test_some_agencies_err_or_are_silent_and_the_others_count(certificates: Certificates) -> None:
    answers, _ = ask(certificates, example)
    assert answers.silent == (Agency.SKV, Agency.MIV)
    assert answers.status[Agency.SKV] is AgencyAnswer.FAILED
    assert answers.status[Agency.MIV] is AgencyAnswer.MISSING
    assert [problem[:3] for problem in answers.problems] == ["SKV", "MIV"]
    assert register_answers(answers.agencies, NUMBER).payments != ()


def test_a_protected_person_is_protected_and_no_word_of_them_is_logged(certificates: Certificates) -> None:
    def protected(question: Question) -> Reply:
        content = answer(question, EXAMPLE.read_bytes())
        mark = b"Sekretessmarkering>"
        return Reply(content.replace(mark + b"false", mark + b"true"))

    with logged() as log:
        answers, _ = ask(certificates, protected)
    assert register_answers(answers.agencies, NUMBER).protected
    assert "ssbtek_problem" in log.getvalue()
    for secret in (NUMBER, NUMBER[2:], "Exempelsson"):
        assert secret not in log.getvalue()
    assert all(NUMBER not in problem for problem in answers.problems)


def test_an_answer_about_somebody_else_is_refused_and_their_data_goes_nowhere(
    certificates: Certificates,
) -> None:
    def about_another(question: Question) -> Reply:
        content = answer(replace(question, personal_number=OTHER), EXAMPLE.read_bytes())
        return Reply(content)

    answers, _ = ask(certificates, about_another)
    for agency in (Agency.AF, Agency.CSN, Agency.FK, Agency.SO):
        assert answers.status[agency] is AgencyAnswer.FAILED
        assert answers.agencies[agency.value]["error"]["felkod"] == "ANNAN_PERSON"
    assert OTHER not in repr(answers)
    assert OTHER[2:] not in repr(answers)
    assert register_answers(answers.agencies).payments == ()


@pytest.mark.parametrize("agency", ["af", "csn", "fk", "skv", "so", "miv"])
def test_one_agency_that_answers_about_somebody_else_is_refused_alone(
    certificates: Certificates, agency: str
) -> None:
    start, end = f"<ssbt:{agency.upper()}>".encode(), f"</ssbt:{agency.upper()}>".encode()

    def part(content: bytes) -> bytes:
        return content[content.index(start) : content.index(end) + len(end)]

    def mixed(question: Question) -> Reply:
        own = answer(question, DEFAULT.read_bytes())
        stranger = answer(replace(question, personal_number=OTHER), DEFAULT.read_bytes())
        return Reply(own.replace(part(own), part(stranger)))

    answers, _ = ask(certificates, mixed)
    assert answers.silent == (Agency(agency),)
    assert answers.agencies[agency]["error"]["felkod"] == "ANNAN_PERSON"


def test_an_answer_to_another_question_is_refused(certificates: Certificates) -> None:
    def mixed_up(question: Question) -> Reply:
        return Reply(answer(replace(question, message_id="någon-annans"), DEFAULT.read_bytes()))

    answers, _ = ask(certificates, mixed_up)
    assert told(answers) == "ANNAN_FRÅGA"


def test_a_soap_fault_is_no_answer_and_its_words_stay_out_of_the_log(certificates: Certificates) -> None:
    answers, server = ask(certificates, lambda question: fault("1001", f"Saknas för {NUMBER}"))
    assert told(answers) == "1001"
    assert server.requests == 1
    assert len(answers.problems) == len(Agency)
    assert all("1001" in problem and NUMBER not in problem for problem in answers.problems)


def test_a_code_that_may_be_a_personal_number_is_not_logged(certificates: Certificates) -> None:
    answers, _ = ask(certificates, lambda question: fault(NUMBER, "Fel"))
    assert all(NUMBER not in problem for problem in answers.problems)


@pytest.mark.parametrize("status", [301, 401, 403, 404, 502, 503])
def test_another_status_is_no_answer(certificates: Certificates, status: int) -> None:
    def reply(question: Question) -> Reply:
        return Reply(answer(question, DEFAULT.read_bytes()), status=status)

    answers, server = ask(certificates, reply)
    assert told(answers) == "HTTP"
    assert server.requests == 1


def test_a_server_that_says_nothing_is_given_up(certificates: Certificates) -> None:
    release = threading.Event()

    def silent(question: Question) -> Reply:
        release.wait(20)
        return Reply(b"")

    try:
        answers, server = ask(certificates, silent, FAST)
    finally:
        release.set()
    assert told(answers) == "TIDSGRÄNS"
    assert server.requests == 1


@pytest.mark.slow
def test_a_server_that_drips_is_given_up_before_it_is_done(certificates: Certificates) -> None:
    sent: list[int] = []

    def drip(question: Question) -> Reply:
        content = answer(question, DEFAULT.read_bytes())

        def parts() -> Iterator[bytes]:
            for index in range(len(content)):
                time.sleep(0.1)
                sent.append(index)
                yield content[index : index + 1]

        return Reply(parts(), length=len(content))

    answers, _ = ask(certificates, drip, FAST)
    assert told(answers) == "TIDSGRÄNS"
    assert 0 < len(sent) < 100


@pytest.mark.slow
def test_headers_that_drip_are_given_up_too(certificates: Certificates) -> None:
    """A server below HTTP: it sends a header that never ends."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.server, certificates.server_key)
    listener = socket.create_server(("127.0.0.1", 0))
    sent: list[bytes] = []

    def serve() -> None:
        raw, _ = listener.accept()
        try:
            with context.wrap_socket(raw, server_side=True) as line:
                line.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                for _ in range(200):
                    time.sleep(0.1)
                    line.sendall(b"x")
                    sent.append(b"x")
        except OSError:
            pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    port = listener.getsockname()[1]
    answers = SsbtekRegisters(f"https://localhost:{port}/", ASKER, tls(certificates), FAST).ask(
        NUMBER, MONTH, "fall-1"
    )
    thread.join(30)
    listener.close()
    assert told(answers) == "TIDSGRÄNS"
    assert len(sent) < 200


def test_an_answer_cut_off_in_the_middle_is_no_answer_and_is_not_asked_twice(
    certificates: Certificates,
) -> None:
    def cut(question: Question) -> Reply:
        content = answer(question, DEFAULT.read_bytes())
        return Reply(content[: len(content) // 2], length=len(content))

    answers, server = ask(certificates, cut)
    assert told(answers) == "AVBROTT"
    assert server.requests == 1


def test_an_answer_that_ends_early_by_its_own_word_is_no_answer(certificates: Certificates) -> None:
    def short(question: Question) -> Reply:
        content = answer(question, DEFAULT.read_bytes())
        return Reply(content[: len(content) // 2])

    answers, _ = ask(certificates, short)
    assert told(answers) == "OLÄSLIGT_SVAR"


BILLION = (
    b'<!DOCTYPE a [<!ENTITY a "'
    + b"a" * 40
    + b'">'
    + b"".join(
        b'<!ENTITY a%d "%s">' % (level, b"&a%d;" % (level - 1) * 10 if level else b"&a;" * 10)
        for level in range(9)
    )
    + b"]><a>&a8;</a>"
)
XXE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
OTHER_XML = b"<html><body>Underhall</body></html>"
DEEP = b"<a>" * 5000 + b"</a>" * 5000


@pytest.mark.parametrize("content", [BILLION, XXE, OTHER_XML, DEEP, b"", b"\x00\xff", b"{}"])
def test_hostile_and_wrong_content_is_no_answer(certificates: Certificates, content: bytes) -> None:
    answers, _ = ask(certificates, lambda question: Reply(content))
    assert told(answers) == "OLÄSLIGT_SVAR"
    assert "root:" not in repr(answers)


def test_a_document_type_inside_an_envelope_is_refused(certificates: Certificates) -> None:
    def hostile(question: Question) -> Reply:
        content = answer(question, DEFAULT.read_bytes())
        entity = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        declaration = b'<?xml version="1.0" encoding="UTF-8"?>'
        return Reply(content.replace(declaration, declaration + entity))

    answers, _ = ask(certificates, hostile)
    assert told(answers) == "OLÄSLIGT_SVAR"


@pytest.mark.parametrize("announced", [True, False])
def test_fifty_megabytes_are_not_read_to_the_end(certificates: Certificates, announced: bool) -> None:
    size, sent = 50 * 1024 * 1024, [0]

    def parts() -> Iterator[bytes]:
        for _ in range(50):
            sent[0] += 1
            yield b" " * (1024 * 1024)

    answers, _ = ask(
        certificates,
        lambda question: Reply(parts(), length=size if announced else None),
    )
    assert told(answers) == "FÖR_STORT"
    assert sent[0] < 50


def test_a_server_of_another_ca_is_asked_nothing(certificates: Certificates, strangers: Certificates) -> None:
    files = TlsFiles(certificates.client, certificates.client_key, certificates.ca)
    answers, server = ask(strangers, example, files=files)
    assert told(answers) == "CERTIFIKAT"
    assert server.requests == 0


def test_a_certificate_for_another_name_is_not_accepted(certificates: Certificates) -> None:
    # The client's own certificate is of the right CA and not for serving at localhost.
    wrong = replace(certificates, server=certificates.client, server_key=certificates.client_key)
    answers, server = ask(wrong, example, files=tls(certificates))
    assert told(answers) == "CERTIFIKAT"
    assert server.requests == 0


def test_a_client_certificate_of_another_ca_gets_no_answer(
    certificates: Certificates, strangers: Certificates
) -> None:
    files = TlsFiles(strangers.client, strangers.client_key, certificates.ca)
    answers, server = ask(certificates, example, files=files)
    assert told(answers) == "AVBROTT"
    assert server.requests == 0


def _without_certificate(context: ssl.SSLContext, raw: socket.socket) -> bytes:
    """What a server says to a client that shows no certificate."""
    try:
        with context.wrap_socket(raw, server_hostname="localhost") as line:
            line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return line.recv(10)
    except (ssl.SSLError, ConnectionError):
        return b""


def test_the_server_talks_to_nobody_without_a_client_certificate(certificates: Certificates) -> None:
    context = ssl.create_default_context(cafile=str(certificates.ca))
    with SsbtekServer(certificates, example) as server:
        port = int(server.address.rsplit(":", 1)[1].rstrip("/"))
        with socket.create_connection(("127.0.0.1", port), timeout=5) as raw:
            assert _without_certificate(context, raw) == b""
        assert server.requests == 0


def test_nobody_at_the_address_is_tried_twice_and_then_no_answer(certificates: Certificates) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    registers = SsbtekRegisters(f"https://localhost:{port}/", ASKER, tls(certificates), FAST)
    assert told(registers.ask(NUMBER, MONTH, "fall-1")) == "ANSLUTNING"


def test_a_connection_that_fails_once_is_made_again(certificates: Certificates) -> None:
    """The first connection is closed before TLS; the second reaches the server."""
    with SsbtekServer(certificates, lambda question: Reply(answer(question, DEFAULT.read_bytes()))) as server:
        target = int(server.address.rsplit(":", 1)[1].rstrip("/"))
        front = socket.create_server(("127.0.0.1", 0))
        accepted: list[int] = []

        def relay(source: socket.socket, sink: socket.socket) -> None:
            try:
                while part := source.recv(65536):
                    sink.sendall(part)
                sink.shutdown(socket.SHUT_WR)
            except OSError:
                pass

        def serve() -> None:
            first, _ = front.accept()
            accepted.append(1)
            first.close()
            second, _ = front.accept()
            accepted.append(2)
            onward = socket.create_connection(("127.0.0.1", target))
            threading.Thread(target=relay, args=(second, onward), daemon=True).start()
            relay(onward, second)

        threading.Thread(target=serve, daemon=True).start()
        address = f"https://localhost:{front.getsockname()[1]}/"
        answers = SsbtekRegisters(address, ASKER, tls(certificates), PATIENT).ask(NUMBER, MONTH, "fall-1")
        front.close()
    assert answers.silent == ()
    assert accepted == [1, 2]
    assert server.requests == 1


def test_certificate_files_are_checked_at_the_start_and_read_anew_for_each_question(
    certificates: Certificates, tmp_path: Path
) -> None:
    copies = [tmp_path / path.name for path in (certificates.client, certificates.client_key)]
    for source, copy in zip((certificates.client, certificates.client_key), copies, strict=True):
        copy.write_bytes(source.read_bytes())
    files = TlsFiles(copies[0], copies[1], certificates.ca)
    with SsbtekServer(certificates, from_folder(tmp_path)) as server:
        registers = SsbtekRegisters(server.address, ASKER, files, PATIENT)
        copies[0].write_text("inget certifikat")
        assert told(registers.ask(NUMBER, MONTH, "fall-1")) == "CERTIFIKAT"
        copies[0].write_bytes(certificates.client.read_bytes())
        assert registers.ask(NUMBER, MONTH, "fall-1").silent == ()
    with pytest.raises(OSError, match="No such file"):
        SsbtekRegisters(server.address, ASKER, replace(files, key=tmp_path / "saknas.pem"))
    with pytest.raises(ValueError, match="https"):
        SsbtekRegisters("http://localhost/", ASKER, files)


def test_a_number_that_is_none_is_our_own_fault(certificates: Certificates) -> None:
    registers = SsbtekRegisters("https://localhost:1/", ASKER, tls(certificates), FAST)
    for number in ("8802092380", "19880209-2380", "../etc/passwd", ""):
        with pytest.raises(ValueError, match="twelve digits") as raised:
            registers.ask(number, MONTH, "fall-1")
        assert number not in str(raised.value) or not number
