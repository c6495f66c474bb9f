"""One way to a geocoder behind a network: paced, patient for a while, and wary of what comes back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from pyrate_limiter import Duration, Limiter, Rate
from urllib3 import BaseHTTPResponse, PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from mapapp.geocoding.protocol import GeocoderFailedError

LARGEST_ANSWER: Final = 1_000_000
_LONGEST_WAIT_S: Final = 60
_MAY_PASS: Final = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)


@dataclass(frozen=True, slots=True)
class Manners:
    """How a service is asked: who we say we are, how often, how long we wait, how many times we try."""

    user_agent: str
    per_second: float
    timeout_s: float = 10.0
    attempts: int = 3
    backoff_s: float = 2.0


class Service:
    """A service that answers questions in JSON; ``title`` is how errors call it."""

    def __init__(self, title: str, url: str, manners: Manners) -> None:
        self.title, self.url, self.manners = title, url, manners
        self._limiter = Limiter(Rate(1, round(int(Duration.SECOND) / manners.per_second)))
        self._pool = PoolManager(timeout=Timeout(manners.timeout_s), retries=False)

    def ask(self, question: Mapping[str, str]) -> Any:
        """The answer as JSON holds it. Raises GeocoderFailedError."""
        self._wait()
        try:
            response = self._pool.request(
                "GET",
                self.url,
                fields=question,
                headers={"User-Agent": self.manners.user_agent, "Accept": "application/json"},
                retries=self._patience(),
                # an address that sends elsewhere is not the one that an administrator allowed
                redirect=False,
                preload_content=False,
            )
            content = self._content(response)
        except HTTPError as error:
            raise GeocoderFailedError(f"{self.title} ({self.url}) did not answer: {_plain(error)}") from error
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as error:
            raise GeocoderFailedError(f"{self.title} ({self.url}) answered {content[:40]!r}, expected JSON") from error

    def _content(self, response: BaseHTTPResponse) -> bytes:
        with response:  # closes what is not read to its end
            if response.status != HTTPStatus.OK:
                raise GeocoderFailedError(f"{self.title} ({self.url}) answered with status {response.status}")
            content = response.read(LARGEST_ANSWER + 1)
        if len(content) > LARGEST_ANSWER:
            raise GeocoderFailedError(f"{self.title} ({self.url}) answered with more than {LARGEST_ANSWER} bytes")
        return content

    def _wait(self) -> None:
        self._limiter.try_acquire(self.url)

    def _patience(self) -> Retry:
        wait = self._wait

        class Paced(Retry):
            """Another attempt is a request like any other: it waits for its turn too."""

            def sleep(self, response: BaseHTTPResponse | None = None) -> None:
                super().sleep(response)
                wait()

        return Paced(
            total=self.manners.attempts - 1,
            redirect=0,
            status_forcelist=_MAY_PASS,
            backoff_factor=self.manners.backoff_s / 2,
            backoff_max=_LONGEST_WAIT_S,
            retry_after_max=_LONGEST_WAIT_S,
            raise_on_status=False,
            raise_on_redirect=False,
        )


def _plain(error: HTTPError) -> str:
    """The cause without the question, which a message need not repeat."""
    reason = getattr(error, "reason", None) or error
    return type(reason).__name__
