"""What one takes along from a place, read back by readers of such files."""

import io
import re
from datetime import date, datetime, timedelta

import pypdf
import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from mapapp.directory.hours import Openness, state_at, week_table
from mapapp.polish_time import WARSAW
from mapapp.web import place_files
from tests import example_site
from tests.web.test_hidden_everywhere import opened


def place_of(client: FlaskClient, kind: str, number: int = 0) -> str:
    found = client.get(f"/api/services?type={kind}&limit=100").get_json()["services"][number]
    return f"/miejsce/{found['location_id']}"


def read(answer: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(answer))


@pytest.mark.parametrize(
    ("language", "words"),
    [("pl", "Godziny otwarcia"), ("en", "Opening hours"), ("uk", "Години роботи")],
)
def test_sheet_is_tagged_and_in_the_language_of_the_page(client: FlaskClient, language: str, words: str) -> None:
    answer = client.get(f"{place_of(client, 'ops')}/ulotka.pdf?lang={language}")
    assert answer.mimetype == "application/pdf"
    sheet = read(answer.data)
    catalog = sheet.trailer["/Root"]
    assert "/StructTreeRoot" in catalog and catalog["/MarkInfo"]["/Marked"]
    assert str(catalog["/Lang"]).startswith(language)
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert sheet.xmp_metadata and b"pdfuaid" in sheet.xmp_metadata.stream.get_data()
    text = " ".join(page.extract_text() for page in sheet.pages)
    assert words in text and "74 865 12 34" in text and "ul. Długa 1" in text
    assert len(sheet.pages) <= 2


def test_sheet_says_that_a_sample_is_invented(client: FlaskClient) -> None:
    assert "wymyślone" in read(client.get(f"{place_of(client, 'ddp')}/ulotka.pdf").data).pages[0].extract_text()


def test_sheet_has_a_code_that_leads_to_the_page(client: FlaskClient) -> None:
    place = place_of(client, "ops")
    sheet = client.get(f"{place}/ulotka.pdf").data
    links = re.findall(r"http://localhost/miejsce/[0-9a-f-]{36}", opened(sheet).decode(errors="replace"))
    assert f"http://localhost{place}" in links
    code = client.get(f"{place}/qr.svg")
    assert code.mimetype == "image/svg+xml"
    assert b"<script" not in code.data and code.data.startswith(b"<svg")
    assert client.get(f"{place_of(client, 'dps')}/qr.svg").data != code.data


def test_no_record_breaks_a_file_or_gets_into_its_structure(client: FlaskClient) -> None:
    hits = client.get("/api/services?type=klub_mieszk&limit=100").get_json()["services"]
    assert len(hits) == len(example_site.HOSTILE)
    for hit in hits:
        place = f"/miejsce/{hit['location_id']}"
        text = "".join(read(client.get(f"{place}/ulotka.pdf").data).pages[0].extract_text().split())
        assert "".join(hit["name"].split())[:20] in text
        card = client.get(f"{place}/kontakt.vcf").text
        assert card.count("BEGIN:VCARD\r\n") == card.count("END:VCARD\r\n") == 1
        calendar = Calendar.from_ical(client.get(f"{place}/godziny.ics").data)
        assert {event["summary"] for event in calendar.events} == {f"Otwarte: {' '.join(hit['name'].split())}"}


def test_letters_without_a_shape_leave_an_ordinary_sheet(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    place = place_of(client, "ops")
    monkeypatch.setattr("mapapp.web.handout.label", lambda _term: "日本語 \ue000 😀")
    answer = client.get(f"{place}/ulotka.pdf")
    assert answer.status_code == 200
    assert "/StructTreeRoot" in read(answer.data).trailer["/Root"]


def test_contact_is_whole(client: FlaskClient) -> None:
    place = place_of(client, "ops")
    answer = client.get(f"{place}/kontakt.vcf")
    assert answer.mimetype == "text/vcard"
    lines = answer.text.replace("\r\n ", "").split("\r\n")
    assert lines[:2] == ["BEGIN:VCARD", "VERSION:3.0"]
    assert "FN:Ośrodek Pomocy Społecznej w Kłodzku" in lines
    assert "TEL;TYPE=WORK:+48748651234" in lines
    assert "ADR;TYPE=WORK:;;ul. Długa 1;Kłodzko;;57-300;Polska" in lines
    assert "GEO:50.440000;16.650000" in lines
    assert f"URL:http://localhost{place}" in lines
    assert "EMAIL:kontakt@example.org" in lines
    assert all(len(line.encode()) <= 75 for line in answer.text.split("\r\n"))


def test_calendar_is_open_when_the_place_is(client: FlaskClient) -> None:
    """Every event of the file, expanded by its own rules, begins at an opening and ends at a closing of the engine."""
    answer = client.get(f"{place_of(client, 'ops')}/godziny.ics")
    assert answer.mimetype == "text/calendar"
    calendar = Calendar.from_ical(answer.data)
    (event,) = calendar.events
    starts = begins(event)
    assert len(starts) > 100
    lasts = event.end - event.start
    for start in starts:
        assert state_at("Mo-Fr 08:00-15:00", start).openness is Openness.OPEN
        assert state_at("Mo-Fr 08:00-15:00", start + lasts).openness is Openness.CLOSED
    assert not {date(2026, 12, 25), date(2027, 1, 1), date(2027, 1, 6)} & {each.date() for each in starts}
    assert event["transp"] == "TRANSPARENT"
    assert [zone["tzid"] for zone in calendar.timezones] == ["Europe/Warsaw"]


def begins(event: object) -> list[datetime]:
    from dateutil.rrule import rruleset, rrulestr  # noqa: PLC0415 - the oracle

    dates = rruleset()
    rule = event["rrule"].to_ical().decode()  # type: ignore[index]
    dates.rrule(rrulestr(rule, dtstart=event.start))  # type: ignore[attr-defined]
    left_out = event.get("exdate", [])  # type: ignore[attr-defined]
    for each in left_out if isinstance(left_out, list) else [left_out]:
        for moment in each.dts:
            dates.exdate(moment.dt)
    return list(dates)


def test_calendar_knows_nights_and_single_days() -> None:
    today = date(2026, 11, 26)
    for hours in ("Fr 22:00-06:00", "Dec 23 10:00-12:00", "Mo[1] 12:00-14:00"):
        events = [event for pattern in place_files.weekly_hours(hours, today) for event in place_files._events(pattern)]
        found = {start for event in events for start in (begins(event) if "rrule" in event else [event.start])}
        expected = {
            span.start
            for week in range(place_files.WEEKS)
            for row in week_table(hours, today + timedelta(weeks=week))
            for span in row.spans
            if row.day >= today
        }
        assert found == {each.astimezone(WARSAW) for each in expected} != set()


@pytest.mark.parametrize("kind", ["klub_sen", "dps"])
def test_there_is_no_calendar_where_none_makes_sense(client: FlaskClient, kind: str) -> None:
    """Hours that nobody knows, and a door that is open round the clock."""
    place = place_of(client, kind)
    assert client.get(f"{place}/godziny.ics").status_code == 404
    assert "godziny.ics" not in client.get(place).text
    assert client.get(f"{place}/ulotka.pdf").status_code == 200


def test_is_offered_on_the_page_and_not_kept_by_caches(client: FlaskClient) -> None:
    place = place_of(client, "ops")
    page = client.get(f"{place}?lang=uk").text
    for name in ("ulotka.pdf", "kontakt.vcf", "godziny.ics"):
        assert f'href="{place}/{name}?lang=uk"' in page
        assert client.get(f"{place}/{name}").headers["Cache-Control"] == "no-store"
    assert "geo:50.44,16.65" in page and "openstreetmap.org/directions?to=50.44%2C16.65" in page
