"""The command line: ``lagrum``. Each command is a file in ``commands/`` and is loaded only when used.

Exit codes: 0 done, 1 checked and found wanting, 2 the input or the rule files are wrong, 3 internal error.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Sequence

from decision_service.commands import DONE
from decision_service.commands.arguments import parser


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
    options = parser().parse_args(arguments)
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


if __name__ == "__main__":
    raise SystemExit(process())
