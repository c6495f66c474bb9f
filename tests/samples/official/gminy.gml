<?xml version="1.0" encoding="UTF-8"?>
<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:ms="http://mapserver.gis.umn.edu/mapserver">
  <gml:featureMember>
    <ms:A03_Granice_gmin gml:id="A03_Granice_gmin.1">
      <ms:msGeometry><gml:Polygon gml:id="g.1" srsName="urn:ogc:def:crs:EPSG::2180"><gml:exterior><gml:LinearRing><gml:posList srsDimension="2">391231.000 232575.000 393231.000 232575.000 393231.000 229575.000 391231.000 229575.000 391231.000 232575.000</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></ms:msGeometry>
      <ms:JPT_KOD_JE>0225033</ms:JPT_KOD_JE>
      <ms:JPT_NAZWA_>Bogatynia</ms:JPT_NAZWA_>
    </ms:A03_Granice_gmin>
  </gml:featureMember>
  <gml:featureMember>
    <ms:A03_Granice_gmin gml:id="A03_Granice_gmin.2">
      <ms:msGeometry><gml:Polygon gml:id="g.2" srsName="urn:ogc:def:crs:EPSG::2180"><gml:exterior><gml:LinearRing><gml:posList srsDimension="2">391231.000 235575.000 393231.000 235575.000 393231.000 232575.004 391231.000 232575.004 391231.000 235575.000</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></ms:msGeometry>
      <ms:JPT_KOD_JE>0225043</ms:JPT_KOD_JE>
      <ms:JPT_NAZWA_>Pieńsk</ms:JPT_NAZWA_>
    </ms:A03_Granice_gmin>
  </gml:featureMember>
  <gml:featureMember>
    <ms:A03_Granice_gmin gml:id="A03_Granice_gmin.3">
      <ms:msGeometry><gml:Polygon gml:id="g.3" srsName="urn:ogc:def:crs:EPSG::2180"><gml:exterior><gml:LinearRing><gml:posList srsDimension="2">340803.000 270929.000 342803.000 270929.000 342803.000 267929.000 340803.000 267929.000 340803.000 270929.000</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></ms:msGeometry>
      <ms:JPT_KOD_JE>0261011</ms:JPT_KOD_JE>
      <ms:JPT_NAZWA_>Jelenia Góra</ms:JPT_NAZWA_>
    </ms:A03_Granice_gmin>
  </gml:featureMember>
  <gml:featureMember>
    <ms:A03_Granice_gmin gml:id="A03_Granice_gmin.4">
      <ms:msGeometry><gml:Polygon gml:id="g.4" srsName="urn:ogc:def:crs:EPSG::2180"><gml:exterior><gml:LinearRing><gml:posList srsDimension="2">361672.000 362742.000 363672.000 362742.000 363672.000 359742.000 361672.000 359742.000 361672.000 362742.000</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></ms:msGeometry>
      <ms:JPT_KOD_JE>0264011</ms:JPT_KOD_JE>
      <ms:JPT_NAZWA_>Wrocław</ms:JPT_NAZWA_>
    </ms:A03_Granice_gmin>
  </gml:featureMember>
  <gml:featureMember>
    <ms:A03_Granice_gmin gml:id="A03_Granice_gmin.5">
      <ms:msGeometry><gml:Polygon gml:id="g.5" srsName="urn:ogc:def:crs:EPSG::2180"><gml:exterior><gml:LinearRing><gml:posList srsDimension="2">240943.000 568360.000 242943.000 568360.000 242943.000 565360.000 240943.000 565360.000 240943.000 568360.000</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></ms:msGeometry>
      <ms:JPT_KOD_JE>1261011</ms:JPT_KOD_JE>
      <ms:JPT_NAZWA_>Kraków</ms:JPT_NAZWA_>
    </ms:A03_Granice_gmin>
  </gml:featureMember>
</gml:FeatureCollection>
