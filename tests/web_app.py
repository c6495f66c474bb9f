"""The application with further parts of the API, for the tests of those parts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, Flask

from mapapp.factory import create_app
from mapapp.settings import Settings
from mapapp.web.site import EXTENSION


@contextmanager
def app_with(url: str, *blueprints: Blueprint, **settings: Any) -> Iterator[Flask]:
    """The application on a database; its connections are closed at the end."""
    app = create_app(Settings(environment="test", database_url=url, database_pool=4, **settings))
    for blueprint in blueprints:
        if blueprint.name not in app.blueprints:
            app.register_blueprint(blueprint)
    yield app
    app.extensions[EXTENSION].close()
