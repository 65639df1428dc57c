"""One topic in this process, on the database that the environment names: a line of JSON for each result."""

import sys
from importlib import import_module

import django

from benchmarks.results import MARK


def main(name: str) -> None:
    """Measure a topic, or a part of it as `topic.part`, and print."""
    django.setup()
    topic, *part = name.split(".")
    for result in import_module(f"benchmarks.{topic}").measure(*part):
        print(MARK + result.to_line(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
