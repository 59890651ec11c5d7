"""``lagrum rules schemas``: write the JSON Schemas of rule files, settings, cases and tables."""

from __future__ import annotations

import argparse
from pathlib import Path

from rules.json_schemas import FOLDER, schemas


def run(options: argparse.Namespace) -> int:
    """Write every schema into a folder."""
    folder = Path(options.folder) if options.folder else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in schemas().items():
        (folder / name).write_text(content, encoding="utf-8")
        print(folder / name)
    return 0
