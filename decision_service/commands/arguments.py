"""What the command line takes. What is said of each command and each argument stands in ``help.yaml``."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from decision_service.commands import WRONG_INPUT
from decision_service.reading.said import said_in, texts_in

_say = said_in(__file__)
HELP = Path(__file__).with_name("help.yaml")


class Parser(argparse.ArgumentParser):
    """Help and argument errors in Swedish, the errors with exit code 2. The words are read when they are
    needed."""

    def format_help(self) -> str:
        texts = texts_in(HELP)
        self.description = texts.get(self.prog)
        for told in self.told():
            told.help = texts.get(self.name_of(told))
        text = super().format_help()
        for english, name in _HEADINGS.items():
            text = text.replace(english, _say(name), 1)
        return text

    def told(self) -> Iterator[argparse.Action]:
        """The arguments, and the commands below."""
        for action in self._actions:
            below = getattr(action, "_choices_actions", None)
            yield from [action] if below is None else below

    def name_of(self, told: argparse.Action) -> str:
        """The name under which an argument or a command is told: this command's own, or that of all that are
        called so."""
        name = (told.option_strings or [str(told.metavar or told.dest)])[-1]
        own = f"{self.prog} {name}".partition(" ")[2]
        return own if own in texts_in(HELP) else name

    def error(self, message: str) -> NoReturn:
        for english, name in _MESSAGES.items():
            message = re.sub(english, _say(name), message)
        print(_say("wrong_arguments", fel=message, kommando=self.prog), file=sys.stderr)
        raise SystemExit(WRONG_INPUT)


_HEADINGS = {
    "usage:": "usage",
    "\npositional arguments:\n": "arguments",
    "\noptions:\n": "options",
}
_MESSAGES = {
    "^the following arguments are required:": "missing_arguments",
    "unrecognized arguments:": "unknown_arguments",
    "invalid choice:": "unknown_choice",
    "expected one argument": "missing_value",
    "invalid int value:": "no_whole_number",
    "invalid float value:": "no_number",
    "^argument ": "the_argument",
    r"one of the arguments (.*) is required": "one_is_missing",
    "not allowed with argument": "not_together",
    r"\(choose from": "choose",
}
"""What argparse says, and what is said instead."""


def parser() -> Parser:
    """What a command line is read with."""
    whole = Parser(prog="lagrum")
    commands = whole.add_subparsers(dest="command", required=True, metavar="KOMMANDO")
    _decide(commands)
    _estimate(commands)
    _norms(commands)
    _rules(commands)
    _audit(commands)
    _service(commands)
    demo = _command(commands, "demo")
    demo.set_defaults(module="demo")
    whole.set_defaults(short=False)
    return whole


def _command(commands: argparse._SubParsersAction[Parser], name: str) -> Parser:
    return commands.add_parser(name, help="")  # listed, in the words that are read when it is


def _decide(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = _command(commands, "decide")
    parser.add_argument("file", metavar="FIL")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--why", action="store_true")
    parser.add_argument("--log", metavar="DATABAS")
    parser.add_argument("--keys", metavar="MAPP")
    parser.set_defaults(module="decide")


def _estimate(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = _command(commands, "estimate")
    parser.add_argument("file", metavar="FIL")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--why", action="store_true")
    parser.set_defaults(module="estimate", short=True)


def _norms(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = _command(commands, "norms")
    actions = parser.add_subparsers(dest="action", required=True, metavar="VAD")
    show = _command(actions, "show")
    show.add_argument("--month", metavar="ÅÅÅÅ-MM")
    show.add_argument("--municipality", metavar="KOD")
    show.add_argument("--json", action="store_true")
    check = _command(actions, "check")
    check.add_argument("file", metavar="FIL", nargs="?")
    dmn = _command(actions, "dmn")
    dmn.add_argument("folder", metavar="MAPP", nargs="?")
    dmn.add_argument("--month", metavar="ÅÅÅÅ-MM")
    dmn.add_argument("--municipality", metavar="KOD")
    dmn.add_argument("--read", metavar="FIL")
    parser.set_defaults(module="norms")


def _rules(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = _command(commands, "rules")
    actions = parser.add_subparsers(dest="action", required=True, metavar="VAD")
    check = _command(actions, "check")
    test = _command(actions, "test")
    for action in (check, test):
        action.add_argument("--root", metavar="MAPP")
    test.add_argument("--coverage", action="store_true")
    show = _command(actions, "show")
    show.add_argument("rule", metavar="REGEL")
    show.set_defaults(short=True)
    explain = _command(actions, "explain")
    explain.add_argument("rule", metavar="REGEL")
    explain.add_argument("file", metavar="FIL", nargs="?")
    explain.set_defaults(short=True)
    parser.set_defaults(module="rules")
    _rule_changes(actions)
    _rule_schemas(actions)


def _rule_changes(actions: argparse._SubParsersAction[Parser]) -> None:
    diff = _command(actions, "diff")
    _two_releases(diff)
    diff.add_argument("--month", metavar="ÅÅÅÅ-MM")
    diff.add_argument("--reason", metavar="SKÄL")
    diff.add_argument("--json", action="store_true")
    diff.set_defaults(module="rules_diff")
    mutate = _command(actions, "mutate")
    mutate.add_argument("rule", metavar="REGEL", nargs="?")
    mutate.add_argument("--every", metavar="N", type=_positive, default=1)
    mutate.add_argument("--examples", metavar="MAPP", default="examples/cases")
    mutate.add_argument("--processes", metavar="N", type=_positive, default=2)
    mutate.add_argument("--json", action="store_true")
    mutate.set_defaults(module="rules_mutate")
    impact = _command(actions, "impact")
    impact.add_argument("after", metavar="B")
    impact.add_argument("--database", metavar="DATABAS", required=True)
    impact.add_argument("--keys", metavar="MAPP", required=True)
    impact.add_argument("--tenant", metavar="KOD")
    impact.add_argument("--month", metavar="ÅÅÅÅ-MM", action="append", default=[])
    impact.add_argument("--out", metavar="FIL")
    impact.add_argument("--processes", metavar="N", type=_positive, default=2)
    impact.add_argument("--json", action="store_true")
    impact.set_defaults(module="rules_impact")
    population = _command(actions, "population")
    _two_releases(population)
    population.add_argument("--month", metavar="ÅÅÅÅ-MM")
    population.add_argument("--municipality", metavar="KOD")
    population.add_argument("--households", metavar="N", type=_positive, default=100_000)
    population.add_argument("--seed", metavar="N", type=_positive, default=1)
    population.add_argument("--file", metavar="FIL")
    population.add_argument("--write", metavar="FIL")
    population.add_argument("--plot", metavar="FIL")
    population.add_argument("--processes", metavar="N", type=_positive, default=2)
    population.add_argument("--on", metavar="dask://DATOR:PORT")
    population.add_argument("--json", action="store_true")
    population.set_defaults(module="rules_population")


def _rule_schemas(actions: argparse._SubParsersAction[Parser]) -> None:
    schemas = _command(actions, "schemas")
    schemas.add_argument("folder", metavar="MAPP", nargs="?")
    schemas.set_defaults(module="rules_schemas")


def _two_releases(parser: Parser) -> None:
    for name, metavar in (("before", "A"), ("after", "B")):
        parser.add_argument(name, metavar=metavar)
    parser.add_argument("--database", metavar="DATABAS")


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(_say("not_positive", text=text))
    return int(text)


def _audit(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = _command(commands, "audit")
    actions = parser.add_subparsers(dest="action", required=True, metavar="VAD")
    verify = _command(actions, "verify")
    verify.add_argument("database", metavar="DATABAS")
    verify.add_argument("--key", metavar="NYCKEL", action="append", default=[])
    verify.add_argument("--outside", metavar="MAPP", action="append")
    verify.add_argument("--vault", metavar="MAPP")
    verify.add_argument("--backup", action="store_true")
    verify.add_argument("--json", action="store_true")
    show = _command(actions, "show")
    export = _command(actions, "export")
    replay = _command(actions, "replay")
    show.add_argument("case", metavar="ÄRENDE", nargs="?")
    export.add_argument("case", metavar="ÄRENDE")
    replay.add_argument("case", metavar="ÄRENDE", nargs="?")
    replay.add_argument("--all", action="store_true")
    for action in (show, export, replay):
        needed = action is not replay
        action.add_argument("--database", metavar="DATABAS", required=needed)
        action.add_argument("--keys", metavar="MAPP", required=needed)
        action.add_argument("--tenant", metavar="KOD")
    for action in (show, export):
        action.add_argument("--withhold", metavar="FÄLT", nargs="+", default=[])
    export.add_argument("-o", "--output", metavar="FIL", required=True)
    export.add_argument("--earlier", metavar="FIL", nargs="+", default=[])
    parser.set_defaults(module="audit")
    _keys(actions)
    _gallring(actions)


def _keys(actions: argparse._SubParsersAction[Parser]) -> None:
    rotate = _command(actions, "rotate")
    rotate.add_argument("which", metavar="NYCKEL", choices=("signing", "wrapping", "writer"))
    rotate.add_argument("--database", metavar="DATABAS", required=True)
    rotate.add_argument("--keys", metavar="MAPP", required=True)
    rotate.add_argument("--tenant", metavar="KOD")
    rotate.add_argument("--who", metavar="ID", required=True)
    rotate.add_argument("--destroy", action="store_true")
    rotate.set_defaults(module="keys")


def _gallring(actions: argparse._SubParsersAction[Parser]) -> None:
    due = _command(actions, "due")
    delete = _command(actions, "delete")
    hold = _command(actions, "hold")
    lift = _command(actions, "lift")
    for action in (due, delete, hold, lift):
        action.add_argument("--database", metavar="DATABAS", required=True)
        action.add_argument("--keys", metavar="MAPP", required=True)
        action.add_argument("--tenant", metavar="KOD")
        action.set_defaults(module="gallring")
    due.add_argument("--within", metavar="DAGAR", type=int, default=0)
    where = delete.add_mutually_exclusive_group(required=True)
    where.add_argument("--installation", metavar="FIL")
    where.add_argument("--no-folders", action="store_true")
    for action in (hold, lift):
        action.add_argument("case", metavar="ÄRENDE")
        action.add_argument("--purpose", metavar="SKÄL", required=True)
    for action in (delete, hold, lift):
        action.add_argument("--who", metavar="ID", required=True)


def _service(commands: argparse._SubParsersAction[Parser]) -> None:
    serve = _command(commands, "serve")
    serve.add_argument("--api-only", action="store_true")
    serve.set_defaults(module="serve")
    worker = _command(commands, "worker")
    worker.add_argument("--metrics-port", metavar="PORT", type=int)
    worker.set_defaults(module="worker")
    own = _command(commands, "own-data")
    own.add_argument("--tenant", metavar="KOD", required=True)
    own.add_argument("--who", metavar="ID", required=True)
    own.add_argument("--purpose", metavar="ÄNDAMÅL", required=True)
    own.add_argument("--protected", action="store_true")
    own.add_argument("-o", "--output", metavar="MAPP", required=True)
    own.set_defaults(module="own_data")
    migrate = _command(commands, "migrate")
    migrate.set_defaults(module="migrate")
    token = _command(commands, "token")
    token.add_argument("--role", metavar="ROLL", nargs="+", required=True)
    token.add_argument("--tenant", metavar="KOD", nargs="+", required=True)
    token.add_argument("--subject", metavar="ID")
    token.add_argument("--hours", metavar="TIMMAR", type=int, default=8)
    token.set_defaults(module="token")
