"""The command line: ``lagrum``. Each command is a file in ``commands/`` and is loaded only when used.

Exit codes: 0 done, 1 checked and found wanting, 2 the input or the rule files are wrong, 3 internal error.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import re
import sys
from collections.abc import Sequence
from typing import NoReturn

from decision_service.commands import DONE, WRONG_INPUT


class _Parser(argparse.ArgumentParser):
    """Help and argument errors in Swedish, the errors with exit code 2."""

    def format_help(self) -> str:
        text = super().format_help()
        for english, swedish in _HEADINGS:
            text = text.replace(english, swedish, 1)
        return text

    def error(self, message: str) -> NoReturn:
        for english, swedish in _MESSAGES:
            message = re.sub(english, swedish, message)
        print(f"lagrum: {message}. Se ”{self.prog} --help”.", file=sys.stderr)
        raise SystemExit(WRONG_INPUT)


_HEADINGS = (
    ("usage:", "så här:"),
    ("\npositional arguments:\n", "\nargument:\n"),
    ("\noptions:\n", "\nval:\n"),
    ("show this help message and exit", "visa den här hjälpen"),
)
_MESSAGES = (
    ("^the following arguments are required:", "dessa argument saknas:"),
    ("unrecognized arguments:", "okända argument:"),
    ("invalid choice:", "okänt val:"),
    ("expected one argument", "ett värde saknas"),
    ("invalid int value:", "inte ett heltal:"),
    ("invalid float value:", "inte ett tal:"),
    ("^argument ", "argumentet "),
    (r"one of the arguments (.*) is required", r"ett av dessa argument saknas: \1"),
    ("not allowed with argument", "går inte ihop med argumentet"),
    (r"\(choose from", "(välj bland"),
)


def process() -> int:
    """Run the command that the process was started with. One that ends soon makes no garbage worth looking
    for, neither while it runs nor when it ends."""
    gc.disable()
    # What happens to be installed beside the program has no say in what it reads, and is not looked for.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    code = main()
    gc.freeze()
    return code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    if not options.short:
        gc.enable()
    try:
        command = importlib.import_module(f"decision_service.commands.{options.module}")
        return int(command.run(options))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        from decision_service.commands.ending import failed

        return failed(error)


def _parser() -> _Parser:
    parser = _Parser(prog="lagrum", description="Försörjningsstöd: lagen som filer.", add_help=True)
    commands = parser.add_subparsers(dest="command", required=True, metavar="KOMMANDO")
    _decide(commands)
    _estimate(commands)
    _norms(commands)
    _rules(commands)
    _audit(commands)
    _service(commands)
    demo = commands.add_parser("demo", help="räkna exempelhushållen och förklara ett av dem")
    demo.set_defaults(module="demo")
    parser.set_defaults(short=False)
    return parser


def _decide(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = commands.add_parser("decide", help="besluta ett ärende och förklara beslutet")
    parser.add_argument("file", metavar="FIL", help="ärendefil i JSON (arende/1), eller - för standard in")
    parser.add_argument("--json", action="store_true", help="svara med JSON, belopp i öre")
    parser.add_argument("--why", action="store_true", help="visa reglerna och varför de gäller")
    parser.add_argument(
        "--log", metavar="DATABAS", help="logga beslutet i en SQLite-fil eller postgresql://…"
    )
    parser.add_argument("--keys", metavar="MAPP", help="mapp för loggens nycklar; krävs med --log")
    parser.set_defaults(module="decide")


def _estimate(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = commands.add_parser("estimate", help="provberäkning utan personuppgifter")
    parser.add_argument("file", metavar="FIL", help="JSON-fil, eller - för standard in")
    parser.add_argument("--json", action="store_true", help="svara med JSON, belopp i öre")
    parser.add_argument(
        "--why", action="store_true", help="visa varje regel och varför den gäller eller inte"
    )
    parser.set_defaults(module="estimate", short=True)


def _norms(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = commands.add_parser("norms", help="normtabellerna")
    actions = parser.add_subparsers(dest="action", required=True, metavar="VAD")
    show = actions.add_parser("show", help="visa en månads belopp")
    show.add_argument("--month", metavar="ÅÅÅÅ-MM", help="månad, annars den här")
    show.add_argument("--municipality", metavar="KOD", help="ta med kommunens egna belopp")
    show.add_argument("--json", action="store_true", help="svara med JSON, belopp i öre")
    check = actions.add_parser("check", help="pröva om beloppen är rimliga")
    check.add_argument(
        "file", metavar="FIL", nargs="?", help="en tabellfil eller en kopia av projektet; annars de inbyggda"
    )
    dmn = actions.add_parser("dmn", help="skriv trappor och gränser som DMN 1.3, eller läs en sådan fil")
    dmn.add_argument("folder", metavar="MAPP", nargs="?", help="skriv en fil per tabell här")
    dmn.add_argument("--month", metavar="ÅÅÅÅ-MM", help="månad, annars den här")
    dmn.add_argument("--municipality", metavar="KOD", help="ta med kommunens egna belopp")
    dmn.add_argument("--read", metavar="FIL", help="läs en DMN-fil och skriv den som rader i en normtabell")
    parser.set_defaults(module="norms")


def _rules(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = commands.add_parser("rules", help="reglerna")
    actions = parser.add_subparsers(dest="action", required=True, metavar="VAD")
    check = actions.add_parser("check", help="kontrollera alla regelfiler")
    test = actions.add_parser("test", help="kör fallen som står bredvid reglerna")
    for action in (check, test):
        action.add_argument("--root", metavar="MAPP", help="en kopia av projektet, eller en mapp med regler")
    test.add_argument("--coverage", action="store_true", help="visa regler och villkor som inget fall prövar")
    show = actions.add_parser("show", help="visa en regel, dess lagrum och dess lydelser över tid")
    show.add_argument("rule", metavar="REGEL")
    show.set_defaults(short=True)
    explain = actions.add_parser("explain", help="förklara en regel, eller vad den gjorde i ett fall")
    explain.add_argument("rule", metavar="REGEL")
    explain.add_argument("file", metavar="FIL", nargs="?", help="indata till estimate")
    explain.set_defaults(short=True)
    parser.set_defaults(module="rules")
    _rule_changes(actions)
    _rule_schemas(actions)


def _rule_changes(actions: argparse._SubParsersAction[_Parser]) -> None:
    diff = actions.add_parser("diff", help="säg i ord vad två regelversioner säger olika")
    _two_releases(diff)
    diff.add_argument("--month", metavar="ÅÅÅÅ-MM", help="månader före den har varit; annars den här")
    diff.add_argument("--reason", metavar="SKÄL", help="varför det som har varit rättas")
    diff.add_argument("--json", action="store_true", help="svara med JSON")
    diff.set_defaults(module="rules_diff")
    mutate = actions.add_parser(
        "mutate", help="ändra ett ord i taget i regelfilerna och se om något fall märker det"
    )
    mutate.add_argument(
        "rule", metavar="REGEL", nargs="?", help="bara en regel, ett begrepp eller en regelfil"
    )
    mutate.add_argument("--every", metavar="N", type=_positive, default=1, help="bara var N:te ändring")
    mutate.add_argument(
        "--examples", metavar="MAPP", default="examples/cases", help="ärenden som också får märka"
    )
    mutate.add_argument(
        "--processes", metavar="N", type=_positive, default=2, help="hur många som prövar samtidigt"
    )
    mutate.add_argument("--json", action="store_true", help="svara med JSON")
    mutate.set_defaults(module="rules_mutate")
    impact = actions.add_parser("impact", help="pröva loggade ärenden igen under andra regler")
    impact.add_argument(
        "after", metavar="B", help="mapp, id för en regelversion i databasen eller ordet inbyggda"
    )
    impact.add_argument("--database", metavar="DATABAS", required=True, help="fil eller postgresql://…")
    impact.add_argument("--keys", metavar="MAPP", required=True, help="mapp för loggens nycklar")
    impact.add_argument("--tenant", metavar="KOD", help="kommunkod, om databasen har flera loggar")
    impact.add_argument(
        "--month",
        metavar="ÅÅÅÅ-MM",
        action="append",
        default=[],
        help="bara den månaden; får ges flera gånger",
    )
    impact.add_argument("--out", metavar="FIL", help="en rad per ärende, så att körningen kan återupptas")
    impact.add_argument(
        "--processes", metavar="N", type=_positive, default=2, help="hur många som prövar samtidigt"
    )
    impact.add_argument("--json", action="store_true", help="svara med JSON, belopp i öre")
    impact.set_defaults(module="rules_impact")
    population = actions.add_parser("population", help="räkna två regelversioner på många påhittade hushåll")
    _two_releases(population)
    population.add_argument("--month", metavar="ÅÅÅÅ-MM", help="månad, annars den här")
    population.add_argument("--municipality", metavar="KOD", help="med kommunens regler och belopp")
    population.add_argument(
        "--households", metavar="N", type=_positive, default=100_000, help="hur många hushåll som hittas på"
    )
    population.add_argument("--seed", metavar="N", type=_positive, default=1, help="samma frö, samma hushåll")
    population.add_argument("--file", metavar="FIL", help="hushållen i en Parquet-fil i stället")
    population.add_argument("--write", metavar="FIL", help="skriv hushållen som Parquet")
    population.add_argument("--plot", metavar="FIL", help="skriv trappan av 100 kr högre lön som SVG")
    population.add_argument(
        "--processes", metavar="N", type=_positive, default=2, help="hur många som räknar samtidigt"
    )
    population.add_argument(
        "--on", metavar="dask://DATOR:PORT", help="räkna på arbetarna i ett Dask-kluster i stället"
    )
    population.add_argument("--json", action="store_true", help="svara med JSON, belopp i öre")
    population.set_defaults(module="rules_population")


def _rule_schemas(actions: argparse._SubParsersAction[_Parser]) -> None:
    schemas = actions.add_parser(
        "schemas", help="skriv JSON-scheman av regelfiler, fall, inställningar och tabeller"
    )
    schemas.add_argument("folder", metavar="MAPP", nargs="?", help="en annan mapp än rules/scheman")
    schemas.set_defaults(module="rules_schemas")


def _two_releases(parser: _Parser) -> None:
    for name, metavar in (("before", "A"), ("after", "B")):
        parser.add_argument(
            name, metavar=metavar, help="mapp, id för en regelversion (med --database) eller ordet inbyggda"
        )
    parser.add_argument(
        "--database", metavar="DATABAS", help="SQLite-fil eller postgresql://… med regelversioner"
    )


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"”{text}” är inget heltal större än noll")
    return int(text)


def _audit(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = commands.add_parser("audit", help="granskningsloggen")
    actions = parser.add_subparsers(dest="action", required=True, metavar="VAD")
    verify = actions.add_parser("verify", help="kontrollera en hel logg")
    verify.add_argument("database", metavar="DATABAS", help="SQLite-fil eller postgresql://…")
    verify.add_argument(
        "--key", metavar="NYCKEL", action="append", default=[], help="publik nyckel eller fil"
    )
    verify.add_argument(
        "--outside", metavar="MAPP", action="append", help="checkpoints eller brev som någon annan har sparat"
    )
    verify.add_argument("--vault", metavar="MAPP", help="nyckelmapp: kontrollera personuppgifterna också")
    verify.add_argument(
        "--backup",
        action="store_true",
        help="en kopia som inte används: att slutet inte är underskrivet är inget fel",
    )
    verify.add_argument("--json", action="store_true", help="svara med JSON")
    show = actions.add_parser("show", help="visa ett ärendes spår, eller vilka ärenden som finns")
    export = actions.add_parser("export", help="ge ut ett ärende som en fil")
    replay = actions.add_parser("replay", help="fatta loggade beslut igen och visa första skillnaden")
    show.add_argument("case", metavar="ÄRENDE", nargs="?")
    export.add_argument("case", metavar="ÄRENDE")
    replay.add_argument("case", metavar="ÄRENDE", nargs="?", help="ett ärende, eller ett paket från export")
    replay.add_argument("--all", action="store_true", help="alla beslut i kommunens logg")
    for action in (show, export, replay):
        needed = action is not replay
        action.add_argument("--database", metavar="DATABAS", required=needed, help="fil eller postgresql://…")
        action.add_argument("--keys", metavar="MAPP", required=needed, help="mappen med loggens nycklar")
        action.add_argument("--tenant", metavar="KOD", help="kommunkod, om databasen har flera loggar")
    for action in (show, export):
        action.add_argument(
            "--withhold", metavar="FÄLT", nargs="+", default=[], help="uppgifter som inte ska lämnas ut"
        )
    export.add_argument("-o", "--output", metavar="FIL", required=True, help="zip-filen som ska skrivas")
    export.add_argument(
        "--earlier", metavar="FIL", nargs="+", default=[], help="checkpoints och brev som mottagaren har"
    )
    parser.set_defaults(module="audit")
    _keys(actions)
    _gallring(actions)


def _keys(actions: argparse._SubParsersAction[_Parser]) -> None:
    rotate = actions.add_parser("rotate", help="byt en av loggens nycklar")
    rotate.add_argument(
        "which",
        metavar="NYCKEL",
        choices=("signing", "wrapping", "writer"),
        help="signing | wrapping | writer",
    )
    rotate.add_argument("--database", metavar="DATABAS", required=True, help="fil eller postgresql://…")
    rotate.add_argument("--keys", metavar="MAPP", required=True, help="mappen med loggens nycklar")
    rotate.add_argument("--tenant", metavar="KOD", help="kommunkod, om databasen har flera loggar")
    rotate.add_argument("--who", metavar="ID", required=True, help="anställningsid för den som byter")
    rotate.add_argument(
        "--destroy", action="store_true", help="förstör den förra valvnyckeln; äldre säkerhetskopior stängs"
    )
    rotate.set_defaults(module="keys")


def _gallring(actions: argparse._SubParsersAction[_Parser]) -> None:
    due = actions.add_parser("due", help="visa vad som ska gallras nu, utan att namnge någon")
    delete = actions.add_parser("delete", help="gallra det som ska gallras nu")
    hold = actions.add_parser("hold", help="stoppa gallringen av ett ärende")
    lift = actions.add_parser("lift", help="häv ett gallringsstopp")
    for action in (due, delete, hold, lift):
        action.add_argument("--database", metavar="DATABAS", required=True, help="fil eller postgresql://…")
        action.add_argument("--keys", metavar="MAPP", required=True, help="mappen med loggens nycklar")
        action.add_argument("--tenant", metavar="KOD", help="kommunkod, om databasen har flera loggar")
        action.set_defaults(module="gallring")
    due.add_argument(
        "--within", metavar="DAGAR", type=int, default=0, help="också det som ska gallras så snart"
    )
    where = delete.add_mutually_exclusive_group(required=True)
    where.add_argument("--installation", metavar="FIL", help="installationsfilen, med mapparna för utdata")
    where.add_argument("--no-folders", action="store_true", help="kommunen har inga mappar för utdata")
    for action in (hold, lift):
        action.add_argument("case", metavar="ÄRENDE", help="ärendenummer, eller id i loggen")
        action.add_argument("--purpose", metavar="SKÄL", required=True, help="varför; läsbart för alltid")
    for action in (delete, hold, lift):
        action.add_argument("--who", metavar="ID", required=True, help="anställningsid för den som gör det")


def _service(commands: argparse._SubParsersAction[_Parser]) -> None:
    serve = commands.add_parser("serve", help="kör tjänsten")
    serve.add_argument("--api-only", action="store_true", help="låt andra processer (lagrum worker) arbeta")
    serve.set_defaults(module="serve")
    worker = commands.add_parser("worker", help="arbeta på det som väntar, utan API")
    worker.add_argument("--metrics-port", metavar="PORT", type=int, help="lämna ut mätvärden på en egen port")
    worker.set_defaults(module="worker")
    own = commands.add_parser("own-data", help="allt som finns om en person, till personen (registerutdrag)")
    own.add_argument("--tenant", metavar="KOD", required=True, help="kommunkod")
    own.add_argument("--who", metavar="ID", required=True, help="anställningsid för den som tar fram det")
    own.add_argument("--purpose", metavar="ÄNDAMÅL", required=True, help="varför, till exempel begaran")
    own.add_argument("--protected", action="store_true", help="också en person med skyddade uppgifter")
    own.add_argument("-o", "--output", metavar="MAPP", required=True, help="mapp för de två filerna")
    own.set_defaults(module="own_data")
    migrate = commands.add_parser("migrate", help="ge databasen den här versionens tabeller, och sluta")
    migrate.set_defaults(module="migrate")
    token = commands.add_parser("token", help="en token för att prova demonstrationen")
    token.add_argument("--role", metavar="ROLL", nargs="+", required=True, help="till exempel handlaggare")
    token.add_argument(
        "--tenant", metavar="KOD", nargs="+", required=True, help="kommunkod, till exempel 9999"
    )
    token.add_argument("--subject", metavar="ID", help="vem token gäller, annars efter rollen")
    token.add_argument("--hours", metavar="TIMMAR", type=int, default=8, help="hur länge den gäller")
    token.set_defaults(module="token")


if __name__ == "__main__":
    raise SystemExit(process())
