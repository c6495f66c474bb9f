"""Units by the thousand, as crowded as a country's: whole towns of nursing homes without a name of their own."""

from itertools import islice
from random import Random

from geo.crs import Position
from mapapp.directory.matching.unit import Unit
from tests.directory.rewritten import LETTERS

KINDS = {
    "dps": "Dom Pomocy Społecznej",
    "sds": "Środowiskowy Dom Samopomocy",
    "ksp": "Klub „Senior+”",
    "ops": "Ośrodek Pomocy Społecznej",
    "wtz": "Warsztat Terapii Zajęciowej",
    "schronisko": "Schronisko dla bezdomnych",
    "zlobek": "Żłobek",
    "porad": "Poradnia rodzinna",
}
PATRONS = ("św. Brata Alberta", "św. Jadwigi", "Jana Pawła II", "„Vita”", "„Przystań”", "„Pod Dębem”", "„Słoneczko”")
MOST_IN_TOWN = 200


def many_units(count: int, random: Random) -> list[Unit]:
    """Units of one register in towns of up to two hundred; every second has no name of its own."""
    streets = [_word(random) for _ in range(2_000)]
    return list(islice((unit for town in range(count) for unit in _town(town, streets, random)), count))


def _town(number: int, streets: list[str], random: Random) -> list[Unit]:
    name = _word(random)
    size = min(MOST_IN_TOWN, max(1, int(random.paretovariate(0.7))))
    return [_unit(f"{number}/{each}", number, name, streets, random) for each in range(size)]


def _unit(key: str, town: int, name: str, streets: list[str], random: Random) -> Unit:
    kind = random.choice(sorted(KINDS))
    patron = f" {random.choice(PATRONS)}" if random.random() < 0.5 else ""
    return Unit(
        key=key,
        name=f"{KINDS[kind]}{patron} – {name}",
        registers=frozenset({"many"}),
        types=frozenset({kind}),
        address=f"ul. {random.choice(streets)} {random.randint(1, 150)}",
        postal_code=f"{town // 1000 % 100:02}-{town % 1000:03}",
        town=name,
        gmina_teryt=f"{town % 1_000_000:06}1",
        position=Position(15 + town % 200 * 0.04 + random.random() * 0.05, 50 + town // 200 % 100 * 0.04),
        is_precise=True,
        phones=frozenset({f"+48{random.randint(100_000_000, 999_999_999)}"}),
    )


def _word(random: Random) -> str:
    return "".join(random.choice(LETTERS) for _ in range(random.randint(6, 10))).capitalize()
