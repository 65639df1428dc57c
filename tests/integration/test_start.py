"""Commands begin quickly, because they load what they use and nothing else."""

import subprocess
import sys

import pytest

HEAVY = (
    *("polars", "pyarrow", "narwhals", "pyspark", "duckdb", "splink", "scipy", "numba", "highspy", "lark"),
    *("numpy", "pydantic"),
    *("docx", "reportlab", "xlsxwriter", "python_calamine", "lxml", "rapidfuzz", "opencc"),
    *("ninja", "gunicorn", "waitress", "tenglong.api", "tenglong.web.urls", "tenglong.demo", "tenglong.jobs"),
)
ASK = """
import contextlib, io, sys
from tenglong.cli.__main__ import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    try:
        main(sys.argv[1:])
    except SystemExit:
        pass
print(*sys.modules)
"""


def loaded(*command: str) -> set[str]:
    """The modules that a command has loaded when it ends."""
    done = subprocess.run([sys.executable, "-c", ASK, *command], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_help_loads_neither_database_nor_libraries() -> None:
    assert loaded("--help").isdisjoint({*HEAVY, "django", "cryptography"})


@pytest.mark.parametrize(
    "command",
    [
        *(["figures", "--roster", "x"], ["race", "--roster", "x"]),
        *(["ledger", "verify"], ["ledger", "refold", "--help"], ["backup", "--help"], ["restore", "--help"]),
        *(["found", "--help"], ["holidays", "list"], ["bulletin", "list", "--roster", "x"]),
        *(["roadmap", "list", "--roster", "x"], ["bulletin", "issue", "--help"], ["reproduce", "--help"]),
        *(["serve", "--help"], ["worker", "--help"], ["demo", "--help"], ["ledger", "prove", "1"]),
    ],
    ids=" ".join,
)
def test_a_command_of_the_database_loads_no_library_that_it_does_not_use(command: list[str]) -> None:
    found = loaded(*command)
    assert "tenglong.store.models" in found
    assert found.isdisjoint(HEAVY)
