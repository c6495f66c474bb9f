"""An import's report as a file for the register's keepers."""

import csv
import json
from dataclasses import asdict
from pathlib import Path

from mapapp.registers.loading import ImportReport

FORMATS = (".json", ".csv")


def write_report(report: ImportReport, path: Path) -> None:
    """Write ``report``: everything as JSON, or one row per finding as CSV. Raises ValueError for another ending."""
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise ValueError(f"{path.name} ends with {ending!r}, expected one of {', '.join(FORMATS)}")
    if ending == ".json":
        path.write_text(json.dumps(asdict(report), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    else:
        _write_findings(report, path)


def _write_findings(report: ImportReport, path: Path) -> None:
    # the byte order mark lets Polish Excel open it with the right letters
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["skutek", "wiersz", "pole", "wartość", "uwaga", "najbliższa poprawna wartość"])
        for outcome, problems in (("odrzucony", report.rejected), ("uwaga", report.notes)):
            writer.writerows(
                [outcome, each.line, each.field, _harmless(each.value), each.message, each.nearest] for each in problems
            )


def _harmless(value: str) -> str:
    """``value`` so that a spreadsheet shows it and never calculates it."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
