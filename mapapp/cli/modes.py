"""Ways of travelling as options take them: by their code, or by the word that others use."""

from typing import Any, Final

import click

from mapapp.coverage.travel import travel_modes

SAME: Final = {"walking": "walk", "foot": "walk", "cycling": "bike", "bicycle": "bike", "driving": "car"}


class Mode(click.ParamType[str]):
    """One way of travelling."""

    name = "mode"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Its code."""
        code = SAME.get(str(value), str(value))
        if code not in travel_modes():
            self.fail(f"{value!r} is not known. Expected one of {', '.join(travel_modes())}", param, ctx)
        return code

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """What the help shows."""
        return f"[{'|'.join(travel_modes())}]"


class ModeList(click.ParamType[tuple[str, ...]]):
    """Several, with commas between."""

    name = "modes"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """Their codes, each once."""
        if isinstance(value, tuple):
            return value
        return tuple(dict.fromkeys(MODE.convert(each.strip(), param, ctx) for each in str(value).split(",")))


MODE: Final = Mode()
MODES: Final = ModeList()
