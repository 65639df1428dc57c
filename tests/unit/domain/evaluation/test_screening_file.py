"""The file of screening is named without loading what reads it."""

import subprocess
import sys

from tenglong.domain.evaluation.screening.rules import parse_own_screening
from tenglong.domain.evaluation.screening_file import SCREENING
from tenglong.domain.kernel.rulebook import shipped


def test_it_is_the_file_that_the_reader_reads() -> None:
    assert parse_own_screening(shipped(SCREENING)).rules


def test_to_name_it_loads_no_library() -> None:
    asked = "import sys, tenglong.domain.rules.owned; print('pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
