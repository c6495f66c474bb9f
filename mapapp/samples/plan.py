"""The plan of the sample directory: how many of each type, and where (data/samples/plan.csv)."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from mapapp.samples.ground import Ground, SampleGmina

Listed = Annotated[tuple[str, ...], BeforeValidator(lambda cell: tuple(cell.split("|")) if cell else ())]
Whole = Annotated[int | None, BeforeValidator(lambda cell: cell or None)]


class PlannedType(BaseModel):
    """One line of the plan; see data/samples/README.md."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str
    spread: Literal["gmina", "gmina_instead", "powiat", "subregion", "population", "region", "hosted", "remote"]
    per: Annotated[int, Field(gt=0)]
    host: str
    share: Annotated[float, Field(gt=0, le=1)]
    capacity_min: Whole
    capacity_max: Whole
    cost: str
    sectors: Listed
    opening_hours: Listed


def read_plan(folder: Path) -> tuple[PlannedType, ...]:
    """The plan in the file's order. A ValidationError names the field."""
    with (folder / "plan.csv").open(encoding="utf-8", newline="") as file:
        return tuple(PlannedType.model_validate(row) for row in csv.DictReader(file))


def draw(*key: Any) -> Random:
    """A generator of its own for each decision, so that a new line in the plan changes no other record."""
    return Random("|".join(map(str, key)))  # noqa: S311 - invented data, not a secret


def sites(planned: PlannedType, plan: Sequence[PlannedType], ground: Ground) -> Iterator[SampleGmina | None]:
    """The gminas in which sites of this type stand, one item a site; None for a site without a place."""
    if planned.spread == "remote":
        yield from [None] * planned.per
    elif planned.spread == "population":
        yield from _by_population(planned, ground)
    elif planned.spread in {"gmina", "gmina_instead"}:
        yield from (gmina for gmina in ground.gminas if _stands(planned, plan, gmina))
    elif planned.spread != "hosted":
        for members in _groups(planned, ground):
            # the n-th office of a powiat stands in its n-th largest gmina
            largest = sorted(members, key=lambda gmina: (-gmina.population, gmina.teryt))
            yield from (largest[number % len(largest)] for number in range(planned.per))


def _stands(planned: PlannedType, plan: Sequence[PlannedType], gmina: SampleGmina) -> bool:
    instead = next((p for p in plan if p.spread == "gmina_instead" and planned.type in {p.type, p.host}), None)
    if instead is None:
        return draw(planned.type, gmina.teryt).random() < planned.share
    return (draw(instead.type, gmina.teryt).random() < instead.share) == (planned is instead)


def _groups(planned: PlannedType, ground: Ground) -> list[list[SampleGmina]]:
    keys = {"powiat": "powiat_teryt", "subregion": "nuts3"}
    members: dict[str, list[SampleGmina]] = {}
    for gmina in ground.gminas:
        name = getattr(gmina, keys[planned.spread]) if planned.spread in keys else ""
        members.setdefault(name, []).append(gmina)
    return [members[name] for name in sorted(members)]


def _by_population(planned: PlannedType, ground: Ground) -> Iterator[SampleGmina]:
    """Systematic sampling: one site at every ``per``-th inhabitant, counted through the gminas."""
    next_at = draw("start", planned.type).random() * planned.per
    counted = 0
    for gmina in ground.gminas:
        counted += gmina.population
        while next_at < counted:
            yield gmina
            next_at += planned.per
