"""``/api/feed/changes.atom`` and ``.rss``: what was added to the directory, changed, and withdrawn from it."""

from datetime import UTC, datetime
from typing import Any, Final

from feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from flask import Blueprint, Response, request, url_for
from markupsafe import escape

from mapapp.directory.change_feed import Change, PublishedListing, newest_changes
from mapapp.web.addresses import absolute
from mapapp.web.asking import ask
from mapapp.web.i18n import current_language, label
from mapapp.web.i18n import gettext as _
from mapapp.web.parameters import Box, arguments_of, parse, parse_error
from mapapp.web.questions import SearchQuestion
from mapapp.web.search_page import place_url
from mapapp.web.session import current_session
from mapapp.web.site import current_site

feed = Blueprint("feed", __name__, url_prefix="/api/feed")

MOST_ENTRIES: Final = 100
BEFORE_ANYTHING: Final = datetime(1970, 1, 1, tzinfo=UTC)
TOMBSTONES: Final = "http://purl.org/atompub/tombstones/1.0"
# what XML 1.0 cannot hold, not even escaped
NOT_IN_XML: Final = dict.fromkeys((*(code for code in range(0x20) if chr(code) not in "\t\n\r"), 0xFFFE, 0xFFFF), " ")


class FeedQuestion(SearchQuestion):
    """What to follow."""

    bbox: Box | None = None


class AtomWithTombstones(Atom1Feed):  # type: ignore[misc] # the library has no types
    """Atom that tells by RFC 6721 which entries are no more."""

    def root_attributes(self) -> dict[str, str]:
        """The namespaces."""
        return {**super().root_attributes(), "xmlns:at": TOMBSTONES}

    def add_root_elements(self, handler: Any) -> None:
        """What stands before the entries."""
        super().add_root_elements(handler)
        for ref, when in self.feed["withdrawn"]:
            handler.addQuickElement("at:deleted-entry", None, {"ref": ref, "when": when})


@feed.get("/changes.<any(atom, rss):form>")
def changes(form: str) -> Response:
    """The newest changes of what the question finds. A narrower question's RSS leaves out what was withdrawn."""
    question = parse(FeedQuestion, request.args)
    asked = ask(current_session(), question, MOST_ENTRIES, 0, question.bbox)
    if asked.where.unknown:
        raise parse_error("place", "place", value=asked.where.unknown)
    narrowed = {name: value for name, value in arguments_of(question).items() if name != "lang"}
    found = newest_changes(current_session(), asked.search, with_withdrawn=form == "atom" or not narrowed)
    made = _feed(form, found, narrowed)
    response = Response(made.writeString("utf-8"), content_type=made.content_type)
    response.headers["Cache-Control"] = "public, max-age=300"
    response.add_etag()
    response.make_conditional(request)
    return response


def _feed(form: str, found: tuple[Change, ...], narrowed: dict[str, Any]) -> SyndicationFeed:
    withdrawn = [each for each in found if each.listing is None]
    arguments = {**narrowed, "lang": current_language()}
    home = absolute(url_for("resident.search", **{key: value for key, value in arguments.items() if key != "bbox"}))
    name = current_site().names[current_language()]
    made = (AtomWithTombstones if form == "atom" else Rss201rev2Feed)(
        title=_("%(site)s: changes", site=name),
        link=home,
        description=_("What was added to the directory, changed, or withdrawn from it."),
        language=current_language(),
        author_name=name,
        feed_url=absolute(url_for("feed.changes", form=form, **arguments)),
        withdrawn=[(each.id.urn, each.changed_at.astimezone(UTC).isoformat()) for each in withdrawn],
    )
    made.latest_post_date = lambda: max((each.changed_at for each in found), default=BEFORE_ANYTHING)
    for each in found:
        if each.listing is not None:
            _add(made, each, each.listing, is_rss=form == "rss")
        elif form == "rss":
            _add_withdrawn(made, each, home)
    return made


def _add(made: SyndicationFeed, change: Change, listing: PublishedListing, *, is_rss: bool) -> None:
    kind = current_site().vocabularies.types.get(listing.facility_type)
    facts = [label(kind) if kind else listing.facility_type, listing.city or listing.gmina_name]
    if listing.is_sample:
        facts.append(_("sample data"))
    words = _("New: %(name)s") if change.kind == "added" else _("Changed: %(name)s")
    title = words % {"name": listing.name}
    made.add_item(
        # readers take titles of RSS for HTML, and summaries of both
        title=_clean(escape(title) if is_rss else title),
        link=absolute(place_url(listing.location_id, listing.service_id)),
        description=_clean(escape(" · ".join(fact for fact in facts if fact))),
        unique_id=change.id.urn,
        unique_id_is_permalink=False,
        pubdate=change.changed_at.astimezone(UTC),
        updateddate=change.changed_at.astimezone(UTC),
        categories=(change.kind, listing.facility_type),
    )


def _add_withdrawn(made: SyndicationFeed, change: Change, home: str) -> None:
    made.add_item(
        title=_("Withdrawn from the directory"),
        link=home,
        description=change.id.urn,
        unique_id=change.id.urn,
        unique_id_is_permalink=False,
        pubdate=change.changed_at.astimezone(UTC),
        categories=(change.kind,),
    )


def _clean(text: str) -> str:
    return str(text).translate(NOT_IN_XML)
