"""A map as one HTML file that opens anywhere without a network: made with Folium, with Leaflet inside of it.

Words of records never go through Folium's popups or tooltips: they stand in JSON and become text by ``textContent``.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

import folium
import numpy as np
from branca.element import Element
from flask import render_template
from jinja2 import Template

from geo.crs import to_wgs84
from mapapp.coverage.data import CoverageData
from mapapp.coverage.exports import shapes_of
from mapapp.coverage.figures import AreaFigure, Figures
from mapapp.coverage.frame import Frame
from mapapp.settings import ROOT
from mapapp.web.i18n import current_language, long_date
from mapapp.web.i18n import gettext as _
from mapapp.web.planner.amounts import area_name, flag_words, told
from mapapp.web.planner.answers import one_moment
from mapapp.web.planner.choropleth import Drawing, bounds_of, draw
from mapapp.web.planner.coverage_page import polish_order, shown_rows
from mapapp.web.planner.questions import CoverageAsked
from mapapp.web.planner.report_map import COLOURS, LINE, OWN, SITE, map_legend
from mapapp.web.planner.sentences import summary
from mapapp.web.site import current_site

LEAFLET: Final = ROOT / "static" / "vendor" / "leaflet"
FOLDER: Final = ROOT / "templates" / "map_file"
NAME: Final = "coverage"
# the file itself forbids every fetch
POLICY: Final = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


class _Inside(Element):
    """Text that goes into the file as it is."""

    _template = Template("{{ this.content }}")

    def __init__(self, content: str) -> None:
        super().__init__()
        self.content = content


def map_file(data: CoverageData, figures: Figures, asked: CoverageAsked) -> str:
    """The whole file."""
    shown = shown_rows(figures, asked)
    sites = Frame(data, figures.question).sites if figures.definition.is_of_services else None
    drawing = draw(data, figures.layer, shown, asked.breaks, {}, sites)
    drawn = folium.Map(tiles=None, zoom_start=8, zoom_control=True)
    drawn.default_js, drawn.default_css, drawn._id = [], [], NAME
    _add_areas(drawn, data, figures, drawing)
    named = _sites(data, figures) if sites is not None else []
    _add_sites(drawn, named)
    words = _words(data, figures, asked, shown, drawing)
    page: Any = drawn.get_root()
    drawn.render()  # type: ignore[no-untyped-call] # first, so that what is said stands above and below
    page.title = words["title"]
    page.header.add_child(_Inside(_head()), name="inside")
    page.html.add_child(_Inside(render_template("map_file/above.html", **words)), name="above", index=0)
    page.html.add_child(_Inside(render_template("map_file/below.html", **words)), name="below")
    page.html.add_child(_Inside(_data(data, words, [name for _at, name in named])), name="data")
    page.script.add_child(_Inside((FOLDER / "map.js").read_text(encoding="utf-8")), name="last")
    # Folium's forbids to zoom in, which people with low vision need
    html: str = re.sub(r'<meta name="viewport"[^>]*user-scalable=no"?\s*/?>', "", page.render())
    return html.replace("<html>", f'<html lang="{current_language()}">', 1)


def _head() -> str:
    """The policy, Leaflet and the looks; pictures of markers that nothing here uses are left out."""
    style = re.sub(r"url\((?!#)[^)]*\)", "none", (LEAFLET / "leaflet.css").read_text(encoding="utf-8"))
    script = (LEAFLET / "leaflet.js").read_text(encoding="utf-8").replace("</script", "<\\/script")
    script = re.sub(r"//# sourceMappingURL=.*", "", script)
    own = (FOLDER / "map.css").read_text(encoding="utf-8")
    return (
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{style}</style><style>{own}</style><script>{script}</script>"
    )


def _add_areas(drawn: folium.Map, data: CoverageData, figures: Figures, drawing: Drawing) -> None:
    with one_moment() as session:
        shapes = shapes_of(session, "voivodeship" if figures.layer == "region" else figures.layer)
    colours = {shape.code: COLOURS[shape.colour] for shape in drawing.shapes}
    unsure = {shape.code for shape in drawing.shapes if shape.is_hatched}
    features = [
        {"type": "Feature", "id": code, "properties": {"area": code}, "geometry": geometry}
        for code, geometry in shapes.items()
        if geometry is not None
    ]
    areas = folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        style_function=lambda feature: {
            "fillColor": colours[feature["properties"]["area"]],
            "fillOpacity": 1,
            "color": LINE,
            "weight": 1,
            **({"dashArray": "2 5", "weight": 2.5} if feature["properties"]["area"] in unsure else {}),
        },
    )
    areas._id = "areas"
    areas.add_to(drawn)


def _sites(data: CoverageData, figures: Figures) -> list[tuple[list[float], str]]:
    """The shown places of the services, with their names."""
    question = figures.question
    services = data.supply.of(question.types, question.audience)
    offers = [offer for service in services for offer in service.offers if offer.x is not None]
    xy = np.array([(offer.x, offer.y) for offer in offers], dtype=np.float64).reshape(-1, 2)
    at = np.round(to_wgs84(xy), 5).tolist() if len(xy) else []
    return [(position, offer.name) for position, offer in zip(at, offers, strict=True)]


def _add_sites(drawn: folium.Map, named: Sequence[tuple[list[float], str]]) -> None:
    if not named:
        return
    features = [
        {"type": "Feature", "properties": {"site": place}, "geometry": {"type": "Point", "coordinates": at}}
        for place, (at, _name) in enumerate(named)
    ]
    marker = folium.CircleMarker(radius=6, color="#fff", weight=1.5, fill=True, fill_color=SITE, fill_opacity=1)
    marker._id = "site"
    sites = folium.GeoJson({"type": "FeatureCollection", "features": features}, marker=marker)
    sites._id = "sites"
    sites.add_to(drawn)


def _words(
    data: CoverageData, figures: Figures, asked: CoverageAsked, shown: Sequence[AreaFigure], drawing: Drawing
) -> dict[str, Any]:
    definition, language = figures.definition, current_language()
    site = current_site().names[language]
    notices = []
    if figures.has_samples:
        notices.append(_("Sample data: the figures are made with invented places and say nothing of the region."))
    if figures.is_schematic:
        notices.append(_("Schematic boundaries, not official."))
    rows = [
        {
            "code": row.area.code,
            "name": area_name(row.area),
            "value": told(row.figure, definition),
            "flags": "; ".join(flag_words(row.figure.flags)),
        }
        for row in sorted(shown, key=lambda row: (polish_order(row.area.name), row.area.code))
    ]
    return {
        "title": definition.label(language),
        "unit": definition.unit_label(language),
        "caveat": definition.caveat(language),
        "notices": notices,
        "sentences": summary(asked, figures, shown),
        "hint": _("Choose an area in the list, or touch it on the map; arrow keys move the map, plus and minus zoom."),
        "rows": rows,
        "legend": list(_legend(drawing, figures)),
        "footer": "; ".join(
            [
                site,
                long_date(data.today),
                _("Release of the data: %(release)s", release=figures.release),
                *figures.sources,
                "Leaflet (BSD-2-Clause), Folium (MIT)",
            ]
        ),
    }


def _legend(drawing: Drawing, figures: Figures) -> Iterator[tuple[str, str]]:
    """As on paper, but that uncertain areas have a dashed border: Leaflet knows no hatching."""
    yield from map_legend(replace(drawing, hatched=0), figures, "")
    if drawing.hatched:
        border = f'fill="none" stroke="{LINE}" stroke-width="2.5" stroke-dasharray="2 5"'
        box = f'<rect x="3" y="3" width="34" height="22" {border}/>'
        yield box, _("dashed border: uncertain; areas: %(count)s", count=drawing.hatched)


def _data(data: CoverageData, words: dict[str, Any], sites: list[str]) -> str:
    content = {
        "map": NAME,
        "areas": {row["code"]: f"{row['name']}: {row['value']}" for row in words["rows"]},
        "sites": sites,
        "hint": words["hint"],
        "label": _("Map: %(label)s", label=words["title"]),
        "zoomIn": _("Zoom in"),
        "zoomOut": _("Zoom out"),
        "bounds": bounds_of(data),
        "line": LINE,
        "focus": OWN,
    }
    # no text can end the element that it stands in
    text = json.dumps(content, ensure_ascii=False).replace("<", "\\u003c").replace("\u2028", "\\u2028")
    return f'<script type="application/json" id="data">{text}</script>'
