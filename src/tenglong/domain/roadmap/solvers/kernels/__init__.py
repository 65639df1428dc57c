"""Loops over firms, measures and starts, compiled by numba; the only package that knows it.

What is compiled is kept for the next run: in the site's folder where there is one, else where numba keeps it (beside
the program or in the home), else, when neither can be written to, for this run only.
"""

import os
import tempfile
from pathlib import Path

if "NUMBA_CACHE_DIR" not in os.environ:  # read by numba once, when it is first imported
    if site := os.environ.get("TENGLONG_DATA"):
        os.environ["NUMBA_CACHE_DIR"] = str(Path(site).absolute() / "compiled")
    elif not any(os.access(folder, os.W_OK) for folder in (Path(__file__).parent, os.path.expanduser("~"))):
        os.environ["NUMBA_CACHE_DIR"] = tempfile.mkdtemp(prefix="tenglong-compiled-")
