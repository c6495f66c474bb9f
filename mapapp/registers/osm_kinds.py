"""Which kind of service an OpenStreetMap object is: by its Polish name first, by its tags else."""

import re
from collections.abc import Mapping
from typing import Final

# what a signboard says is surer than a tag; the first that fits counts
_BY_NAME: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), code)
    for pattern, code in (
        (r"środowiskow\w+ d\w+ samopomocy|\bśds\b", "sds"),
        (r"dom\w* pomocy społecznej|\bdps\b", "dps"),
        (r"dzienn\w+ dom\w* .?senior ?\+|senior-?wigor", "ddsp"),
        (r"klub\w* .?senior ?\+", "ksp"),
        (r"klub\w* seniora", "klub_sen"),
        (r"dzienn\w+ dom\w* pomocy", "ddp"),
        (r"centrum usług społecznych", "cus"),
        (r"ośrod\w+ pomocy społecznej|\b[mg]{0,2}ops\b", "ops"),
        (r"centrum pomocy rodzinie|\bpcpr\b", "pcpr"),
        (r"warsztat\w* terapii zajęciowej|\bwtz\b", "wtz"),
        (r"zakład\w* aktywności zawodowej|\bzaz\b", "zaz"),
        (r"rodzinn\w+ dom\w* pomocy", "rdp"),
        (r"hospicjum", "hospicjum"),
        (r"zakład\w* (?:opiekuńczo-leczni|pielęgnacyjno-opiekuń)\w+|\b(?:zol|zpo)\b", "zol"),
        (r"noclegowni\w+", "noclegownia"),
        (r"ogrzewalni\w+", "ogrzewalnia"),
        (r"schronisk\w+ .*usługami opiekuńczymi", "sch_uo"),
        (r"schronisk\w+ .*bezdomn", "schronisko"),
        (r"matek z (?:małoletnimi )?dziećmi|samotnej matki", "dmdz"),
        (r"interwencji kryzysowej", "oik"),
        (r"jadłodajni\w+|kuchnia dla ubogich", "posilek"),
        (r"rodzinn\w+ dom\w* dziecka", "rdd"),
        (r"dom\w* dziecka|opiekuńczo-wychowawcz", "pow"),
        (r"wsparcia dziennego|świetlic\w+ (?:środowiskow|socjoterapeut)", "pwd"),
        (r"centrum integracji społecznej", "cis"),
        (r"klub\w* integracji społecznej", "kis"),
    )
)
# social_facility, social_facility:for; "" stands for whatever it is for
_BY_TAGS: Final = {
    ("shelter", "homeless"): "schronisko",
    ("soup_kitchen", ""): "posilek",
    ("day_care", "senior"): "ddp",
    ("day_care", "child"): "pwd",
    ("day_care", "juvenile"): "pwd",
    ("day_care", "mental_health"): "sds",
    ("workshop", "disabled"): "wtz",
    ("group_home", "orphan"): "pow",
    ("group_home", "child"): "pow",
    ("group_home", "juvenile"): "pow",
    ("hospice", ""): "hospicjum",
    ("ambulatory_care", "senior"): "uo_dom",
}
# a home for older people that does not call itself a DPS is a licensed private one, or none at all: staff must look
_VIOLENCE: Final = re.compile(r"abuse|violence|victim|przemoc", re.IGNORECASE)


def kind_of(tags: Mapping[str, str]) -> str | None:
    """The code of the service type; None where neither name nor tags tell it."""
    name = " ".join(tags.get(key, "") for key in ("name", "official_name", "operator", "short_name"))
    for pattern, code in _BY_NAME:
        if pattern.search(name):
            return code
    kind = tags.get("social_facility", "")
    audiences = [each.strip() for each in tags.get("social_facility:for", "").split(";")]
    return next((_BY_TAGS[kind, each] for each in [*audiences, ""] if (kind, each) in _BY_TAGS), None)


def is_confidential(tags: Mapping[str, str]) -> bool:
    """Whether the place shelters people from violence: its address must not even enter the directory."""
    return any(
        _VIOLENCE.search(tags.get(key, "")) for key in ("name", "social_facility:for", "description", "operator")
    )
