"""What can go wrong with roads. Each message has the value and what was expected."""


class TravelError(ValueError):
    """A file, a network or kept times that cannot be used; the message says why and what would help."""


class RoutingFailed(TravelError, ConnectionError):
    """A routing engine or a publisher's server that did not answer as it should."""
