"""Icons of the sprite as templates draw them. A list has hundreds: a macro for each took a tenth of a page's time."""

from collections.abc import Callable
from functools import lru_cache

from flask import current_app, request
from markupsafe import Markup

SPRITE = "icons/sprite.svg"
DRAWN = Markup('<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>')


def static_url(filename: str) -> str:
    """Where a file of static/ is; a page names dozens, for which Flask's url_for is slow."""
    return f"{request.script_root}{current_app.static_url_path}/{filename}"


def icons() -> Callable[..., Markup]:
    """What draws an icon of a name, and of a class, on this page."""
    return _icons(static_url(SPRITE))


@lru_cache(8)
def _icons(sprite: str) -> Callable[..., Markup]:
    @lru_cache(500)
    def icon(name: str, class_: str = "") -> Markup:
        return DRAWN.format(class_, sprite, name)

    return icon
