"""`python -m benchmarks [topic …]`: measure, print one table; a run of all topics rewrites docs/benchmarks.md.

Each topic runs in a process of its own on an empty database of its own, and removes both. Nothing leaves this
machine: the servers listen on loopback.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from benchmarks.databases import POSTGRESQL, SQLITE, surroundings
from benchmarks.document import document, machine
from benchmarks.results import HEAD, MARK, Result, from_line, row
from tenglong.domain.kernel.periods import china_date
from tests.postgresql import server_binaries

TOPICS = {
    "figures": (SQLITE, POSTGRESQL),
    "pages": (SQLITE, POSTGRESQL),
    "imports": (SQLITE, POSTGRESQL),
    "reconciliation": (SQLITE,),
    "evaluation": (SQLITE,),
}
PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def main() -> int:
    """Print every line as soon as it is measured; 1 when a goal was missed."""
    today = china_date(datetime.now(UTC))
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("topics", nargs="*", metavar="topic", help=", ".join(TOPICS))
    parser.add_argument("--date", type=date.fromisoformat, default=today, help="the day to write down")
    arguments = parser.parse_args()
    if unknown := set(arguments.topics) - TOPICS.keys():
        parser.error(f"no such topic: {', '.join(sorted(unknown))}; there are {', '.join(TOPICS)}")
    facts = machine(arguments.date)
    results = []
    print("\n".join(HEAD), flush=True)
    for topic in arguments.topics or TOPICS:
        for result in _measured(topic):
            results.append(result)
            print(row(result), flush=True)
    if not arguments.topics:
        PAGE.write_text(document(results, facts), encoding="utf-8")
    return int(not all(result.met for result in results))


def _measured(topic: str) -> Iterator[Result]:
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
