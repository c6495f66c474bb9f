"""QGIS opens the OGC API as it is. By hand, since QGIS is large; it needs the system's Python:

    apt-get install python3-qgis
    QT_QPA_PLATFORM=offscreen /usr/bin/python3 tests/clients/qgis_opens_ogc.py http://127.0.0.1:8000/api/ogc

Prints a line for each collection and ends with status 1 where one cannot be read, filtered or is at the wrong place.
"""

import json
import sys
from urllib.request import urlopen

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsFeatureRequest,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)

DOLNY_SLASK = QgsRectangle(14.7, 49.9, 17.9, 51.9)
LOWER_HALF = QgsRectangle(14.7, 49.9, 17.9, 50.85)


def say(text):
    """A line of the report."""
    sys.stdout.write(f"{text}\n")


def opened(address, name, extra=""):
    """The collection as a layer of QGIS."""
    layer = QgsVectorLayer(f"url='{address}' typename='{name}' {extra}", name, "OAPIF")
    if not layer.isValid():
        raise ValueError(f"{name} is not valid: {layer.error().message()}")
    return layer


def read(layer, request=None):
    """Every feature, as ids and geometries."""
    return list(layer.getFeatures(request or QgsFeatureRequest()))


def expected(address, name, question=""):
    """How many features the server says there are."""
    with urlopen(f"{address}/collections/{name}/items?limit=1{question}") as answer:
        return json.load(answer)["numberMatched"]


def box_of(features):
    """Around all of them."""
    box = QgsRectangle()
    box.setMinimal()
    for feature in features:
        if not feature.geometry().isNull():
            box.combineExtentWith(feature.geometry().boundingBox())
    return box


def faults_of(address, name):
    """What QGIS makes of a collection that the server does not mean."""
    layer = opened(address, name, "pagingEnabled='enabled' maxNumFeatures='100000'")
    features = read(layer)
    to_degrees = QgsCoordinateTransform(
        layer.crs(), QgsCoordinateReferenceSystem("EPSG:4326"), QgsProject.instance().transformContext()
    )
    box = to_degrees.transformBoundingBox(box_of(features))
    inside = to_degrees.transformBoundingBox(LOWER_HALF, QgsCoordinateTransform.ReverseTransform)
    near = read(layer, QgsFeatureRequest().setFilterRect(inside))
    say(f"{name}: {len(features)} features, {layer.crs().authid()}, {box.toString(2)}, {len(near)} in the lower half")
    count = expected(address, name)
    if len(features) != count:
        yield f"{name}: {len(features)} features, expected {count}"
    if not QgsRectangle(13.9, 48.9, 24.4, 55.1).contains(box):
        yield f"{name}: lies at {box.toString(2)}, expected inside of Poland"
    if not 0 < len(near) <= len(features):
        yield f"{name}: {len(near)} features in the lower half"


def filtered(address):
    """A filter that QGIS hands to the server or carries out itself."""
    layer = opened(address, "services")
    everything = read(layer)
    kind = everything[0]["facility_type"]
    layer.setSubsetString(f"facility_type = '{kind}'")
    found = read(layer)
    wanted = [feature for feature in everything if feature["facility_type"] == kind]
    say(f"services where facility_type = '{kind}': {len(found)}")
    if len(found) != len(wanted):
        yield f"filter: {len(found)} features, expected {len(wanted)}"


def metric(address):
    """Gminas in EPSG:2180, the right way round: asked for, where this QGIS can, or computed by it (before Part 2)."""
    layer = opened(address, "gminas", "srsname='EPSG:2180'")
    to_metres = QgsCoordinateTransform(
        layer.crs(), QgsCoordinateReferenceSystem("EPSG:2180"), QgsProject.instance().transformContext()
    )
    box = to_metres.transformBoundingBox(box_of(read(layer)))
    say(f"gminas from {layer.crs().authid()} in EPSG:2180: {box.toString(0)}")
    if not QgsRectangle(150_000, 100_000, 900_000, 800_000).contains(box):
        yield f"gminas in EPSG:2180 lie at {box.toString(0)}"


def main(address):
    """Every check; the number of faults."""
    say(f"QGIS {Qgis.version()}")
    application = QgsApplication([], False)
    application.initQgis()
    with urlopen(f"{address}/collections?f=json") as answer:
        names = [each["id"] for each in json.load(answer)["collections"]]
    faults = [fault for name in names for fault in faults_of(address, name)]
    faults += [*filtered(address), *metric(address)]
    application.exitQgis()
    for fault in faults:
        say(f"✗ {fault}")
    return len(faults)


if __name__ == "__main__":
    sys.exit(min(1, main(sys.argv[1])))
