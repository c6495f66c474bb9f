"""The colours of the stylesheets: text that can be read in every scheme, maps that the colour-blind can read too."""

import csv
import itertools
import re

import pytest

from mapapp.settings import ROOT

SCHEMES = {
    "light": (),
    "dark": ("prefers-color-scheme: dark",),
    "light, more contrast": ("prefers-contrast: more",),
    "dark, more contrast": ("prefers-color-scheme: dark", "prefers-contrast: more"),
}
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
BLOCK = re.compile(r"(?:@media ([^{]+?) \{\s*)?:root \{([^}]*)\}")
TOKEN = re.compile(r"--([\w-]+): (#[0-9a-f]{3,6});")
# Machado, Oliveira and Fernandes 2009, complete deficiency, on linear RGB
VISION = {
    "everybody": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
Numbers = tuple[float, ...]
# what is written on what
TEXT = [
    *itertools.product(("ink", "muted", "link", "brand", "accent"), ("paper", "surface")),
    ("muted", "sunken"),
    ("on-brand", "brand"),
    ("brand-deep", "brand-soft"),
    ("accent", "accent-soft"),
    ("open", "open-soft"),
    ("closed", "closed-soft"),
    ("unknown", "unknown-soft"),
    ("warn", "warn-soft"),
]


def tokens(scheme: str) -> dict[str, str]:
    """The colours that hold in a scheme: later rules win, as in a browser."""
    found: dict[str, str] = {}
    for name in ("site.css", "planner.css"):
        style = (ROOT / "static" / "css" / name).read_text(encoding="utf-8")
        for media, body in BLOCK.findall(COMMENT.sub("", style)):
            asked = re.findall(r"\(([^)]*)\)", media)
            if media == "print" or not set(asked) <= set(SCHEMES[scheme]):
                continue
            found |= dict(TOKEN.findall(body))
    return found


def linear(colour: str) -> Numbers:
    digits = colour[1:] if len(colour) == 7 else "".join(each * 2 for each in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    return tuple(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)


def seen(colour: str, vision: str) -> Numbers:
    red_green_blue = linear(colour)
    rows = (sum(a * b for a, b in zip(row, red_green_blue, strict=True)) for row in VISION[vision])
    return tuple(min(max(value, 0), 1) for value in rows)


def lab(light: Numbers) -> Numbers:
    to_xyz = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    white = (0.9505, 1.0, 1.089)
    xyz = [sum(a * b for a, b in zip(row, light, strict=True)) / w for row, w in zip(to_xyz, white, strict=True)]
    x, y, z = (value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116 for value in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def difference(one: str, other: str, vision: str) -> float:
    """ΔE of CIE 1976."""
    pair = (lab(seen(one, vision)), lab(seen(other, vision)))
    return sum((a - b) ** 2 for a, b in zip(*pair, strict=True)) ** 0.5


def contrast(one: str, other: str) -> float:
    """WCAG's ratio."""
    lights = sorted(
        sum(a * b for a, b in zip((0.2126, 0.7152, 0.0722), linear(each), strict=True)) for each in (one, other)
    )
    return (lights[1] + 0.05) / (lights[0] + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_can_be_read(scheme: str) -> None:
    colours, least = tokens(scheme), 7.0 if "contrast" in scheme else 4.5
    weak = {
        (text, ground): round(contrast(colours[text], colours[ground]), 2)
        for text, ground in TEXT
        if contrast(colours[text], colours[ground]) < least
    }
    assert weak == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_fields_and_the_focus_can_be_seen(scheme: str) -> None:
    colours = tokens(scheme)
    for line, ground in itertools.product(("field-line", "focus"), ("paper", "surface")):
        assert contrast(colours[line], colours[ground]) >= 3, (line, ground)


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_steps_of_the_planners_map_differ_for_everybody(scheme: str, vision: str) -> None:
    colours = tokens(scheme)
    steps = [colours[f"k{step}"] for step in range(1, 6)]
    for one, other in itertools.pairwise(steps):
        assert difference(one, other, vision) >= 12, (one, other)
    lightness = [lab(seen(step, vision))[0] for step in steps]
    # the order of the steps is the order of their lightness, so that it also holds in grey
    assert lightness in (sorted(lightness), sorted(lightness, reverse=True))
    assert min(abs(a - b) for a, b in itertools.pairwise(lightness)) >= 8


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_signs_stand_out_from_the_land(scheme: str, vision: str) -> None:
    colours = tokens(scheme)
    signs = [colour for name, colour in colours.items() if name.startswith("m-")]
    assert len(signs) == 10
    assert min(difference(sign, colours["map-land"], vision) for sign in signs) >= 25


def test_no_sign_is_told_by_its_colour_alone() -> None:
    with (ROOT / "data" / "vocabularies" / "marker_groups.csv").open(encoding="utf-8", newline="") as file:
        shapes = [row["shape"] for row in csv.DictReader(file)]
    assert len(shapes) > 5
    assert len(set(shapes)) == len(shapes)
