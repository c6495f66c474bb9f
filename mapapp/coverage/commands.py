"""Changes of coverage's tables, inside the caller's transaction: a file's rows all or none, a release once."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from mapapp.coverage.data import CoverageData, release_code
from mapapp.coverage.definitions import definitions_version
from mapapp.coverage.duties import duties
from mapapp.coverage.errors import CoverageError, WrongFile
from mapapp.coverage.figures import Figures
from mapapp.coverage.measures import measure
from mapapp.coverage.question import Question
from mapapp.coverage.staffing import staffing
from mapapp.coverage.tables import CoverageRelease, NeedIndicator, ReleasedFigure
from mapapp.directory.agreements import keep_agreements
from mapapp.directory.summary import keep_summary
from mapapp.directory.tables import ServiceAgreement
from mapapp.territory.planning import planned_gminas

Text = Annotated[str, Field(min_length=1, max_length=300)]
Optional = BeforeValidator(lambda cell: cell or None)
YES = frozenset({"yes", "tak"})


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class AgreementRow(_Row):
    """A line of a file of agreements."""

    served_teryt: Annotated[str, Field(pattern=r"^[0-9]{4}([0-9]{3})?$")]
    task: Text
    kind: Literal["agreement", "contract"]
    provider: Text
    provider_record: Annotated[str | None, Optional] = None
    provider_teryt: Annotated[Annotated[str, Field(pattern=r"^[0-9]{4}([0-9]{3})?$")] | None, Optional] = None
    source: Text
    valid_from: date
    valid_to: Annotated[date | None, Optional] = None

    @model_validator(mode="after")
    def _holds_for_some_time(self) -> "AgreementRow":
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} is before valid_from {self.valid_from}")
        if self.task not in duties():
            raise ValueError(f"task {self.task!r} is none of data/coverage/duties.csv")
        if self.task in staffing():
            raise ValueError(f"task {self.task!r} is met by posts, not by an agreement")
        return self


class IndicatorRow(_Row):
    """A line of a file of indicators."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_+]{1,40}$")]
    teryt: Annotated[str, Field(pattern=r"^[0-9]{7}$")]
    year: Annotated[int, Field(ge=1990, le=2100)]
    persons: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    is_estimate: Annotated[bool, BeforeValidator(lambda cell: cell in YES)] = False
    source: Text
    as_of: Annotated[date | None, Optional] = None

    @model_validator(mode="after")
    def _is_of_its_year(self) -> "IndicatorRow":
        if self.as_of is not None and self.as_of.year != self.year:
            raise ValueError(f"as_of {self.as_of} is not in the year {self.year}")
        return self


AnyRow = TypeVar("AnyRow", bound=_Row)


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """How many lines a file had; the same lines again change nothing."""

    file: str
    rows: int


@dataclass(frozen=True, slots=True)
class Release:
    """Released figures. ``is_new``: these inputs had not been released before."""

    code: str
    figures_hash: str
    day: date
    rows: int
    is_new: bool


def load_agreements(session: Session, path: Path) -> LoadedFile:
    """Add the agreements of a CSV file, or bring those that are there to what it says, and publish whom they serve.

    Raises WrongFile.
    """
    codes = {gmina.teryt for gmina in planned_gminas(session)}
    known = codes | {code[:4] for code in codes}
    rows = _read(path, AgreementRow, lambda row: row.served_teryt, known)
    for row in rows:
        values = row.model_dump()
        keys = ("served_teryt", "task", "provider", "valid_from")
        statement = upsert(ServiceAgreement).values(values)
        changed = {name: value for name, value in values.items() if name not in keys}
        session.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))
    keep_agreements(session)
    keep_summary(session)
    return LoadedFile(path.name, len(rows))


def load_indicator(session: Session, path: Path) -> LoadedFile:
    """Add the indicators of need of a CSV file, or bring those that are there to what it says. Raises WrongFile."""
    codes = {gmina.teryt for gmina in planned_gminas(session)}
    rows = _read(path, IndicatorRow, lambda row: row.teryt, codes)
    for row in rows:
        values = row.model_dump()
        values["gmina_teryt"] = values.pop("teryt")
        statement = upsert(NeedIndicator).values(values)
        changed = {name: values[name] for name in ("persons", "is_estimate", "source", "as_of")}
        keys = ("code", "gmina_teryt", "year")
        session.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))
    return LoadedFile(path.name, len(rows))


def release_figures(session: Session, data: CoverageData, question: Question) -> Release:
    """Keep the figures of a question with the hash of all their inputs; what was released before stays as it is.

    Raises CoverageError where the same inputs gave other figures than before: then the code is not what it says.
    """
    figures = measure(data, question)
    code = release_code((data.release, sorted(question.asked().items()), data.today))
    told = figures_hash(figures)
    old = session.scalar(select(CoverageRelease).where(CoverageRelease.code == code))
    if old is not None:
        if old.figures_hash != told:
            raise CoverageError(f"release {code} has figures {old.figures_hash[:16]}, but they are {told[:16]} now")
        return Release(code, told, old.day, len(figures.rows) + 1, is_new=False)
    new = CoverageRelease(
        code=code,
        data_release=data.release,
        directory_release=data.directory_release,
        territory_release=data.territory_release,
        definitions_version=definitions_version(),
        question=question.asked(),
        day=data.today,
        figures_hash=told,
    )
    session.add(new)
    session.flush()
    session.execute(insert(ReleasedFigure), [{"release_id": new.id, **row} for row in _figure_rows(figures)])
    return Release(code, told, data.today, len(figures.rows) + 1, is_new=True)


def figures_hash(figures: Figures) -> str:
    """A hash of the figures alone: values to twelve digits, and flags."""
    return hashlib.sha256(repr(list(_figure_rows(figures))).encode()).hexdigest()


def _figure_rows(figures: Figures) -> Iterator[dict[str, Any]]:
    region = figures.question.layer != "region"
    pairs = [(row.area.code, row.area.name, row.figure) for row in figures]
    if region:
        pairs.append(("region", "", figures.region))
    for code, name, figure in pairs:
        yield {
            "area_code": code,
            "area_name": name,
            "value": _rounded(figure.value),
            "numerator": _rounded(figure.numerator),
            "denominator": _rounded(figure.denominator),
            "sites": figure.n,
            "flags": "|".join(sorted(figure.flags)),
        }


def _rounded(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.12g}")


def _read(path: Path, row_type: type[AnyRow], area: Callable[[AnyRow], str], known: set[str]) -> list[AnyRow]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongFile([f"{path.name}: {error}; expected a CSV file in UTF-8"]) from error
    lines = csv.DictReader(io.StringIO(text))
    problems: list[str] = []
    rows: list[AnyRow] = []
    for cells in lines:
        where = f"{path.name}, line {lines.line_num}"
        try:
            row = row_type.model_validate(cells)
        except ValidationError as error:
            problems += [f"{where}, {_told(detail)}" for detail in error.errors(include_url=False)]
            continue
        if area(row) not in known:
            problems.append(f"{where}: {area(row)!r} is no area of the loaded territory")
        rows.append(row)
    if problems or not rows:
        raise WrongFile(
            problems or [f"{path.name} has no rows; expected the columns {', '.join(row_type.model_fields)}"]
        )
    return rows


def _told(detail: Any) -> str:
    column = detail["loc"][0] if detail["loc"] else "the whole line"
    return f"column {column}: {detail['input']!r}: {detail['msg']}"
