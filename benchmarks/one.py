"""One topic in this process, on the database that the environment names: a line of JSON for each result."""

import sys
from importlib import import_module

import django

from benchmarks.results import MARK


def main(topic: str) -> None:
    """Measure and print."""
    django.setup()
    for result in import_module(f"benchmarks.{topic}").measure():
        print(MARK + result.to_line(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
