"""The running service, put together from its settings: database, log, engines, registers, channels, jobs."""

from __future__ import annotations

import math
import secrets
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from urllib.parse import urlsplit

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine
from sqlalchemy import select as columns

import audit
from audit import tables as log_tables
from audit.cosignature import CosigningKey
from audit.database import read_only
from audit.errors import RowError
from audit.reading import TrailWords
from decision_service.access.local import LocalIssuer
from decision_service.access.tokens import Tokens
from decision_service.casework import leases, logged_alone
from decision_service.casework.checking import checked_log
from decision_service.casework.lanes import Lanes
from decision_service.casework.office import Clock, Office, keyed
from decision_service.casework.right_time import require_right_time
from decision_service.casework.staff import stamp_what_there_is
from decision_service.casework.timetable import checkpoints, noted, timetable
from decision_service.decision.facts.declared import unfit
from decision_service.evaluation import Evaluators
from decision_service.impact.population import reckoner
from decision_service.impact.runner import Runner
from decision_service.installation.configuration import Installation
from decision_service.installation.settings import Settings, made_once
from decision_service.jobs import Jobs
from decision_service.lawmaking.checking import check_waiting, checker
from decision_service.log import adoption, journal, publications, releases
from decision_service.log.publications import newest_number
from decision_service.log.trail_words import words
from decision_service.operations.examining import Examining
from decision_service.operations.metrics import Metrics, Readings
from decision_service.operations.readings import (
    Check,
    behind_the_law,
    not_as_logged,
    older,
    read_figures,
    readiness,
)
from decision_service.outputs import WebhookChannel
from decision_service.outputs.configured import channels_of
from decision_service.planning import offered_before, protected_before
from decision_service.planning.resealing import reseal
from decision_service.reading.strict_json import InputError
from decision_service.reading.swedish_time import swedish_day
from decision_service.registers.configured import registers_of
from decision_service.store.address import reached
from decision_service.store.database import migrate, open_engine, time_of, with_a_clock
from decision_service.store.known_key import PSEUDONYM, is_known, require_known
from decision_service.store.sealed import use_keys
from decision_service.store.sealing import seal_what_is_clear
from norms.fault import fault
from norms.month import Month
from rules import rulebook
from rules.book import Rulebook

_START = 4276002
"""The advisory lock under which processes that start together take turns."""

_FIGURES, _RUNS = timedelta(seconds=15), timedelta(seconds=5)
_LAW, _DRAFTS = timedelta(seconds=10), timedelta(seconds=2)
"""How often a process looks for what has been published, and for drafts that wait to be checked."""
_LAW_UNSEEN = timedelta(minutes=1)
"""How long a process may go without having seen what has been published and still be called ready."""
_READY = timedelta(seconds=2)
"""How long the answer holds whether the service is ready."""
_VERIFY, _QUIET = timedelta(hours=24), timedelta(minutes=2)
"""Every log is checked from its first entry once a day, the first time when a process has begun."""

_log = structlog.get_logger()


def utc_now() -> datetime:
    """The clock on the wall."""
    return datetime.now(UTC)


@dataclass
class Service:
    """A process of the service. ``start`` begins to work on what waits; ``stop`` lets what has begun end;
    ``watch`` follows what is published.

    ``office`` is another when another release decides: whoever works takes it once and keeps it."""

    settings: Settings
    office: Office
    jobs: Jobs
    tokens: Tokens
    metrics: Metrics
    worker: threading.Thread | None = None
    lanes: Lanes | None = None
    runner: Runner | None = None
    checker: Evaluators = field(default_factory=checker)
    reckoner: Evaluators = field(default_factory=reckoner)
    _earlier: dict[str, Evaluators] = field(default_factory=dict)
    _verified: dict[str, bool] = field(default_factory=dict)
    _ready: tuple[float, list[Check], str | None] = field(default=(-math.inf, [], None), init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _followed: tuple[int, Month] | None = field(default=None, init=False)
    _followed_at: float = field(default_factory=time.monotonic, init=False)
    _following: threading.Lock = field(default_factory=threading.Lock, init=False)
    _stopping: threading.Event = field(default_factory=threading.Event, init=False)
    _watcher: threading.Thread | None = field(default=None, init=False)
    examining: Examining = field(init=False)
    _fit: dict[str, str | None] = field(default_factory=dict, init=False)
    """Why the program cannot assess by a release, by its id."""

    def __post_init__(self) -> None:
        self.examining = Examining(lambda: self.office, self.metrics, self.jobs, self.settings.workers)

    def evaluators_of(self, release: str) -> Evaluators:
        """What evaluates under a release that has decided something. Raises FindingsError."""
        if release == self.office.book.release:
            return self.office.evaluators
        with self._lock:
            return self._opened(release, 1)

    def keep(self, evaluators: Evaluators) -> None:
        """Keep what evaluates under the release that is in force, for when it no longer is."""
        self._earlier[self.office.book.release] = evaluators

    def _opened(self, release: str, count: int) -> Evaluators:
        if release not in self._earlier:
            files = releases.KeptFiles(self.office.engine)[release]
            self._earlier[release] = Evaluators(files, count)
        return self._earlier[release]

    def follow(self) -> bool:
        """Decide from now on by what is in force in the database; True where that is something else than
        before. What has begun is finished under what it began with. The watcher and whoever publishes take
        turns.

        Raises audit.errors.RowError where what is in force is not what the log says, and FindingsError.
        """
        with self._following:
            changed = self._follow()
            self._followed_at = time.monotonic()
        return changed

    def _follow(self) -> bool:
        office = self.office
        tenant, present = min(office.installation.municipalities), _month(office)
        with read_only(office.engine) as connection:
            known = newest_number(connection, tenant), present
            if known == self._followed:
                return False
            spans = publications.spans(publications.publications(connection, tenant))
        now = spans[max(first for first in spans if first <= str(present))]
        with self._lock:
            current = office.book.release
            own = {current: office.evaluators} if current in spans.values() else {}
            deciding = {
                release: own.get(release) or self._opened(release, self.settings.workers)
                for release in spans.values()
            }
        known_books = {each.release: each for each in (office.book, *office.books.values())}
        books = {each: known_books.get(each) or _kept_book(office, each) for each in deciding}
        if self._watcher is not None:
            deciding[now].start()
        months = {first: deciding[release] for first, release in spans.items()} if len(deciding) > 1 else {}
        changed = now != current or months != office.from_months
        self.office = replace(
            office,
            book=books[now],
            evaluators=deciding[now],
            from_months=months,
            books={first: books[spans[first]] for first in months},
        )
        self._followed = known
        for each in {office.evaluators, *self._earlier.values()} - {*deciding.values()}:
            each.rest()
        return changed

    def watch(self) -> None:
        """Follow what is published, in a thread of its own, until ``stop``."""
        self._watcher = threading.Thread(target=self._watch, name="law", daemon=True)
        self._watcher.start()

    def _watch(self) -> None:
        while not self._stopping.wait(_LAW.total_seconds()):
            try:
                if self.follow():
                    _log.info("law_changed", release=self.office.book.release)
            except RowError as error:
                _log.critical("publications_not_as_logged", why=str(error))
            except Exception as error:  # the database, mostly; what is in force here goes on
                _log.warning("law_not_followed", error=type(error).__name__)

    @cached_property
    def words(self) -> TrailWords:
        """What rules, facts and codes in trails are called, each under its own release."""
        return words(releases.KeptFiles(self.office.engine))

    def start(self) -> None:
        """Work in the background of this process."""
        self.watch()
        self.office.evaluators.start()
        self.office.leases.renewed()
        renew = partial(_renew, self.office)
        self.jobs.schedule("leases", leases.EVERY, renew)
        self.lanes = Lanes(self.office)
        for sweep in timetable(self.office, self.jobs.enqueue, self.lanes.sweep):
            self.jobs.schedule(sweep.name, sweep.every, sweep.work)
        self.runner = Runner(self.office, self.settings.workers)
        self.jobs.schedule("impacts", _RUNS, self.runner.sweep)
        self.jobs.schedule("figures", _FIGURES, partial(noted, self.office, "figures", self._refresh))
        self.jobs.schedule("verify", _VERIFY, partial(noted, self.office, "verify", self._verify), _QUIET)
        check = partial(check_waiting, self.office, self.checker, self._stopping.is_set)
        self.jobs.schedule("drafts", _DRAFTS, check)
        work = partial(self.jobs.run, self.examining.examine_in_turn, self.settings.workers)
        self.worker = threading.Thread(target=work, name="jobs")
        self.worker.start()

    def stop(self) -> None:
        """End in order: no new case is begun, what has begun is finished, and the end of each log is signed,
        for nobody will sign it until somebody works again."""
        self.rest()
        self._sign_the_end()
        for evaluators in {self.office.evaluators, *self._earlier.values(), self.checker, self.reckoner}:
            evaluators.close()
        self.office.engine.dispose()

    def _sign_the_end(self) -> None:
        try:
            require_right_time(self.office)
            checkpoints(self.office, neighbours=False)
        except (
            Exception
        ) as error:  # the database is away, or the log is not ours: the process ends all the same
            _log.error("end_not_signed", error=type(error).__name__)

    def rest(self) -> None:
        """End every thread that works in the background."""
        self._stopping.set()
        self.jobs.stop()
        if self.runner is not None:
            self.runner.stop()
        if self.worker is not None:
            self.worker.join()
        if self._watcher is not None:
            self._watcher.join()
        if self.lanes is not None:
            self.lanes.stop()
        self.examining.stop()

    def wait(self) -> None:
        """Until somebody stops it."""
        if self.worker is not None:
            self.worker.join()

    def figures(self) -> Readings:
        """The figures as the database has them now, and what this process last found of the logs."""
        return replace(read_figures(self.office), audit_verified=dict(self._verified))

    def readiness(self) -> list[Check]:
        """Whether the promise holds, and whether anybody can come in. Anybody may ask, as often as they like:
        what the tables say is kept for a moment."""
        made, checks, not_newest = self._ready
        if time.monotonic() - made > _READY.total_seconds():
            checks, not_newest = readiness(self.office), older(self.office)
            self._ready = time.monotonic(), checks, not_newest
        why = not_as_logged(tenant for tenant, ok in self._verified.items() if not ok)
        return [
            *checks,
            Check("granskningslogg", not_newest or why),
            Check("regler", self._unfit() or self._behind_the_law()),
            Check("utfärdare", self.tokens.check()),
        ]

    def _unfit(self) -> str | None:
        """What is wrong where the program cannot assess by what is in force, and every case goes to a person:
        a draft was published before the program was changed."""
        for book in (self.office.book, *self.office.books.values()):
            if book.release not in self._fit:
                self._fit[book.release] = unfit(book)
            if (why := self._fit[book.release]) is not None:
                return why
        return None

    def _behind_the_law(self) -> str | None:
        """What is wrong where this process has long not seen what has been published."""
        since = time.monotonic() - self._followed_at
        if self._watcher is None or since < _LAW_UNSEEN.total_seconds():
            return None
        return behind_the_law(since)

    def _verify(self) -> None:
        """Check every log from its first entry, the vault and the tables against it, and it against the keys
        here, the letters and what the witness has; a fault is told loudly, and the service is not ready. A
        check that breaks off is a fault too, and keeps no other log from being checked."""
        whole = True
        for tenant, municipality in self.office.installation.municipalities.items():
            try:
                report = checked_log(self.office, tenant, municipality.witness, whole=whole)
            except Exception as error:  # whatever somebody has put there
                self._verified[tenant] = False
                _log.critical("log_does_not_verify", tenant=tenant, error=type(error).__name__)
            else:
                whole = False  # what is the same for all is told of the first
                self._verified[tenant] = report.ok
                if not report.ok:
                    _log.critical("log_does_not_verify", tenant=tenant, report=str(report))

    def _refresh(self) -> None:
        self.metrics.refresh(self.figures())


def open_service(settings: Settings, clock: Clock = utc_now) -> Service:
    """Everything made ready: tables brought to this version, logs begun, the rule release published.

    Raises InputError, FindingsError, audit.AuditError and OSError, each with Swedish text for people.
    """
    if settings.demonstration:
        LocalIssuer(settings.issuer_folder)
    elif not settings.public_url:
        raise InputError([fault("no_public_url", "LAGRUM_PUBLIC_URL")])
    installation = settings.read_installation()
    book = rulebook.load()
    engine, version = open_database(settings)
    if version is not None:
        _log.info("tables_changed", version=version)
    # What the installation says must be seen to work before anything is made that has its name for ever.
    registers = {code: registers_of(one) for code, one in installation.municipalities.items()}
    channels = {code: tuple(channels_of(one)) for code, one in installation.municipalities.items()}
    tokens = Tokens(installation.issuers, clock)
    keys = audit.FileKeyStore(settings.keys)
    use_keys(engine, keys)
    log = journal.open_log(keys)
    secret = _pseudonym_key(engine, settings)
    _begin_logs(engine, log, installation, book, settings, clock)
    if count := reseal(engine, log, keys, clock):
        _log.info("participants_sealed_anew", rows=count)
    if count := seal_what_is_clear(engine, keys, partial(keyed, secret)):
        _log.info("rows_sealed", rows=count)
    for tenant in sorted(installation.municipalities):
        if (cases := adoption.adopt(engine, log, tenant, clock)) is not None:
            _log.info("rows_adopted", tenant=tenant, cases=cases)
    if count := offered_before.vouch(engine, log, keys, clock):
        _log.info("offers_vouched_for", rows=count)
    metrics = Metrics()
    office = Office(
        engine=engine,
        log=log,
        keys=keys,
        installation=installation,
        book=book,
        evaluators=Evaluators(releases.files_of(book), settings.workers),
        registers=registers,
        channels=channels,
        clock=clock,
        secret=secret,
        cosigner=CosigningKey(f"{host_of(settings)}/witness", _witness_key(settings)),
        reference=partial(time_of, engine) if clock is utc_now and with_a_clock(engine) else None,
        hook=partial(WebhookChannel, allow_private=settings.demonstration),
    )
    for tenant in sorted(installation.municipalities):
        if count := logged_alone.vouch(office, tenant):
            _log.info("rows_vouched_for", tenant=tenant, cases=count)
        if count := stamp_what_there_is(office, tenant):
            _log.info("staff_stamped", tenant=tenant, rows=count)
    if count := protected_before.upgrade(office, engine):
        _log.info("protection_written_down", cases=count)
    service = Service(settings, office, Jobs(engine), tokens, metrics)
    service.keep(office.evaluators)
    service.follow()
    return service


def open_database(settings: Settings) -> tuple[Engine, str | None]:
    """The database with this version's tables, and their version where they had another or were not there.

    Raises InputError, and audit.LogError for a later log's.
    """
    address = settings.database_address
    with reached(address):
        engine = open_engine(address, pool_size=settings.workers + 8)
        return engine, migrate(engine)


def host_of(settings: Settings) -> str:
    """What the installation is called in the names of its logs and of its witness."""
    return urlsplit(settings.public_url).hostname or "lokal"


def _pseudonym_key(engine: Engine, settings: Settings) -> bytes:
    """The key of the hashes by which people are known again; made the first time.

    Raises InputError for another than the database was filled with, and makes none where the database was
    filled with one that is not there.
    """
    file = settings.keys / "pseudonym.key"
    if is_known(engine, PSEUDONYM) and not file.exists():
        raise InputError([fault("no_key", file=str(file))])
    made = made_once(file, lambda: secrets.token_hex(32).encode())
    require_known(engine, PSEUDONYM, made, str(file))
    return made


def _witness_key(settings: Settings) -> Ed25519PrivateKey:
    """The key by which this installation signs as a witness; made the first time."""
    made = made_once(settings.keys / "witness.key", lambda: Ed25519PrivateKey.generate().private_bytes_raw())
    return Ed25519PrivateKey.from_private_bytes(made)


def _begin_logs(
    engine: Engine,
    log: audit.Log,
    installation: Installation,
    book: Rulebook,
    settings: Settings,
    clock: Clock,
) -> None:
    """A log for every municipality, and the release that decides from now on in each: the program's own, or
    what people have published."""
    host = host_of(settings)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_START})")
        head = log_tables.head.c
        known = {
            row.tenant: row.writer_key for row in connection.execute(columns(head.tenant, head.writer_key))
        }
        for tenant in sorted(installation.municipalities):
            if tenant not in known:
                public = log.create(connection, tenant, host, clock())
                _log.info("log_created", tenant=tenant, public_key=public)
            elif known[tenant] is None:  # a log of an earlier version
                log.change_writer_key(connection, tenant, clock(), journal.MACHINE)
        tenants = sorted(installation.municipalities)
        for tenant in tenants:
            releases.catch_up(log, connection, tenant, tenants, clock())
            releases.publish(log, connection, tenant, book, clock())
        found = publications.rows_of(connection, tenants[0])
    if book.release not in {row.release for row in found}:
        _log.warning("own_rules_not_in_force", own=book.release, in_force=found[-1].release)


def _month(office: Office) -> Month:
    return Month.of(swedish_day(office.clock()))


def _kept_book(office: Office, release: str) -> Rulebook:
    return releases.book_from(releases.KeptFiles(office.engine)[release], release)


def _renew(office: Office) -> None:
    office.leases.renew(office.engine, office.clock())
