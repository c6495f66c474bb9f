"""The report of a gmina, a powiat or the region, put together once for page, PDF, DOCX and XLSX."""

from collections.abc import Iterator, Sequence
from typing import Final

from mapapp.coverage.areas import AreaRef, Layer
from mapapp.coverage.data import CoverageData
from mapapp.coverage.definitions import definitions, definitions_version
from mapapp.coverage.errors import NotAnswerable
from mapapp.coverage.figures import FLAGS, Flag
from mapapp.coverage.supply import TrendPoint, area_supply, trend
from mapapp.web.i18n import current_language, label, long_date
from mapapp.web.i18n import gettext as _
from mapapp.web.planner.amounts import FLAG_WORDS, area_name, number, told
from mapapp.web.planner.answers import figures as answered
from mapapp.web.planner.area_page import MEASURES, Section, duties_of, measured_sections, need_section, services_here
from mapapp.web.planner.choropleth import outlines
from mapapp.web.planner.diagnosis import diagnosis
from mapapp.web.planner.duties_page import STATUS_WORDS, duty_level, evidence_words, task_label
from mapapp.web.planner.form import DAY_HOMES
from mapapp.web.planner.questions import AreaAsked, coverage_question
from mapapp.web.planner.report_map import report_map
from mapapp.web.planner.report_parts import Part, Report, Table, Value
from mapapp.web.planner.sentences import reference_words, services_words, travel_words
from mapapp.web.problems import NotFoundError
from mapapp.web.site import current_site

AROUND: Final = ("target_people", "sites", "places", "reach_share", "beyond_people", "gap_places")
EVIDENCE: Final = 3


def report(data: CoverageData, layer: Layer, code: str, asked: AreaAsked, address: str) -> Report:
    """The report of an area; ``address`` is where it is found again. Raises NotFoundError."""
    refs = {ref.code: ref for ref in data.areas.layers[layer].refs}
    if code not in refs:
        raise NotFoundError(f"no {layer} has the code {code}")
    if not asked.type and not asked.group:
        asked = asked.model_copy(update={"type": DAY_HOMES, "ages": asked.ages or "80+"})
    area, services = refs[code], services_words(asked)
    facts = answered(data, coverage_question(data, asked, "sites", layer))
    notices = []
    if facts.has_samples:
        notices.append(_("Sample data: the figures are made with invented places and say nothing of the region."))
    if data.is_schematic:
        notices.append(_("Schematic boundaries, not official."))
    name = current_site().names[current_language()]
    return Report(
        language=current_language(),
        site=name,
        title=_("Report: %(area)s", area=area_name(area)),
        about=_("services: %(services)s", services=services),
        notices=tuple(notices),
        parts=tuple(part for part in _parts(data, layer, area, asked, services) if part is not None),
        day=data.today,
        release=data.release,
        footer=_(
            "%(site)s, %(day)s, release of the data %(release)s, %(address)s",
            site=name,
            day=long_date(data.today),
            release=data.release,
            address=address,
        ),
    )


def _parts(data: CoverageData, layer: Layer, area: AreaRef, asked: AreaAsked, services: str) -> Iterator[Part | None]:
    areas = () if layer == "region" else (area,)
    level: Layer = "powiat" if layer == "region" else layer
    sections = (need_section(data, asked, level, areas), *measured_sections(data, asked, level, areas))
    if layer != "region":
        yield Part(_("In plain words"), points=tuple(diagnosis(data, asked, layer, area, services)))
    picture = report_map(data, asked, layer, area.code)
    if picture is not None:
        yield Part(_("Map"), picture=picture)
    for section in sections:
        yield _section(section, areas)
    yield _supply(data, layer, area)
    yield _trend(trend(services_here(data, asked, layer, area.code)))
    yield _around(data, asked, layer, area)
    yield _duties(data, layer, area)
    yield _caveats(data, asked, level, areas)
    yield _method(data, asked, level)


def _section(section: Section, areas: Sequence[AreaRef]) -> Part:
    """A measure in each row; what to be careful about stands last."""
    head = (_("Measure"), *(area_name(area) for area in areas), _("Region"), _("Remarks"))
    rows = []
    for line in section.lines:
        values = [
            Value(f"{each.value} ({each.parts})" if each.parts else each.value, each.number) for each in line.cells
        ]
        flags = dict.fromkeys([*line.flags, *(flag for each in line.cells for flag in each.flags)])
        rows.append((Value(line.label), *values, Value("; ".join(flags))))
    sentences = (section.message,) if section.message else ()
    return Part(section.title, sentences, table=Table(section.title, head, tuple(rows)) if rows else None)


def _supply(data: CoverageData, layer: Layer, area: AreaRef) -> Part:
    """What there is of every type, with the newest day that its places were told for."""
    here = next(number for number, ref in enumerate(data.areas.layers[layer].refs) if ref.code == area.code)
    rows = []
    for code, kind in current_site().vocabularies.types.items():
        services = data.supply.of([code])
        found = area_supply(services, data.areas, layer)[here] if services else None
        if found is None or not found.services:
            continue
        own = [each for each in services if here in each.areas(data.areas, layer)]
        days = [each.capacity.as_of for each in own if each.capacity is not None]
        counted = [Value(number(each), each) for each in (found.sites, found.services, found.places, found.unknown)]
        rows.append((Value(label(kind)), *counted, Value(max(days).isoformat() if days else "–")))
    title = _("Supply by type of service")
    head = (_("Type of service"), _("Sites"), _("Services"), _("Places"), _("Places unknown"), _("Places as of"))
    if not rows:
        return Part(title, (_("The directory knows no services here; that is no proof that none exist."),))
    return Part(title, table=Table(title, head, tuple(rows)))


def _trend(points: Sequence[TrendPoint]) -> Part:
    title = _("Trend of the places")
    if len(points) < 2:
        text = _("No register tells of places here.")
        if points:
            day = long_date(points[0].day)
            text = _("The registers tell of one day only (%(day)s): that is a state, not a trend.", day=day)
        return Part(title, (text,))
    head = (_("Day"), _("Services"), _("Places"), _("Free"), _("Waiting"))
    rows = tuple(
        (
            Value(point.day.isoformat()),
            *(Value(number(each), each) for each in (point.services, point.places, point.free, point.waiting)),
        )
        for point in points
    )
    return Part(title, table=Table(title, head, rows))


def _around(data: CoverageData, asked: AreaAsked, layer: Layer, area: AreaRef) -> Part | None:
    """The powiats of a region, the gminas of a powiat, the neighbours of a gmina."""
    level: Layer = "powiat" if layer == "region" else "gmina"
    refs = {ref.code: ref for ref in data.areas.layers[level].refs}
    if layer == "gmina":
        title, codes = _("Neighbours"), [code for code in outlines(data, layer).touching(area.code) if code in refs]
    elif layer == "powiat":
        title, codes = _("Gminas"), [code for code in refs if code.startswith(area.code)]
    else:
        title, codes = _("Powiats"), list(refs)
    columns = []
    for measure in AROUND:
        try:
            columns.append(answered(data, coverage_question(data, asked, measure, level)))
        except NotAnswerable:
            continue
    head = (_("Area"), *(found.definition.label(current_language()) for found in columns))
    rows = tuple(
        (
            Value(area_name(refs[code])),
            *(Value(told(found.of(code), found.definition), found.of(code).value) for found in columns),
        )
        for code in sorted(codes)
    )
    return Part(title, table=Table(title, head, rows)) if rows else None


def _duties(data: CoverageData, layer: Layer, area: AreaRef) -> Part | None:
    title = _("Statutory duties")
    if layer == "region":
        return None
    rows = []
    for state in duties_of(data, layer, area.code):
        names = evidence_words(state, EVIDENCE)
        article = state.duty.article if state.duty.is_checked else f"{state.duty.article} ({_('to be checked')})"
        task = f"{task_label(state.duty)} ({duty_level(state.duty)})"
        rows.append((Value(task), Value(str(STATUS_WORDS[state.status])), Value(names or "–"), Value(article)))
    head = (_("Task"), _("State"), _("Evidence"), _("Article"))
    return Part(title, table=Table(title, head, tuple(rows)))


def _caveats(data: CoverageData, asked: AreaAsked, layer: Layer, areas: Sequence[AreaRef]) -> Part:
    """What is to be kept in mind about the figures above, each said once."""
    flags: set[Flag] = set()
    texts = []
    for _section_name, codes in MEASURES:
        for code in codes:
            try:
                found = answered(data, coverage_question(data, asked, code, layer))
            except NotAnswerable:
                continue
            flags |= found.region.flags.union(*(found.of(area.code).flags for area in areas))
            texts.append(found.definition.caveat(current_language()))
    words = [str(FLAG_WORDS[flag]) for flag in FLAGS if flag in flags]
    return Part(_("Keep in mind"), points=tuple(dict.fromkeys([*words, *texts])))


def _method(data: CoverageData, asked: AreaAsked, layer: Layer) -> Part:
    question = coverage_question(data, asked, "gap_places", layer)
    language = current_language()
    way = data.travel(question.mode, straight=bool(question.straight))
    facts = [
        (_("Travel"), f"{travel_words(question)}. {way.describe(language)}"),
        (_("Where people live"), data.cells.describe(language)),
        (_("Measured against"), reference_words(question)),
    ]
    for code in dict.fromkeys(("target_people", *(code for _name, codes in MEASURES for code in codes))):
        each = definitions()[code]
        parts = (each.numerator(language), each.denominator(language), each.unit_label(language))
        facts.append((each.label(language), " / ".join(part for part in parts[:2] if part) + f" [{parts[2]}]"))
    sources = answered(data, coverage_question(data, asked, "sites", layer)).sources
    facts += [
        (_("Source"), "; ".join(sources) or "–"),
        (_("Release of the data"), data.release),
        (_("Releases of the directory and of the territory"), f"{data.directory_release}, {data.territory_release}"),
        (_("Version of the definitions"), definitions_version()),
    ]
    return Part(_("Method"), (_("The same hashes give the same figures."),), facts=tuple(facts))
