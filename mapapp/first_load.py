"""What an empty database is filled with: the territory, the vocabularies, the sample directory and its figures."""

from sqlalchemy.orm import Session

from mapapp.coverage.data import coverage_data
from mapapp.coverage.published import release_published
from mapapp.directory.commands import save_facilities, save_vocabularies
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.samples.generate import REGISTER, generate_facilities
from mapapp.samples.ground import read_ground
from mapapp.samples.plan import read_plan
from mapapp.settings import ROOT, Settings
from mapapp.territory.commands import load_territory
from mapapp.territory.sources import read_territory


def load_region(session: Session, settings: Settings) -> None:
    """Load the territory that the settings name: a pack, or the embedded schematic one."""
    load_territory(session, read_territory(settings))


def load_samples(session: Session) -> None:
    """Save and publish the vocabularies and the sample directory."""
    vocabularies = load_vocabularies(ROOT / "data" / "vocabularies")
    save_vocabularies(session, vocabularies)
    plan = read_plan(ROOT / "data" / "samples")
    facilities = generate_facilities(read_ground(session), plan, vocabularies)
    save_facilities(session, facilities, registers=[REGISTER], changed_by="samples")


def release_coverage(session: Session) -> None:
    """Release the published figures of coverage for the first time."""
    release_published(session, coverage_data(session))
