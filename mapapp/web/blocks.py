"""The blocks of a list, in words: for whom, by where they live, the services in each are."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mapapp.directory.entitlement import COMES_TO_YOU, FOR_OTHERS, FOR_YOU, NOT_KNOWN
from mapapp.web.i18n import gettext as _

if TYPE_CHECKING:
    from mapapp.territory.queries import Place


@dataclass(frozen=True, slots=True)
class BlockWords:
    """A block's heading, and what to know before calling."""

    code: str
    title: str
    hint: str = ""


def block_words(entitlement: str | None, place: "Place | None") -> BlockWords | None:
    """The words of a block; None where nothing is known of the place that was asked from."""
    gmina = place.gmina_name if place is not None else ""
    if entitlement == FOR_YOU:
        here = _("For residents of the gmina %(gmina)s", gmina=gmina) if gmina else _("For residents of your gmina")
        return BlockWords(FOR_YOU, here, _("Nearest first. These services are for you, also when they are far."))
    if entitlement == NOT_KNOWN:
        return BlockWords(
            NOT_KNOWN,
            _("We do not know whom these serve"),
            _("Nobody told us for which gminas they are. Ask by phone before you go."),
        )
    if entitlement == COMES_TO_YOU:
        return BlockWords(
            COMES_TO_YOU, _("Help that comes to you or works by phone"), _("You need not go anywhere for these.")
        )
    if entitlement == FOR_OTHERS:
        return BlockWords(
            FOR_OTHERS,
            _("Near, but for people of other gminas"),
            _("These serve another area and may have to refuse you. Ask in your social assistance centre."),
        )
    return None
