"""`python -m benchmarks [topic …]`: measure, print one table, and rewrite docs/benchmarks.md.

A topic with parts is named whole (`roadmap`) or by part (`roadmap.1000`).

The last results of each topic are kept under var/benchmarks; the page is made of them, and names what has none.

Each topic runs in a process of its own on an empty database of its own, and removes both. Nothing leaves this
machine: the servers listen on loopback.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path

from benchmarks.databases import POSTGRESQL, SQLITE, surroundings
from benchmarks.document import document, machine
from benchmarks.results import HEAD, MARK, Result, Row, from_line, row
from tenglong.domain.kernel.periods import china_date
from tests.postgresql import server_binaries

TOPICS = {
    "figures": (SQLITE, POSTGRESQL),
    "pages": (SQLITE, POSTGRESQL),
    "imports": (SQLITE, POSTGRESQL),
    "register_upload": (SQLITE,),
    "recording": (SQLITE, POSTGRESQL),
    "reconciliation": (SQLITE,),
    "register_classes": (SQLITE,),
    "evaluation": (SQLITE,),
    **{
        f"roadmap.{part}": (SQLITE,)
        for part in (1000, 10_000, 100_000, 1_000_000, "public", "long", "anytime")
    },
}
PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
KEPT = Path(__file__).parents[1] / "var" / "benchmarks"


def main() -> int:
    """Print every line as soon as it is measured; 1 when a goal was missed."""
    today = china_date(datetime.now(UTC))
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("topics", nargs="*", metavar="topic", help=", ".join(TOPICS))
    parser.add_argument("--date", type=date.fromisoformat, default=today, help="the day to write down")
    arguments = parser.parse_args()
    asked = {name: _topics(name) for name in arguments.topics}
    if unknown := [name for name, topics in asked.items() if not topics]:
        parser.error(f"no such topic: {', '.join(unknown)}; there are {', '.join(TOPICS)}")
    print("\n".join(HEAD), flush=True)
    met = True
    for topic in chain(*asked.values()) if asked else TOPICS:
        load, results = os.getloadavg()[0], []
        for result in _measured(topic):
            results.append(result)
            print(row(result), flush=True)
        met = met and all(result.met for result in results)
        _keep(topic, load, results)
    PAGE.write_text(_page(arguments.date), encoding="utf-8")
    return int(not met)


def _topics(name: str) -> list[str]:
    """The topic of this name, or all its parts."""
    return [topic for topic in TOPICS if topic == name or topic.startswith(f"{name}.")]


def _keep(topic: str, load: float, results: Iterable[Result | Row]) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    lines = [f"{load:.1f}", *(result.to_line() for result in results)]
    (KEPT / topic).write_text("\n".join(lines), encoding="utf-8")


def _page(day: date) -> str:
    """The page from what is kept of the topics; those without results are named at its end."""
    there = {topic: KEPT / topic for topic in TOPICS if (KEPT / topic).exists()}
    kept = {topic: path.read_text(encoding="utf-8").splitlines() for topic, path in there.items()}
    loads = {topic: lines[0] for topic, lines in kept.items()}
    page = document([from_line(line) for lines in kept.values() for line in lines[1:]], machine(day, loads))
    missing = ", ".join(f"`{topic}`" for topic in TOPICS if topic not in kept)
    return f"{page}\nNot measured here: {missing}.\n" if missing else page


def _measured(topic: str) -> Iterator[Result | Row]:
    """The results of a topic on each of its databases."""
    for database in TOPICS[topic]:
        if database == POSTGRESQL and server_binaries() is None:
            print("no PostgreSQL server is installed: apt-get install postgresql", file=sys.stderr)
            continue
        with surroundings(database) as environment:
            command = [sys.executable, "-m", "benchmarks.one", topic]
            with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
                for line in process.stdout or ():
                    if line.startswith(MARK):
                        yield from_line(line.removeprefix(MARK))
            if process.returncode:
                raise SystemExit(f"{topic} on {database} failed")


if __name__ == "__main__":
    sys.exit(main())
