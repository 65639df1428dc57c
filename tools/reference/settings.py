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
    "TENGLONG_IDLE_MINUTES": (
        "Minutes after which somebody who does nothing is signed out, at least 2; after 12 hours everybody is."
    ),
    "TENGLONG_OIDC_ISSUER": (
        "Issuer of single sign-on by OpenID Connect, as its tokens state it (`https://…`). Empty: none. "
        "The provider is told `https://HOST/sign-in/provider/back` as the address to come back to."
    ),
    "TENGLONG_OIDC_CLIENT_ID": "What the provider calls this site.",
    "TENGLONG_OIDC_CLIENT_SECRET": "The site's secret at the provider. Empty: a public client, PKCE alone.",
    "TENGLONG_OIDC_NAME": "What the button on the sign-in page calls it, such as `浙政钉`.",
    "TENGLONG_OIDC_CLAIM": (
        "The claim by which managers bind accounts, such as `employee_code`. `email` counts only where the "
        "provider has verified it."
    ),
    "TENGLONG_OIDC_SECOND_STEP": (
        "Values of `amr` or `acr`, with commas between them, that stand for two-step sign-in: who comes with one "
        "is not asked for a code. Empty: everybody is, who has set it up."
    ),
    "TENGLONG_OIDC_ONLY": (
        "`1`: who is bound to the provider and has come in through it can no longer sign in with a password."
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
