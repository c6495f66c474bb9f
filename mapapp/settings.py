"""All configuration: one frozen object read from ``MAPAPP_*`` environment variables."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
# a site as browsers name it, or all below it: nothing that could end the header it goes into
ORIGIN = r"^https?://(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$"
_URL = r"^https?://[^\s?#]+$"
GeocoderCode = Literal["embedded", "gugik", "nominatim"]
DEVELOPMENT_SECRET = "development-only-do-not-use-in-production"  # noqa: S105 - refused in production


def _listed(given: object) -> object:
    return tuple(filter(None, (each.strip() for each in given.split(",")))) if isinstance(given, str) else given


class Settings(BaseSettings):
    """What an administrator may set. Each field's description is the README's table."""

    model_config = SettingsConfigDict(env_prefix="MAPAPP_", env_ignore_empty=True, frozen=True, extra="ignore")

    environment: Literal["development", "production", "test"] = Field(
        "development", description="`production` refuses to start with a default secret"
    )
    region: str = Field(
        "dolnoslaskie",
        pattern=r"^[a-z_]+$",
        description="Which region is served: an id in `data/regions.toml`",
    )
    territory_pack: Path | None = Field(
        None,
        description="Folder with the region's official territory; else `data/packs/<region>`, else schematic",
    )
    database_url: SecretStr | None = Field(
        None, description="An existing PostGIS (`postgresql://…`) to use instead of the private cluster"
    )
    database_pool: int = Field(
        8, ge=1, le=100, description="Database connections that one worker process keeps open at most"
    )
    var_folder: Path = Field(ROOT / "var", description="Where the private cluster, caches and logs live")
    secret_key: SecretStr = Field(
        SecretStr(DEVELOPMENT_SECRET), description="Signs what the browser gives back; 32 characters or more"
    )
    host: str = Field("127.0.0.1", description="Address that the server listens on")
    port: int = Field(8000, ge=1, le=65535, description="Port that the server listens on")
    workers: int | None = Field(
        None, ge=1, le=64, description="Server processes; else one for each processor, six at most"
    )
    threads: int = Field(16, ge=2, le=128, description="Threads in each process; at least twice the pool")
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^/\s]+$",
        description="Address under which the public reaches the site, no path",
    )
    trusted_hosts: tuple[str, ...] = Field(
        (), description='Host names that are answered, as JSON: `["mapa.example.org"]`; empty answers any'
    )
    widget_parents: tuple[Annotated[str, Field(pattern=ORIGIN)], ...] = Field(
        (),
        description='Sites that may embed `/widget`, as JSON: `["https://www.example.org"]`; empty: none but this one',
    )
    behind_proxy: bool = Field(False, description="Trust `X-Forwarded-*` of one proxy in front, such as nginx")
    publisher: str = Field("", description="Who publishes the open data, as catalogues name it; else the site's name")
    contact_email: str | None = Field(
        None,
        pattern=r"^[^@\s<>\"]+@[^@\s<>\"]+$",
        description="Where to ask about the open data; else the page of the data is named",
    )
    operator: str = Field(
        "", description="Who runs the site, as its statements name it; else they say that it is missing"
    )
    operator_address: str = Field("", description="Where the operator is, for the statements")
    operator_phone: str | None = Field(
        None, pattern=r"^\+?[0-9 ]{3,20}$", description="The operator's telephone, for the statements"
    )
    accessibility_contact: str = Field(
        "", description="Person or unit responsible for accessibility, for the statement"
    )
    data_protection_contact: str = Field(
        "", description="How to reach the data protection officer, for the privacy page"
    )
    published_on: date | None = Field(
        None, description="Day on which the public could first use the site, as `2026-12-01`, for the statement"
    )
    basemap_url: str | None = Field(
        None,
        pattern=r"^(https?://[^\s{}/]+|/)[^\s]*\{z\}[^\s]*$",
        description="Raster tiles under the map, `https://…/{z}/{x}/{y}.png`; none shows the boundaries alone",
    )
    basemap_attribution: str = Field("", description="Whose basemap it is; required with `MAPAPP_BASEMAP_URL`")
    basemap_max_zoom: int = Field(19, ge=1, le=22, description="Deepest zoom of the basemap")

    routing_engine: Literal["roads", "valhalla", "osrm"] = Field(
        "roads",
        description="Who tells travel times by road: `roads` is our own network, the others are asked over HTTP",
    )
    routing_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s]+$",
        description="Address of Valhalla or OSRM; of OSRM with `{mode}` where each way of travelling has a server",
    )

    @model_validator(mode="after")
    def _names_its_router(self) -> Self:
        if self.routing_engine != "roads" and not self.routing_url:
            raise ValueError(f"MAPAPP_ROUTING_URL is empty; the engine {self.routing_engine!r} needs an address")
        return self

    geocoders: Annotated[tuple[GeocoderCode, ...], NoDecode, BeforeValidator(_listed)] = Field(
        ("embedded",),
        description="Who is asked where an address is, in this order: `embedded` (no network), `gugik`, `nominatim`",
    )
    gugik_url: str = Field(
        "https://services.gugik.gov.pl/uug/", pattern=_URL, description="GUGiK's address service (UUG)"
    )
    gugik_per_second: float = Field(2, gt=0, le=20, description="Questions to GUGiK in a second at most")
    nominatim_url: str | None = Field(
        None, pattern=_URL, description="A Nominatim, without `/search`; it is asked once a second at most"
    )
    geocoder_timeout_s: float = Field(10, gt=0, le=120, description="Seconds to wait for an answer of a geocoder")

    @model_validator(mode="after")
    def _knows_its_geocoders(self) -> Self:
        if "nominatim" in self.geocoders and not (self.nominatim_url and self.contact_email):
            raise ValueError(
                "MAPAPP_GEOCODERS names nominatim: it needs MAPAPP_NOMINATIM_URL, and MAPAPP_CONTACT_EMAIL to say who "
                "asks (usage policy of Nominatim)"
            )
        return self

    @model_validator(mode="after")
    def _refuses_unsafe_production(self) -> Self:
        secret = self.secret_key.get_secret_value()
        if self.environment == "production" and (secret == DEVELOPMENT_SECRET or len(secret) < 32):
            raise ValueError(
                "MAPAPP_SECRET_KEY is the default or shorter than 32 characters; production needs a secret of its own, "
                "for example from: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        if self.basemap_url and not self.basemap_attribution:
            raise ValueError("MAPAPP_BASEMAP_ATTRIBUTION is empty; a basemap is shown only with its attribution")
        return self

    @classmethod
    def readable_default(cls, name: str) -> str:
        """The default as the README prints it; a secret's is not shown."""
        default = cls.model_fields[name].default
        if default in {None, "", ()}:
            return "–"
        if isinstance(default, SecretStr):
            return "for development only"
        if isinstance(default, Path):
            return f"`{default.relative_to(ROOT)}`"
        if isinstance(default, tuple):
            return f"`{','.join(default)}`"
        return f"`{str(default).lower() if isinstance(default, bool) else default}`"


@cache
def current_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
