"""One process engine: states, steps and who may take them, as rule files state them (docs/how-to/add-process.md)."""

from tenglong.domain.kernel.process.model import (
    Event,
    Part,
    Person,
    Process,
    State,
    Step,
    check_files,
    check_other,
    given_reason,
    played,
)
from tenglong.domain.kernel.process.reading import check_rows, read_process, unreachable

__all__ = [
    "Event",
    "Part",
    "Person",
    "Process",
    "State",
    "Step",
    "check_files",
    "check_other",
    "check_rows",
    "given_reason",
    "played",
    "read_process",
    "unreachable",
]
