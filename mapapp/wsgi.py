"""The application as a WSGI server wants it: ``granian --interface wsgi mapapp.wsgi:app``."""

import gc

from mapapp.factory import create_app
from mapapp.settings import current_settings

app = create_app(current_settings())
# What is loaded by now stays for good: looking through it for garbage again and again took an eighth of a page's time.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
