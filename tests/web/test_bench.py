"""Scenarios on the site: by forms and links alone, as files, under a name, side by side."""

import csv
import io
import json
import re
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mapapp.coverage.bench import MEASURES, Bench
from mapapp.coverage.changes import read_changes
from mapapp.coverage.data import CoverageData, coverage_data
from mapapp.coverage.question import ask
from mapapp.directory.export_rows import read_one_snapshot
from mapapp.web.site import EXTENSION
from tests.web.test_planner import cells, words_of

WROCLAW, KLODZKO = "0264011", "0208021"
BASE = "type=dps&ages=80%2B&minutes=20&standard=30"
ADDED = "add:dps:17.03000,51.11000:30"


@pytest.fixture
def bench(planned_app: Flask) -> Bench:
    """What the Python API computes of the same question."""
    data = data_of(planned_app)
    return Bench(data, ask(data.vocabularies, "gap_places", ["dps"], ages="80+", minutes=20, standard=30))


def data_of(app: Flask) -> CoverageData:
    with app.extensions[EXTENSION].open_session() as session:
        read_one_snapshot(session)
        return coverage_data(session)


def step(planners: FlaskClient, query: str) -> dict[str, list[str]]:
    """Where a form's fields lead."""
    answer = planners.get(f"/planowanie/warianty/krok?{BASE}&{query}")
    assert answer.status_code == 303, words_of(answer.text)
    assert answer.headers["Location"].endswith("#wynik")
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def test_tells_the_figures_of_the_python_api(planners: FlaskClient, bench: Bench) -> None:
    page = planners.get(f"/planowanie/warianty?{BASE}&zmiana={ADDED}")
    assert page.status_code == 200
    number = {ref.code: n for n, ref in enumerate(bench.gminas.refs)}
    outcome = bench.after(read_changes([ADDED]), lambda _at: number[WROCLAW])
    assert outcome.gained[number[WROCLAW]] > 0
    row = next(value for name, value in cells(page.text).items() if name.startswith("Wrocław"))
    assert row[0].replace(" ", "") == f"{outcome.gained[number[WROCLAW]]:.0f}"
    assert f"przed: {outcome.before['places'][number[WROCLAW]]:.0f} różnica: +30" in row[2 + MEASURES.index("places")]
    assert "Najwięcej osób zyskuje na obszarach: Wrocław" in words_of(page.text)
    assert 'class="site-new"' in page.text


def test_a_scenario_without_changes_is_today(planners: FlaskClient) -> None:
    page = words_of(planners.get(f"/planowanie/warianty?{BASE}").text)
    assert "Nic jeszcze nie zmieniono" in page
    assert page.count("różnica: 0") >= len(MEASURES)


def test_adds_a_site_at_a_named_place_and_at_coordinates(planners: FlaskClient) -> None:
    assert step(planners, "co=add&miejsce=Wrocław&miejsca=30")["zmiana"] == [ADDED]
    assert step(planners, "co=add&punkt=16.65,50.44")["zmiana"] == ["add:dps:16.65000,50.44000:"]
    assert step(planners, f"zmiana={ADDED}&co=add&miejsce=Kłodzko&miejsca=5")["zmiana"] == [
        ADDED,
        "add:dps:16.65000,50.44000:5",
    ]


def test_asks_which_of_two_villages_is_meant(planners: FlaskClient) -> None:
    answer = planners.get(f"/planowanie/warianty/krok?{BASE}&co=add&miejsce=Nowa+Wieś&miejsca=7")
    assert answer.status_code == 200
    links = re.findall(r'<li><a href="([^"]+)">(Nowa Wieś[^<]+)</a>', answer.text)
    assert {"Kłodzko", "Wrocław"} <= {name for _link, text in links for name in re.findall(r"Kłodzko|Wrocław", text)}
    followed = planners.get(unescape(links[0][0]))
    assert followed.status_code == 303
    assert "add:dps:" in followed.headers["Location"]


def test_closes_resizes_and_moves_a_site_of_the_list(planners: FlaskClient, bench: Bench) -> None:
    (site,) = bench.sites
    page = planners.get(f"/planowanie/warianty?{BASE}&site={site.key}")
    assert f'name="site" value="{site.key}"' in page.text
    assert step(planners, f"co=close&site={site.key}")["zmiana"] == [f"close:{site.key}"]
    assert step(planners, f"co=change&site={site.key}&miejsca=40")["zmiana"] == [f"size:{site.key}:40"]
    moved = step(planners, f"zmiana=close:{site.key}&co=change&site={site.key}&miejsce=Kłodzko")["zmiana"]
    assert moved == [f"move:{site.key}:16.65000,50.44000"]
    shown = words_of(planners.get(f"/planowanie/warianty?{BASE}&zmiana={moved[0]}").text)
    assert "Przeniesienie: Dom Pomocy Społecznej „Jutrzenka” → gmina miejska Kłodzko" in shown


def test_takes_a_change_back_by_its_link(planners: FlaskClient) -> None:
    page = planners.get(f"/planowanie/warianty?{BASE}&zmiana={ADDED}&zmiana=add:dps:16.65000,50.44000:5").text
    back = [unescape(link) for link in re.findall(r'<a class="button-quiet" href="([^"]+)">Cofnij', page)]
    assert [parse_qs(urlsplit(link).query)["zmiana"] for link in back] == [["add:dps:16.65000,50.44000:5"], [ADDED]]


def test_leaves_out_a_change_of_a_site_that_is_gone_and_says_so(planners: FlaskClient) -> None:
    page = planners.get(f"/planowanie/warianty?{BASE}&zmiana=close:0123456789")
    assert page.status_code == 200
    assert "Pominięto, bo placówki nie ma już w katalogu: close:0123456789." in words_of(page.text)


@pytest.mark.parametrize(("by", "code", "name"), [("powiat", "0264", "Wrocław"), ("subregion", "PL514", "wrocławski")])
def test_tells_powiats_and_subregions(planners: FlaskClient, bench: Bench, by: str, code: str, name: str) -> None:
    address = f"/planowanie/warianty?{BASE}&by={by}&measure=nearest_minutes&zmiana={ADDED}"
    outcome = Bench(bench.data, replace(bench.question, layer=by)).after(
        read_changes([ADDED]), lambda _at: bench.data.areas.index[WROCLAW]
    )
    number = [ref.code for ref in bench.data.areas.layers[by].refs].index(code)
    page = planners.get(address)
    assert page.status_code == 200
    row = next(value for head, value in cells(page.text).items() if head.startswith(name))
    assert row[0].replace(" ", "") == f"{outcome.gained[number]:.0f}"
    told = f"{outcome.after['nearest_minutes'][number]:.1f} min".replace(".", ",")
    assert told in row[2 + MEASURES.index("nearest_minutes")]
    document = json.loads(planners.get(address.replace("warianty?", "warianty/wynik.json?")).text)
    assert len(document["colours"]) == len(bench.data.areas.layers[by].refs)
    files = planners.get(address.replace("warianty?", "warianty/dane.geojson?"))
    assert {each["id"] for each in json.loads(files.text)["features"]} >= {code}
    assert all(each["geometry"] for each in json.loads(files.text)["features"])


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("by=region", "by"),
        ("zmiana=nothing", "zmiana"),
        ("zmiana=add:ddp:17.0,51.1:3", "zmiana"),
        ("zmiana=add:dps:51.1,17.0:3", "zmiana"),
        ("zmiana=close:0123456789&zmiana=size:0123456789:3", "zmiana"),
        ("&".join(f"zmiana=add:dps:17.0,51.1:{n}" for n in range(31)), "zmiana"),
        ("measure=sites", "measure"),
        ("view=upside", "view"),
        ("site=x", "site"),
    ],
)
def test_names_the_parameter_that_is_wrong(planners: FlaskClient, query: str, parameter: str) -> None:
    for path in ("warianty", "warianty/wynik.json", "warianty/dane.csv"):
        answer = planners.get(f"/planowanie/{path}?{BASE}&{query}")
        assert answer.status_code == 400, path
        assert re.search(rf"<code>{parameter}(=[^<]*)?</code>", answer.text)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("co=add", "miejsce"), ("co=add&miejsce=Qwertyuiop", "miejsce"), ("co=close", "site"),
     ("co=change&site=0123456789", "miejsca"), ("co=burn", "co"), ("co=add&punkt=51.1,17.0", "punkt")],
)  # fmt: skip
def test_names_what_a_step_lacks(planners: FlaskClient, query: str, parameter: str) -> None:
    answer = planners.get(f"/planowanie/warianty/krok?{BASE}&{query}")
    assert answer.status_code == 400
    assert re.search(rf"<code>{parameter}(=[^<]*)?</code>", answer.text)


def test_the_script_gets_what_the_page_shows(planners: FlaskClient) -> None:
    page = planners.get(f"/planowanie/warianty?{BASE}&zmiana={ADDED}&measure=places&view=difference").text
    found = planners.get(f"/planowanie/warianty/wynik.json?{BASE}&zmiana={ADDED}&measure=places&view=difference").json
    assert found is not None
    shown = words_of(page)
    assert all(" ".join(sentence.split()) in shown for sentence in found["sentences"])
    colours = dict(re.findall(r'<path class="k k-([\w-]+)" data-code="(\d+)"', page))
    assert "better-2" in colours
    assert found["colours"].count("better-2") == 1
    row = next(value for name, value in cells(page).items() if name.startswith("Wrocław"))
    after, before, difference = found["rows"][0]["cells"][MEASURES.index("places")]
    assert row[2 + MEASURES.index("places")] == f"{after} przed: {before} różnica: {difference}".replace("\xa0", " ")


@pytest.mark.parametrize("ending", ["csv", "json", "geojson", "xlsx"])
def test_files_tell_before_and_after_and_are_the_same_each_time(planners: FlaskClient, ending: str) -> None:
    address = f"/planowanie/warianty/dane.{ending}?{BASE}&zmiana={ADDED}"
    first, second = planners.get(address), planners.get(address)
    assert first.status_code == 200
    assert first.data == second.data
    assert planners.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_the_figures_of_the_files_agree(planners: FlaskClient) -> None:
    address = f"/planowanie/warianty/dane.csv?{BASE}&zmiana={ADDED}"
    rows = list(csv.DictReader(io.StringIO(planners.get(address).text.lstrip("\ufeff"))))
    assert len(rows) == 2 * len(MEASURES)
    document = json.loads(planners.get(address.replace(".csv", ".json")).text)
    features = json.loads(planners.get(address.replace(".csv", ".geojson")).text)["features"]
    own = next(gmina for gmina in document["gminas"] if gmina["code"] == WROCLAW)
    drawn = next(feature for feature in features if feature["id"] == WROCLAW)
    for row in rows:
        if row["code"] == WROCLAW:
            told = own["measures"][row["measure"]]
            # nobody of Wrocław may use a site before, so that no way is the nearest
            figures = [float(row[when]) if row[when] else None for when in ("before", "after")]
            assert figures == [told["before"], told["after"]]
            assert drawn["properties"][f"{row['measure']}_after"] == told["after"]
    assert drawn["geometry"]["type"] == "MultiPolygon"
    assert document["question"]["changes"] == [ADDED]


def save(planners: FlaskClient, name: str = "Dom we Wrocławiu", **more: str) -> str:
    """The path of the secret link."""
    sent = {"type": "dps", "ages": "80+", "minutes": "20", "standard": "30", "zmiana": ADDED, "nazwa": name, **more}
    answer = planners.post("/planowanie/warianty/zapisz", data=sent)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def share_of(planners: FlaskClient, secret: str) -> str:
    found = re.search(r"/planowanie/wariant/[\w-]{12}(?=[\"<])", planners.get(secret).text)
    assert found is not None
    return found[0]


def test_is_kept_under_a_name_and_shown_to_others_without_the_secret(planners: FlaskClient) -> None:
    secret = save(planners)
    shared = planners.get(share_of(planners, secret))
    assert shared.status_code == 200
    assert "Dom we Wrocławiu" in shared.text
    assert secret.rpartition("/")[2] not in shared.text
    assert shared.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert shared.headers["Cache-Control"] == "no-store"
    assert "Nowa placówka: Dom pomocy społecznej" in words_of(shared.text)


def test_is_changed_and_deleted_by_its_secret_only(planners: FlaskClient) -> None:
    secret = save(planners)
    key = secret.rpartition("/")[2]
    share = share_of(planners, secret)
    assert save(planners, "Inna nazwa", wariant=key) == secret
    assert "Inna nazwa" in planners.get(share).text
    others = {"type": "dps", "nazwa": "x", "wariant": share.rpartition("/")[2]}
    assert planners.post("/planowanie/warianty/zapisz", data=others).status_code == 404
    assert planners.post(f"/planowanie/wariant/edycja/{share.rpartition('/')[2]}/usun").status_code == 404
    assert planners.post(f"{secret}/usun").status_code == 303
    assert planners.get(share).status_code == 404
    assert planners.get(secret).status_code == 404


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_no_other_site_saves_or_deletes_on_a_visitors_behalf(planners: FlaskClient, site: str) -> None:
    secret = save(planners)
    for path in ("/planowanie/warianty/zapisz", f"{secret}/usun", "/planowanie/lokalizacje/dowod"):
        assert planners.post(path, data={"nazwa": "x"}, headers={"Sec-Fetch-Site": site}).status_code == 403
    assert planners.get(secret).status_code == 200


@pytest.mark.parametrize("name", ["", "x" * 101])
def test_a_scenario_needs_a_name_of_bounded_length(planners: FlaskClient, name: str) -> None:
    answer = planners.post("/planowanie/warianty/zapisz", data={"type": "dps", "nazwa": name})
    assert answer.status_code == 400
    assert re.search(r"<code>nazwa(=[^<]*)?</code>", answer.text)


def test_a_hostile_name_is_only_text(planners: FlaskClient) -> None:
    payload = "<script>window.__x=1</script>"
    secret = save(planners, payload)
    for path in (secret, share_of(planners, secret)):
        assert payload not in planners.get(path).text


def test_stands_beside_others_also_by_whole_links(planners: FlaskClient) -> None:
    one = share_of(planners, save(planners, "Jeden"))
    two = share_of(planners, save(planners, "Dwa", zmiana="add:dps:16.65000,50.44000:5"))
    page = planners.get(
        "/planowanie/warianty/porownanie", query_string={"w": [f"https://example.org{one}?lang=uk", two]}
    )
    assert page.status_code == 200
    lines = cells(page.text)
    assert lines["Miejsca"][1:] == ["54 miejsca różnica: +30", "29 miejsc różnica: +5"]
    assert "Wariant" not in page.text or "różne pytania" not in page.text
    other = share_of(planners, save(planners, "Trzy", minutes="30"))
    apart = planners.get("/planowanie/warianty/porownanie", query_string={"w": [one, other]})
    assert "Warianty zadają różne pytania" in words_of(apart.text)


def two_saved(planners: FlaskClient) -> list[str]:
    one = share_of(planners, save(planners, "Jeden"))
    return [one, share_of(planners, save(planners, "Dwa", zmiana="add:dps:16.65000,50.44000:5"))]


@pytest.mark.parametrize(
    ("by", "names"), [("powiat", {"kłodzki", "Wrocław"}), ("subregion", {"wałbrzyski", "wrocławski"})]
)
def test_stands_beside_others_by_larger_areas(planners: FlaskClient, by: str, names: set[str]) -> None:
    page = planners.get("/planowanie/warianty/porownanie", query_string={"w": two_saved(planners), "by": by})
    assert page.status_code == 200
    assert "Nowa placówka może je podnieść" in page.text
    table = page.text[page.text.index('id="areas"') :]
    assert {next(name for name in names if row.startswith(name)) for row in cells(table)} == names
    assert f'<option value="{by}" selected>' in page.text
    assert f"by={by}" in page.text[page.text.index("downloads") :]


@pytest.mark.parametrize("by", ["gmina", "powiat", "subregion"])
def test_the_files_of_a_comparison_tell_what_each_scenario_tells(planners: FlaskClient, by: str) -> None:
    asked = {"w": two_saved(planners), "by": by}
    text = planners.get("/planowanie/warianty/porownanie/dane.csv", query_string=asked).text
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    changes = {"Jeden": ADDED, "Dwa": "add:dps:16.65000,50.44000:5"}
    assert [*dict.fromkeys((row["number"], row["scenario"]) for row in rows)] == [("1", "Jeden"), ("2", "Dwa")]
    for name, change in changes.items():
        alone = planners.get(f"/planowanie/warianty/dane.csv?{BASE}&by={by}&zmiana={change}").text
        told = [{**row} for row in rows if row["scenario"] == name]
        for row in told:
            del row["number"], row["scenario"]
        assert told == list(csv.DictReader(io.StringIO(alone.lstrip("\ufeff"))))
    document = planners.get("/planowanie/warianty/porownanie/dane.json", query_string=asked).get_json()
    drawn = planners.get("/planowanie/warianty/porownanie/dane.geojson", query_string=asked).get_json(force=True)
    features = {feature["id"]: feature["properties"] for feature in drawn["features"]}
    for number, scenario in enumerate(document["scenarios"], 1):
        assert scenario["question"]["layer"] == by
        for area in scenario["areas"]:
            own = features[f"{number}-{area['code']}"]
            assert (own["scenario"], own["places_after"]) == (scenario["name"], area["measures"]["places"]["after"])
    sheet = planners.get("/planowanie/warianty/porownanie/dane.xlsx", query_string=asked)
    assert sheet.data.startswith(b"PK")
    assert sheet.headers["Cache-Control"] == "no-store"
    assert (
        planners.get("/planowanie/warianty/porownanie/dane.csv", query_string={"w": asked["w"][:1]}).status_code == 400
    )


def test_compares_only_scenarios_that_are_there(planners: FlaskClient) -> None:
    assert planners.get("/planowanie/warianty/porownanie?w=nothing&w=nobody").status_code == 400
    alone = planners.get("/planowanie/warianty/porownanie")
    assert "Podaj linki od dwóch do czterech zapisanych wariantów." in words_of(alone.text)
    many = "&".join(f"w=key{n}" for n in range(5))
    assert planners.get(f"/planowanie/warianty/porownanie?{many}").status_code == 400


def test_people_who_are_not_counted_give_a_sentence(planners: FlaskClient) -> None:
    page = planners.get("/planowanie/warianty?type=wtz")
    assert page.status_code == 200
    assert "Liczba osób z orzeczeniem o niepełnosprawności nie jest wczytana." in words_of(page.text)
    assert planners.get("/planowanie/warianty/dane.csv?type=wtz").status_code == 400
    assert planners.get("/planowanie/warianty/wynik.json?type=wtz").status_code == 400
