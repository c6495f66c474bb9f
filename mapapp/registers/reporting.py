"""An import's report as a file for the register's keepers."""

import json
from dataclasses import asdict
from pathlib import Path

from mapapp.registers.findings import findings, write_findings
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
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        write_findings(findings(report.rejected, report.notes), file)
