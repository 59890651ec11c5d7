"""The command line: ``lagrum``. Each command is a file in ``commands/`` and is loaded only when used.

Exit codes: 0 done, 1 checked and found wanting, 2 the input or the rule files are wrong, 3 internal error.
"""

from __future__ import annotations

import argparse
import importlib
import os
import re
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

DONE, FOUND_WANTING, WRONG_INPUT, INTERNAL_ERROR = 0, 1, 2, 3


class _Parser(argparse.ArgumentParser):
    """Argument errors in Swedish, with exit code 2."""

    def error(self, message: str) -> NoReturn:
        for english, swedish in _MESSAGES:
            message = re.sub(english, swedish, message)
        print(f"lagrum: {message}. Se ”{self.prog} --help”.", file=sys.stderr)
        raise SystemExit(WRONG_INPUT)


_MESSAGES = (
    ("^the following arguments are required:", "dessa argument saknas:"),
    ("unrecognized arguments:", "okända argument:"),
    ("invalid choice:", "okänt val:"),
    ("expected one argument", "ett värde saknas"),
    ("^argument ", "argumentet "),
    (r"\(choose from", "(välj bland"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        command = importlib.import_module(f"decision_service.commands.{options.module}")
        return int(command.run(options))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        return _failed(error)


def _failed(error: Exception) -> int:
    from decision_service.json_input import InputError
    from norms.finding import FindingsError

    match error:
        case InputError(faults=faults):
            lines = list(faults)
        case FindingsError(findings=findings):
            lines = [str(finding) for finding in findings]
        case FileNotFoundError() | IsADirectoryError() | PermissionError():
            lines = [f"Filen {error.filename} går inte att läsa. Kontrollera sökvägen och rättigheterna."]
        case _:
            traceback.print_exc()
            print("lagrum: internt fel. Inget är beslutat eller ändrat.", file=sys.stderr)
            return INTERNAL_ERROR
    for line in lines:
        print(line, file=sys.stderr)
    return WRONG_INPUT


def _parser() -> _Parser:
    parser = _Parser(prog="lagrum", description="Försörjningsstöd: lagen som filer.", add_help=True)
    commands = parser.add_subparsers(dest="command", required=True, metavar="KOMMANDO")
    _decide(commands)
    _estimate(commands)
    _norms(commands)
    _rules(commands)
    demo = commands.add_parser("demo", help="räkna exempelhushållen och förklara ett av dem")
    demo.set_defaults(module="demo")
    return parser


def _decide(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = commands.add_parser("decide", help="besluta ett ärende och förklara beslutet")
    parser.add_argument("file", metavar="FIL", help="ärendefil i JSON (arende/1), eller - för standard in")
    parser.add_argument("--json", action="store_true", help="svara med JSON, belopp i öre")
    parser.add_argument("--why", action="store_true", help="visa reglerna och varför de gäller")
    parser.set_defaults(module="decide")


def _estimate(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = commands.add_parser("estimate", help="provberäkning utan personuppgifter")
    parser.add_argument("file", metavar="FIL", help="JSON-fil, eller - för standard in")
    parser.add_argument("--json", action="store_true", help="svara med JSON, belopp i öre")
    parser.add_argument(
        "--why", action="store_true", help="visa varje regel och varför den gäller eller inte"
    )
    parser.set_defaults(module="estimate")


def _norms(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = commands.add_parser("norms", help="normtabellerna")
    actions = parser.add_subparsers(dest="action", required=True, metavar="VAD")
    show = actions.add_parser("show", help="visa en månads belopp")
    show.add_argument("--month", metavar="ÅÅÅÅ-MM", help="månad, annars den här")
    show.add_argument("--municipality", metavar="KOD", help="ta med kommunens egna belopp")
    show.add_argument("--json", action="store_true", help="svara med JSON, belopp i öre")
    check = actions.add_parser("check", help="pröva om beloppen är rimliga")
    check.add_argument("file", metavar="FIL", nargs="?", help="en tabellfil, annars alla")
    parser.set_defaults(module="norms")


def _rules(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = commands.add_parser("rules", help="reglerna")
    actions = parser.add_subparsers(dest="action", required=True, metavar="VAD")
    check = actions.add_parser("check", help="kontrollera alla regelfiler")
    check.add_argument("--root", metavar="MAPP", help="en annan mapp med regler än den inbyggda")
    test = actions.add_parser("test", help="kör fallen som står bredvid reglerna")
    test.add_argument("--coverage", action="store_true", help="visa regler och villkor som inget fall prövar")
    show = actions.add_parser("show", help="visa en regel, dess lagrum och dess lydelser över tid")
    show.add_argument("rule", metavar="REGEL")
    explain = actions.add_parser("explain", help="förklara en regel, eller vad den gjorde i ett fall")
    explain.add_argument("rule", metavar="REGEL")
    explain.add_argument("file", metavar="FIL", nargs="?", help="indata till estimate")
    parser.set_defaults(module="rules")


if __name__ == "__main__":
    raise SystemExit(main())
