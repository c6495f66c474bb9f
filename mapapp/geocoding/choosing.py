"""The geocoders that the settings name, in their order."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from sqlalchemy.orm import Session

from mapapp.geocoding.embedded import Embedded
from mapapp.geocoding.gugik import Gugik
from mapapp.geocoding.nominatim import PER_SECOND, Nominatim
from mapapp.geocoding.places import Places
from mapapp.geocoding.protocol import Geocoder
from mapapp.geocoding.remembering import Remembering
from mapapp.geocoding.service import Manners, Service
from mapapp.settings import GeocoderCode, Settings


def chosen_geocoders(
    settings: Settings,
    places: Places,
    transactions: Callable[[], AbstractContextManager[Session]],
    codes: Sequence[GeocoderCode] = (),
) -> tuple[Geocoder, ...]:
    """The geocoders of ``codes``, else of the settings; answers of a network are remembered."""
    made = (_geocoder(code, settings, places) for code in codes or settings.geocoders)
    return tuple(Remembering(each, transactions) if each.is_remote else each for each in made)


def _geocoder(code: GeocoderCode, settings: Settings, places: Places) -> Geocoder:
    if code == "embedded":
        return Embedded(places)
    about = "; ".join(filter(None, (settings.public_url, settings.contact_email)))
    agent = f"mapapp ({about})" if about else "mapapp"
    if code == "gugik":
        manners = Manners(agent, settings.gugik_per_second, settings.geocoder_timeout_s)
        return Gugik(Service("GUGiK UUG", settings.gugik_url, manners))
    if settings.nominatim_url is None or settings.contact_email is None:
        raise ValueError(
            "the geocoder nominatim needs MAPAPP_NOMINATIM_URL, and MAPAPP_CONTACT_EMAIL to say who asks "
            "(usage policy of Nominatim)"
        )
    manners = Manners(agent, PER_SECOND, settings.geocoder_timeout_s)
    return Nominatim(Service("Nominatim", f"{settings.nominatim_url.rstrip('/')}/search", manners))
