"""Releases of open data described for catalogues: DCAT-AP 3, as data.europa.eu and dane.gov.pl harvest it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rdflib import DCAT, DCTERMS, FOAF, RDF, RDFS, XSD, Graph, Literal, Namespace, URIRef

from mapapp.registers.manifest import FileFacts, Manifest
from mapapp.registers.writers.content import Words

SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
EUROPA = "http://publications.europa.eu/resource/authority/"
# of DCAT 3, which rdflib does not list yet
VERSION = URIRef(f"{DCAT}version")
IANA = "https://www.iana.org/assignments/media-types/"
WKT = URIRef("http://www.opengis.net/ont/geosparql#wktLiteral")
# as registers name their licences -> as the European catalogue does
LICENCES = {"CC0-1.0": "CC0", "CC BY 4.0": "CC_BY_4_0", "CC-BY-4.0": "CC_BY_4_0", "ODbL 1.0": "ODC_BL"}
# ending -> code of the European list of file types; the others have a media type alone
FILE_TYPES = {
    "csv": "CSV",
    "geojson": "GEOJSON",
    "gpkg": "GPKG",
    "jsonl": "JSON",
    "kml": "KML",
    "ods": "ODS",
    "shp.zip": "SHP",
    "xlsx": "XLSX",
    "zip": "CSV",
}
DESCRIPTIONS = {
    "services": Words(
        "Kto, gdzie i komu udziela wsparcia społecznego: usługi z miejscem, telefonem, godzinami, dostępnością, liczbą "
        "miejsc, źródłem i dniem sprawdzenia.",
        "Who gives social support, where and to whom: services with place, telephone, hours, accessibility, number of "
        "places, source and day of verification.",
    ),
    "boundaries": Words("Granice gmin, powiatów i podregionów.", "Boundaries of gminas, powiats and subregions."),
}
NAMES = {
    "services": Words("Usługi i placówki wsparcia społecznego", "Social services and places of support"),
    "boundaries": Words("Granice administracyjne", "Administrative boundaries"),
}
KEYWORDS = {
    "services": ("pomoc społeczna", "usługi społeczne", "wsparcie"),
    "boundaries": ("granice administracyjne", "gminy", "powiaty"),
}


@dataclass(frozen=True, slots=True)
class Description:
    """Who publishes, and what the catalogue is called."""

    titles: Words
    publisher: str
    email: str | None = None
    homepage: str | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are: the page of the catalogue, the folder of files, services by title; "" is where it is read."""

    page: str = ""
    files: str = ""
    services: tuple[tuple[str, str], ...] = ()


def described(manifest: Manifest, description: Description, places: Places, form: str) -> str:
    """The description as ``turtle`` or ``json-ld``: the same bytes for the same release and places."""
    graph = _Catalogue(manifest, description, places).graph()
    if form == "turtle":
        return graph.serialize(format="turtle")
    prefixes = {name: str(of) for name, of in graph.namespaces() if name in PREFIXES}
    found = json.loads(graph.serialize(format="json-ld", context=prefixes))
    return json.dumps(_sorted(found), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


PREFIXES = {"dcat": DCAT, "dcterms": DCTERMS, "foaf": FOAF, "spdx": SPDX, "vcard": VCARD}


def _sorted(value: Any) -> Any:
    """JSON whose sets are in one order: in RDF they have none."""
    if isinstance(value, dict):
        return {name: _sorted(each) for name, each in value.items()}
    if isinstance(value, list):
        return sorted(map(_sorted, value), key=lambda each: json.dumps(each, sort_keys=True))
    return value


class _Catalogue:
    """The graph as it grows. Every node has a name, so that its order is always the same."""

    def __init__(self, manifest: Manifest, description: Description, places: Places) -> None:
        self.manifest, self.description, self.places = manifest, description, places
        self.found = Graph(bind_namespaces="none")
        for name, namespace in PREFIXES.items():
            self.found.bind(name, namespace)

    def graph(self) -> Graph:
        """The whole description."""
        catalogue = self._catalogue()
        for dataset, parts in (("services", {"services", "hsds"}), ("boundaries", {"gminas", "powiats", "subregions"})):
            files = [each for each in self.manifest.data_files if each.part in parts]
            if files:
                self._add(catalogue, DCAT.dataset, self._dataset(dataset, files))
        for number, (title, address) in enumerate(self.places.services):
            self._add(catalogue, DCAT.service, self._service(number, title, address))
        return self.found

    def _node(self, name: str, kind: URIRef) -> URIRef:
        node = URIRef(f"{self.places.page}#{name}")
        self.found.add((node, RDF.type, kind))
        return node

    def _add(self, subject: URIRef, predicate: URIRef, *values: Any) -> None:
        for value in values:
            if isinstance(value, Words):
                self.found.add((subject, predicate, Literal(value.pl, lang="pl")))
                self.found.add((subject, predicate, Literal(value.en, lang="en")))
            elif isinstance(value, datetime):
                text = value.isoformat(timespec="seconds").replace("+00:00", "Z")
                self.found.add((subject, predicate, Literal(text, datatype=XSD.dateTime, normalize=False)))
            elif value is not None:
                self.found.add((subject, predicate, value))

    def _catalogue(self) -> URIRef:
        node = self._node("catalogue", DCAT.Catalog)
        about = Words("Otwarte dane mapy wsparcia społecznego.", "Open data of the map of social support.")
        self._add(node, DCTERMS.title, self.description.titles)
        self._add(node, DCTERMS.description, about)
        self._add(node, DCTERMS.publisher, self._publisher())
        self._add(node, DCTERMS.modified, self.manifest.time)
        self._add(node, DCTERMS.language, URIRef(f"{EUROPA}language/POL"))
        if self.places.page:
            self._add(node, FOAF.homepage, self._typed(self.places.page, FOAF.Document))
        return node

    def _typed(self, address: str, kind: URIRef) -> URIRef:
        node = URIRef(address)
        self.found.add((node, RDF.type, kind))
        return node

    def _publisher(self) -> URIRef:
        node = self._node("publisher", FOAF.Agent)
        self._add(node, FOAF.name, Literal(self.description.publisher))
        if self.description.homepage:
            self._add(node, FOAF.homepage, self._typed(self.description.homepage, FOAF.Document))
        return node

    def _contact(self) -> URIRef:
        node = self._node("contact", VCARD.Organization)
        self._add(node, VCARD.fn, Literal(self.description.publisher))
        if self.description.email:
            self._add(node, VCARD.hasEmail, URIRef(f"mailto:{self.description.email}"))
        elif self.places.page:
            self._add(node, VCARD.hasURL, URIRef(self.places.page))
        return node

    def _dataset(self, name: str, files: list[FileFacts]) -> URIRef:
        node, manifest = self._node(name, DCAT.Dataset), self.manifest
        self._add(node, DCTERMS.title, NAMES[name])
        self._add(node, DCTERMS.description, DESCRIPTIONS[name])
        self._add(node, DCTERMS.identifier, Literal(f"{manifest.region}:{name}"))
        self._add(node, VERSION, Literal(manifest.name))
        self._add(node, DCTERMS.publisher, self._publisher())
        self._add(node, DCAT.contactPoint, self._contact())
        self._add(node, DCTERMS.modified, manifest.time)
        self._add(node, DCTERMS.accrualPeriodicity, URIRef(f"{EUROPA}frequency/DAILY"))
        self._add(node, DCAT.theme, URIRef(f"{EUROPA}data-theme/{'SOCI' if name == 'services' else 'REGI'}"))
        self._add(node, DCTERMS.language, URIRef(f"{EUROPA}language/POL"))
        self._add(node, DCAT.keyword, *(Literal(word, lang="pl") for word in KEYWORDS[name]))
        self._add(node, DCTERMS.spatial, URIRef(f"{EUROPA}country/POL"), self._box())
        self._add(node, DCTERMS.temporal, self._period())
        self._add(node, DCTERMS.accessRights, URIRef(f"{EUROPA}access-right/PUBLIC"))
        self._add(node, DCTERMS.provenance, self._provenance())
        self._add(node, DCAT.distribution, *(self._distribution(each) for each in files))
        return node

    def _box(self) -> URIRef | None:
        if self.manifest.bbox is None:
            return None
        west, south, east, north = (f"{degrees:.6f}" for degrees in self.manifest.bbox)
        corners = (f"{west} {south}", f"{east} {south}", f"{east} {north}", f"{west} {north}", f"{west} {south}")
        node = self._node("region", DCTERMS.Location)
        self._add(node, DCAT.bbox, Literal(f"POLYGON(({', '.join(corners)}))", datatype=WKT))
        return node

    def _period(self) -> URIRef:
        node = self._node("period", DCTERMS.PeriodOfTime)
        self._add(node, DCAT.startDate, self.manifest.oldest or self.manifest.time)
        self._add(node, DCAT.endDate, self.manifest.time)
        return node

    def _provenance(self) -> URIRef:
        node = self._node("provenance", DCTERMS.ProvenanceStatement)
        sources = "; ".join(f"{each.title} ({each.publisher})" for each in self.manifest.origins)
        remarks = ["dane przykładowe / sample data"] * self.manifest.has_samples
        remarks += ["granice schematyczne / schematic boundaries"] * bool(self.manifest.is_schematic)
        self._add(node, RDFS.label, Literal("; ".join([sources, *remarks])))
        return node

    def _licence(self) -> URIRef:
        """The one licence of all sources, else the document that names each."""
        named = {LICENCES.get(each.licence or "") for each in self.manifest.origins if each.code != "territory"}
        code = named.pop() if len(named) == 1 else None
        if code:
            return self._typed(f"{EUROPA}licence/{code}", DCTERMS.LicenseDocument)
        node = self._typed(self._address("SOURCES.txt"), DCTERMS.LicenseDocument)
        self._add(node, DCTERMS.title, Words("Licencje poszczególnych źródeł", "The licences of each source"))
        return node

    def _address(self, file: str) -> str:
        return f"{self.places.files}/{file}" if self.places.files else file

    def _distribution(self, file: FileFacts) -> URIRef:
        node, address = self._node(file.name, DCAT.Distribution), URIRef(self._address(file.name))
        self._add(
            node, DCTERMS.title, Words(*(f"{text} – {file.format_title}" for text in (file.title.pl, file.title.en)))
        )
        self._add(node, DCAT.accessURL, address)
        self._add(node, DCAT.downloadURL, address)
        self._add(node, DCAT.mediaType, URIRef(IANA + file.media_type))
        ending = file.name.partition(".")[2]
        if ending in FILE_TYPES:
            self._add(node, DCTERMS.format, URIRef(f"{EUROPA}file-type/{FILE_TYPES[ending]}"))
        self._add(node, DCAT.byteSize, Literal(str(file.bytes), datatype=XSD.nonNegativeInteger))
        self._add(node, DCTERMS.license, self._licence())
        self._add(node, DCTERMS.modified, self.manifest.time)
        self._add(node, SPDX.checksum, self._checksum(file))
        return node

    def _checksum(self, file: FileFacts) -> URIRef:
        node = self._node(f"{file.name}-checksum", SPDX.Checksum)
        self._add(node, SPDX.algorithm, SPDX.checksumAlgorithm_sha256)
        self._add(node, SPDX.checksumValue, Literal(file.sha256, datatype=XSD.hexBinary, normalize=False))
        return node

    def _service(self, number: int, title: str, address: str) -> URIRef:
        node = self._node(f"api-{number}", DCAT.DataService)
        self._add(node, DCTERMS.title, Literal(title))
        self._add(node, DCAT.endpointURL, URIRef(address))
        self._add(node, DCAT.servesDataset, URIRef(f"{self.places.page}#services"))
        return node
