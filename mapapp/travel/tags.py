"""What the tags of OpenStreetMap mean for a way of travelling: how fast, in which direction, and who may pass.

After https://wiki.openstreetmap.org/wiki/Key:access, Key:oneway, Key:barrier, Key:duration, Key:maxspeed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mapapp.travel.profiles import Profile

Tags = Mapping[str, str]

CLOSED = frozenset(
    {"no", "private", "agricultural", "forestry", "emergency", "psv", "bus", "military", "delivery", "use_sidepath"}
)
OPEN = frozenset({"yes", "designated", "permissive", "official", "public", "permit"})
YES = frozenset({"yes", "1", "true"})
NO = frozenset({"no", "0", "false"})
BACKWARDS = frozenset({"-1", "reverse"})
ROUND = frozenset({"roundabout", "circular"})
# one may cycle against the one-way street
CONTRAFLOW = frozenset({"opposite", "opposite_lane", "opposite_track", "opposite_share_busway"})
CYCLEWAYS = ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
# km/h where a sign names a zone instead of a number
MAXSPEEDS = {"walk": 6.0, "living_street": 20.0, "urban": 50.0, "rural": 90.0, "trunk": 120.0, "motorway": 140.0}
KMH_PER_MPH = 1.609344
SURFACE_KEYS = ("surface", "tracktype", "smoothness")
# all that is looked at: ways with the same values of these are understood once
KEYS = frozenset(
    {"highway", "route", "area", "junction", "maxspeed", "maxspeed:forward", "maxspeed:backward", "duration", "access"}
    | {"motorroad", "barrier", "locked", *CYCLEWAYS, *SURFACE_KEYS}
    | {f"{key}:oneway" for key in CYCLEWAYS}
)
# closed or slow for some, until a tag of their own opens them
OPENABLE = frozenset({"motorway", "motorway_link", "trunk", "trunk_link", "track"}) | {
    *("footway", "path", "cycleway", "pedestrian", "bridleway", "corridor", "platform")
}
DURATION = re.compile(r"(?:(?P<hours>\d{1,3}):)?(?P<minutes>\d{1,3})(?::(?P<seconds>\d{2}))?")
ISO_DURATION = re.compile(r"PT(?:(?P<hours>\d{1,3})H)?(?:(?P<minutes>\d{1,4})M)?(?:(?P<seconds>\d{1,5})S)?")


@dataclass(frozen=True, slots=True)
class WayUse:
    """How a way is used: km/h along and against it, 0 where closed; minutes of the whole way where it tells them."""

    forward_kmh: float
    backward_kmh: float
    minutes: float | None
    is_entry: bool


def keys_of(profiles: Iterable[Profile]) -> frozenset[str]:
    """The tags that any of these looks at."""
    return KEYS.union(*(profile.access for profile in profiles), *(profile.oneway for profile in profiles))


def way_use(profile: Profile, tags: Tags) -> WayUse | None:
    """How one travels along a way; None where one may not."""
    access = _first(tags, profile.access)
    if access in CLOSED or (tags.get("area") == "yes" and "highway" in tags):
        return None
    if tags.get("route") == "ferry":
        return WayUse(profile.ferry_kmh, profile.ferry_kmh, duration_minutes(tags.get("duration")), is_entry=False)
    speed = _speed(profile, tags, access) if "highway" in tags else 0.0
    if speed <= 0:
        return None
    along, against = _directions(profile, tags)
    return WayUse(
        forward_kmh=_limited(profile, tags, speed, "forward") * along,
        backward_kmh=_limited(profile, tags, speed, "backward") * against,
        minutes=None,
        is_entry=tags["highway"] not in profile.no_entry and tags.get("motorroad") != "yes",
    )


def lets_through(profile: Profile, tags: Tags) -> bool:
    """Whether one may pass a point with these tags."""
    access = _first(tags, profile.access)
    if access is not None and "barrier" in tags:
        return access not in CLOSED
    return tags.get("barrier") not in profile.barriers and tags.get("locked") != "yes"


def duration_minutes(text: str | None) -> float | None:
    """Minutes of ``duration``: "20", "00:20", "1:05:30" or "PT1H5M"; None where it is none of these, or nothing."""
    found = text and (ISO_DURATION.fullmatch(text) or DURATION.fullmatch(text))
    if not found:
        return None
    hours, minutes, seconds = (float(found[name] or 0) for name in ("hours", "minutes", "seconds"))
    return hours * 60 + minutes + seconds / 60 or None


def maxspeed_kmh(text: str | None) -> float | None:
    """km/h of ``maxspeed``: "50", "30 mph", "PL:urban", "walk"; None where it is none of these ("none", "signals")."""
    if text is None:
        return None
    if found := re.fullmatch(r"(\d{1,3}(?:\.\d+)?)\s*(km/h|kmh|mph)?", text):
        return (float(found[1]) * (KMH_PER_MPH if found[2] == "mph" else 1)) or None
    return MAXSPEEDS.get(text.split(":")[-1])


def _first(tags: Tags, keys: Iterable[str]) -> str | None:
    return next((tags[key] for key in keys if key in tags), None)


def _speed(profile: Profile, tags: Tags, access: str | None) -> float:
    """km/h by class and access, before signs and surface; 0 where closed."""
    highway = tags["highway"]
    speed = profile.speeds.get(highway, 0.0)
    if access == "dismount":
        return profile.dismount_kmh
    # only the traveller's own tag opens what is closed: access=yes does not make a car fit on a footway
    own = tags.get(profile.access[0])
    if own in OPEN and highway in OPENABLE:
        return max(speed, profile.explicit_kmh)
    if profile.column != "car" and tags.get("motorroad") == "yes":
        return 0.0
    return speed


def _limited(profile: Profile, tags: Tags, speed: float, direction: str) -> float:
    """km/h in one direction after signs and surface."""
    if profile.obeys_maxspeed:
        sign = maxspeed_kmh(tags.get(f"maxspeed:{direction}")) or maxspeed_kmh(tags.get("maxspeed"))
        if sign is not None:
            speed = sign * profile.maxspeed_factor
    limits = (profile.most.get((key, tags[key])) for key in SURFACE_KEYS if key in tags)
    return min([speed, *(limit for limit in limits if limit is not None)]) * profile.speed_factor


def _directions(profile: Profile, tags: Tags) -> tuple[bool, bool]:
    """Whether one may go along and against the way."""
    if profile.column == "bike" and "oneway:bicycle" not in tags and _has_contraflow(tags):
        return True, True
    told = _first(tags, profile.oneway)
    if told in BACKWARDS:
        return False, True
    if told == "reversible":
        return False, False
    implied = "oneway" in profile.oneway and (tags.get("junction") in ROUND or tags.get("highway") == "motorway")
    return True, not (told in YES or (implied and told not in NO))


def _has_contraflow(tags: Tags) -> bool:
    return any(tags.get(key) in CONTRAFLOW or tags.get(f"{key}:oneway") in NO for key in CYCLEWAYS)
