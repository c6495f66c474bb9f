"""Who publishes open data from here, and where releases are kept: from the settings."""

import tomllib
from pathlib import Path

from mapapp.registers.dcat import Description
from mapapp.registers.writers.content import Words
from mapapp.settings import ROOT, Settings


def release_folder(settings: Settings) -> Path:
    """Where releases are kept."""
    return settings.var_folder / "releases"


def description(settings: Settings) -> Description:
    """How catalogues are told who publishes."""
    region = tomllib.loads((ROOT / "data" / "regions.toml").read_text(encoding="utf-8"))[settings.region]
    titles = Words(region["name_pl"], region["name_en"])
    return Description(titles, settings.publisher or titles.pl, settings.contact_email, settings.public_url)
