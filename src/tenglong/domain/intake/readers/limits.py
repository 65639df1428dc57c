"""How much a file may ask for. The defaults let a 100,000-row, 60-column workbook pass."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Upper bounds for one file; `memory` and the two times bind the process that parses it."""

    file_bytes: int = 100 * MIB
    unzipped_bytes: int = 2048 * MIB
    zip_entries: int = 5_000
    zip_ratio: int = 200
    ratio_floor_bytes: int = 50 * MIB
    rows: int = 300_000
    columns: int = 702
    memory_bytes: int = 1536 * MIB
    cpu_seconds: int = 120
    wall_seconds: int = 180
