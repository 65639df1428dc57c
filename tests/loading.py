"""`tenglong demo` as people give it, but that a plan that was found before (tests/solved.py) is not searched again."""

import sys

from tenglong.cli.__main__ import main
from tenglong.domain.roadmap.solvers import child
from tests.solved import remembered

if __name__ == "__main__":
    child.solve = remembered(child.solve)
    sys.exit(main(["demo"]))
