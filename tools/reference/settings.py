"""docs/reference/settings.md: the environment variables that settings.py reads."""

import re
from pathlib import Path

from tools.reference import markdown
from tools.reference.markdown import code

SETTINGS = Path(__file__).resolve().parents[2] / "src/tenglong/config/settings.py"
READ = re.compile(r'environ\.get\("(\w+)"(?:, "([^"]*)")?\)')

HEAD = """\
# Settings

Drawn from `src/tenglong/config/settings.py` by `make docs`; do not edit. Everything a site may change is an
environment variable. [deploy.md](../how-to/deploy.md) shows them at work.
"""
TAIL = """\
The time zone is Asia/Shanghai, the language Simplified Chinese unless the reader chooses another; neither
is a setting.
"""

MEANING = {
    "TENGLONG_DATA": (
        "Folder of everything that is kept outside PostgreSQL: the SQLite database, uploaded and "
        "returned files, evidence, the progress of running jobs, the secret key if it was made on the "
        "first start. Commands refuse to run without it, but for the demonstration of a checkout in `var`."
    ),
    "DATABASE_URL": (
        "`postgresql://user:password@host:port/name?option=value`. Empty: SQLite in `TENGLONG_DATA`."
    ),
    "TENGLONG_SECRET_KEY": (
        "Signs sessions. Empty: made on the first start and kept in `TENGLONG_DATA/secret_key`. Several "
        "servers must share one."
    ),
    "TENGLONG_HOSTS": "Host names that the site answers to, with commas between them.",
    "TENGLONG_ORIGINS": (
        "Origins that forms may come from when a proxy ends TLS, such as `https://tenglong.example`, "
        "with commas between them."
    ),
    "TENGLONG_HTTPS": (
        "`1`: a proxy ends TLS and sets `X-Forwarded-Proto`; cookies are then sent over HTTPS only."
    ),
    "TENGLONG_PROXY": (
        "With `TENGLONG_HTTPS=1`, the address of the proxy: its word on a visitor's address and on the scheme counts."
    ),
    "TENGLONG_PROBES": "Addresses that may ask `/readyz`, with commas between them; others find nothing there.",
    "TENGLONG_DEMO": (
        "`1`: the sign-in page shows the demonstration accounts. Never on a site with real data."
    ),
    "TENGLONG_DEBUG": "`1`: Django's debug pages. Never where others can reach the site.",
}


def page() -> str:
    """One line for each variable, in the order in which settings.py reads them.

    Raises:
        SystemExit: a variable has no description here, or a description has no variable.
    """
    read = dict(READ.findall(SETTINGS.read_text(encoding="utf-8")))
    if read.keys() != MEANING.keys():
        raise SystemExit(
            f"tools/reference/settings.py and settings.py differ in {sorted(read.keys() ^ MEANING.keys())}"
        )
    rows = [[code(name), MEANING[name], code(default)] for name, default in read.items()]
    return markdown.page(HEAD, markdown.table(["variable", "meaning", "default"], rows), TAIL)
