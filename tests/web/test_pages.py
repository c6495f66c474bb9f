"""The residents' pages as they are without scripts."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from tests import example_site


def place_of(client: FlaskClient, name: str) -> str:
    """The address of the page of the place with this name."""
    page = client.get("/", query_string={"q": name}).text
    found = re.search(r'<h3[^>]*><a href="(/[^"#]+)[^"]*">' + re.escape(name).replace('"', "&#34;"), page)
    assert found, f"{name} is not in the list"
    return unescape(found[1])


def service_of(client: FlaskClient, name: str) -> str:
    hits = client.get("/api/services", query_string={"q": name}).get_json()["services"]
    return f"/usluga/{hits[0]['service_id']}"


def test_introduces_itself_where_nothing_is_asked(client: FlaskClient) -> None:
    page = client.get("/").text
    assert "Czego potrzebujesz?" in page
    assert "Gdzie?" in page
    assert 'href="tel:112"' in page
    assert 'href="/?group=home_help"' in page
    assert "dane przykładowe" in page
    assert "granice schematyczne" in page


def test_lists_what_was_found_nearest_first(client: FlaskClient) -> None:
    page = client.get("/?place=Wrocław").text
    first = re.search(r"<h3[^>]*><a[^>]*>([^<]+)", page)
    assert first
    assert first[1] == "Dom Pomocy Społecznej „Jutrzenka”"
    assert "50\xa0m w linii prostej" in page
    assert re.search(r"\d\d\xa0km w linii prostej", page)
    assert "Od najbliższych, licząc od: Wrocław." in page


@pytest.mark.parametrize(
    ("number", "sentence"), [(1, "Znaleziono 1 usługę"), (2, "Znaleziono 2 usługi"), (25, "Znaleziono 25 usług")]
)
def test_counts_in_the_right_plural(client: FlaskClient, number: int, sentence: str) -> None:
    asked = {1: "type=dps", 2: "type=ops", 25: "type=pwd"}[number]
    assert sentence in client.get(f"/?{asked}").text


def test_shows_card_facts(client: FlaskClient) -> None:
    page = client.get("/?type=ops").text
    assert '<a class="tel" href="tel:+48748651234">' in page
    assert 'ul. Długa 1, <span class="whole">57-300</span> Kłodzko' in page
    assert "sprawdzono 1 marca 2026" in page
    assert re.search(r"Teraz otwarte, do 15:00|Teraz zamknięte, otwarcie|Dziś zamknięte: święto", page)


def test_says_that_hours_and_phone_are_not_known(client: FlaskClient) -> None:
    assert "Nie znamy godzin otwarcia – zapytaj telefonicznie" in client.get("/?type=klub_sen").text
    assert "Nie znamy numeru telefonu." in client.get(place_of(client, "Klub Seniora „Zacisze”")).text


def test_says_on_the_card_how_accessible_the_place_is(client: FlaskClient) -> None:
    page = client.get("/?type=ops&profile=pram").text
    assert "Dostępne dla Ciebie: potwierdzone" in page
    assert "Poruszam się na wózku" in page


def test_marks_samples_and_only_samples(client: FlaskClient) -> None:
    sample, real = client.get("/?type=ddp").text, client.get("/?type=dps").text
    assert 'class="badge badge-sample">dane przykładowe' in sample
    assert 'class="badge badge-sample">dane przykładowe' not in real
    assert "Część miejsc to dane przykładowe" not in real


def test_pages_through_many_results(client: FlaskClient) -> None:
    first = client.get("/?type=pwd").text
    assert "strona 1 z 2" in first
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = client.get(unescape(following[1])).text
    names = [set(re.findall(r"Świetlica numer \d+", page)) for page in (first, second)]
    assert len(names[0]) == 20
    assert len(names[1]) == 5
    assert not names[0] & names[1]


def test_offers_the_other_places_of_the_same_name(client: FlaskClient) -> None:
    page = client.get("/?q=klub&place=Nowa+Wieś").text
    links = re.findall(r'<a href="([^"]+)">Nowa Wieś \(gmina (\w+)\)</a>', page)
    assert len(links) == 1
    other = client.get(unescape(links[0][0])).text
    assert f"(gmina {links[0][1]})" not in other
    assert "Są też inne miejscowości o tej nazwie:" in other


def test_says_that_a_place_is_not_known_and_still_answers(client: FlaskClient) -> None:
    page = client.get("/?q=dps&place=Qwertyuiop").text
    assert "Nie znamy miejsca „Qwertyuiop”." in page
    assert "Znaleziono 1 usługę" in page


def test_searches_a_powiat_by_its_boundary(client: FlaskClient) -> None:
    page = client.get("/?type=dps&place=powiat+kłodzki").text
    assert "Nic nie znaleziono" in page


def test_understands_a_place_among_the_words(client: FlaskClient) -> None:
    page = client.get("/?q=dom+pomocy+we+Wrocławiu").text
    assert "licząc od: Wrocław" in page


def test_offers_what_to_relax_where_nothing_was_found(client: FlaskClient) -> None:
    page = client.get("/?type=dps&place=Kłodzko&within_km=2").text
    assert "Nic nie znaleziono" in page
    offered = dict(re.findall(r'<li><a href="([^"]+)">[^<]+</a> <span class="count">(\d+)</span>', page))
    assert len(offered) == 2  # not "up to 5 km", where there is nothing either
    for address, count in offered.items():
        found = client.get(unescape(address)).text
        assert f">Znaleziono {count} usł" in found
    assert "Szukaj bez względu na odległość" in page
    assert "Szukaj we wszystkich rodzajach wsparcia" in page
    nearest = page[page.index("Najbliższe temu, czego szukasz") :]
    assert "Dom Pomocy Społecznej „Jutrzenka”" in nearest


def test_gives_up_several_filters_where_one_is_not_enough(client: FlaskClient) -> None:
    page = client.get("/?type=dps&place=Kłodzko&within_km=2&cost=paid&sector=church").text
    (address, count) = re.findall(r'<li><a href="([^"]+)">[^<]+</a> <span class="count">(\d+)</span>', page)[0]
    assert "Zrezygnuj z kilku filtrów naraz" in page
    found = client.get(unescape(address)).text
    assert f">Znaleziono {count} usługę" in found
    assert "type=dps" in address


def test_takes_a_filter_away_by_its_link(client: FlaskClient) -> None:
    page = client.get("/?type=ops&type=dps&profile=pram").text
    chips = [unescape(link) for link in re.findall(r'class="chip" href="([^"]+)"', page)]
    assert chips == ["/?type=dps&profile=pram", "/?type=ops&profile=pram", "/?type=ops&type=dps"]


def test_keeps_every_filter_when_the_form_is_sent_again(client: FlaskClient) -> None:
    page = client.get(
        "/?q=dom&place=Kłodzko&type=ops&audience=older&profile=pram&within_km=5&powiat=0208&gmina=0208021"
    ).text
    for field in (
        r'name="type" value="ops" checked',
        r'name="audience" value="older" checked',
        r'name="profile" value="pram" checked',
        r'name="within_km" value="5" checked',
        r'value="0208" selected',
        r'type="hidden" name="gmina" value="0208021"',
    ):
        assert field in page


def test_keeps_the_language_on_every_link(client: FlaskClient) -> None:
    for address in ("/?lang=uk", "/?q=dom&lang=uk", "/o-mapie?lang=uk"):
        page = client.get(address).text
        assert '<html lang="uk">' in page
        own = [tag for tag in re.findall(r"<a[^>]*>", page) if 'href="/' in tag and 'href="/api/' not in tag]
        others = [tag for tag in own if "lang=uk" not in tag]
        assert len(own) > 5
        assert len(others) == 2, others
        assert all("hreflang" in tag for tag in others), others  # the ways to the other languages
    assert 'name="lang" value="uk"' in client.get("/?lang=uk").text


@pytest.mark.parametrize(
    ("language", "words"), [("pl", "Znajdź pomoc"), ("en", "Find help"), ("uk", "Знайдіть допомогу")]
)
def test_speaks_three_languages(client: FlaskClient, language: str, words: str) -> None:
    assert words in client.get(f"/?lang={language}").text


def test_shows_a_place_with_all_its_services(client: FlaskClient) -> None:
    page = client.get(place_of(client, "Ośrodek Pomocy Społecznej w Kłodzku")).text
    assert "2 usługi w tym miejscu" in page
    assert page.count('<article class="service"') == 2
    assert 'href="tel:+48748651234"' in page
    assert 'href="mailto:kontakt@example.org"' in page
    assert 'href="https://www.example.org/pomoc"' in page
    assert 'href="geo:50.44,16.65' in page
    assert "8:00–15:00" in page
    assert page.count('scope="row"') == 7
    assert page.count("today-word") == 1
    assert "24 miejsca, wolne: 3 (stan na 1 marca 2026)" in page
    assert "Rejestr próbny" in page
    assert "granice schematyczne" in page
    assert "dane przykładowe" not in page


def test_shows_access_as_known_partly_or_not_known(client: FlaskClient) -> None:
    page = client.get(place_of(client, "Ośrodek Pomocy Społecznej w Kłodzku")).text
    assert re.search(r"Wejście bez schodów</strong>: tak", page)
    assert re.search(r"Toaleta dla osób na wózkach</strong>: \w+ – wąskie drzwi", page)
    assert re.search(r"Winda</strong>: nie\b", page)
    assert "Nie wiemy, czy jest:" in page
    assert "szerokie drzwi" in page


def test_warns_that_a_sample_is_invented(client: FlaskClient) -> None:
    assert "Nie dzwoń i nie jedź tam." in client.get(place_of(client, "Dzienny dom pomocy „Przykład”")).text


def test_hides_the_address_of_a_shelter_everywhere(client: FlaskClient) -> None:
    listed = client.get("/?type=dmdz").text
    assert "Adresu nie podajemy ze względów bezpieczeństwa" in listed
    service = service_of(client, "Schronienie dla kobiet")
    shown = client.get(service)
    assert shown.status_code == 200
    for text in (listed, shown.text, client.get("/api/services?type=dmdz&format=geojson").text):
        assert "Tajna" not in text
        assert "50.44" not in text


def test_shows_help_that_has_no_place(client: FlaskClient) -> None:
    page = client.get(service_of(client, "Teleopieka")).text
    assert "Nie musisz nigdzie jechać" in page
    assert "powiat kłodzki" in page


def test_leads_from_a_service_to_its_only_place(client: FlaskClient) -> None:
    answer = client.get(service_of(client, "Dom Pomocy Społecznej „Jutrzenka”"))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/miejsce/")


@pytest.mark.parametrize(
    "address",
    [
        "/miejsce/00000000-0000-0000-0000-000000000001",
        "/usluga/00000000-0000-0000-0000-000000000001",
        "/miejsce/x",
        "/nic",
    ],
)
def test_says_that_there_is_no_such_page(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert "Nie ma takiej strony" in answer.text


def test_names_sources_licences_and_attribution(client: FlaskClient) -> None:
    page = client.get("/o-mapie").text
    for words in (
        "Rejestr próbny",
        "CC0-1.0",
        "Opracowanie własne na podstawie danych GUS",
        "granice schematyczne",
        "Leaflet",
    ):
        assert words in page


def test_writes_hostile_names_as_text(client: FlaskClient) -> None:
    pages = "".join(client.get(f"/?type=klub_mieszk&page={number}").text for number in (1, 2))
    for payload in example_site.HOSTILE:
        text = " ".join(f"Dom {payload}".split())
        assert text in " ".join(unescape(pages).split()), payload
    for tag in ("<img src=x", "<iframe", "<body onload", "<marquee", "<base", "<script>", "<style"):
        assert tag not in pages


def test_is_never_kept_without_asking(client: FlaskClient) -> None:
    assert client.get("/").headers["Cache-Control"] == "no-cache"


def test_lets_browsers_keep_versioned_files(client: FlaskClient) -> None:
    sheet = re.search(r'href="(/static/[0-9a-f]{12}/css/site\.css)"', client.get("/").text)
    assert sheet
    with client.get(sheet[1]) as answer:
        assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_draws_every_icon_that_is_named(client: FlaskClient) -> None:
    version = re.search(r"/static/[0-9a-f]{12}/", client.get("/").text)
    assert version
    with client.get(f"{version[0]}icons/sprite.svg") as sprite:
        drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite.text))
    addresses = [
        "/",
        "/?q=dom",
        "/?place=Kłodzko&profile=pram",
        "/?lang=en",
        "/?q=zzzzqqq",
        "/nic",
        "/o-mapie",
        "/?type=ddp",
    ]
    addresses.append(place_of(client, "Ośrodek Pomocy Społecznej w Kłodzku"))
    for address in addresses:
        named = set(re.findall(r'sprite\.svg#([^"]+)"', client.get(address).text))
        assert named, address
        assert named <= drawn, address
