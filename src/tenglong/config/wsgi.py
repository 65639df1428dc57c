"""The door for WSGI servers."""

import gc
import os
import sys

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

# SQLite gives up Python's lock for every row it reads, and gets it back from a busy thread only after this many
# seconds: with the usual 0.005 a page of a hundred rows waited half a second while others were being rendered.
sys.setswitchinterval(0.0002)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenglong.config.settings")
application = get_wsgi_application()
get_resolver().check()  # reads all addresses and their views now, not while the first person waits
gc.freeze()  # what is loaded by now stays: looking through it for garbage stopped every request for 80 ms
