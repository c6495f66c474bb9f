"""Which engine tells the times: by setting, our own network where nothing is set."""

from mapapp.settings import Settings
from mapapp.travel.building import own_roads
from mapapp.travel.engines import Engine
from mapapp.travel.osrm import Osrm
from mapapp.travel.profiles import profile
from mapapp.travel.routers import RoutedTimes
from mapapp.travel.store import travel_root
from mapapp.travel.valhalla import Valhalla


def chosen_engine(settings: Settings, mode: str) -> Engine:
    """The engine of the settings for a mode. Raises TravelError where it has no roads."""
    how = profile(mode)
    if settings.routing_engine == "roads":
        return own_roads(travel_root(settings) / mode, mode)
    url = (settings.routing_url or "").rstrip("/")
    router = Valhalla(url, how) if settings.routing_engine == "valhalla" else Osrm(url, how)
    return RoutedTimes(router, how)
