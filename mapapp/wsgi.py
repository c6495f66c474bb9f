"""The application as a WSGI server wants it: ``gunicorn mapapp.wsgi:app``."""

from mapapp.factory import create_app
from mapapp.settings import current_settings

app = create_app(current_settings())
