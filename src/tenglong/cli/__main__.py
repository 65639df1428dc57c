"""The `tenglong` command: `tenglong TOPIC …`; each topic is a module of this package.

Exit codes: 0 done; 2–7 a user error (kernel.errors gives each its own); 1 something is broken or does not hold.
"""

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from tenglong.cli.evaluation import evaluate, explain, scheme, screen
from tenglong.cli.kernel import energy
from tenglong.cli.roadmap import plan
from tenglong.domain.kernel.errors import UserError

FILE_TOPICS: dict[str, Any] = {
    "evaluate": evaluate,
    "scheme": scheme,
    "explain": explain,
    "screen": screen,
    "convert-energy": energy,
    "plan": plan,
}
"""Topics that read and write files: they need no database, nor the settings of one."""

MAKING = ("found", "serve", "demo", "restore")
"""Topics that make the database, or bring it up to date, before they use it."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; a user error is a sentence on standard error, without a traceback."""
    said = sys.argv[1:] if argv is None else list(argv)
    needs_none = bool(said) and said[0] in FILE_TOPICS
    parser = _topics(FILE_TOPICS.values()) if needs_none else _parser()
    arguments = parser.parse_args(said)
    try:
        if not needs_none and said[0] not in MAKING:
            from tenglong.queries.kernel.database import check_current

            check_current()
        return int(arguments.run(arguments) or 0)
    except UserError as error:
        sys.stderr.write(f"tenglong: {error}\n")
        return error.exit_code
    except BrokenPipeError:  # the reader of our output (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    """The parser of every topic; Django's apps are loaded, because the others import queries and actions."""
    from tenglong.cli.database import set_up

    set_up()
    from tenglong.cli import backup, demo, serve
    from tenglong.cli.campaign import figures, found
    from tenglong.cli.evaluation import reproduce
    from tenglong.cli.jobs import worker
    from tenglong.cli.kernel import calendar
    from tenglong.cli.ledger import verification
    from tenglong.cli.race import board
    from tenglong.cli.reporting import bulletins
    from tenglong.cli.roadmap import overview  # fmt: skip

    return _topics(
        [
            *(found, figures, board, bulletins, reproduce, overview, verification, calendar),
            *(*FILE_TOPICS.values(), serve, worker, backup, demo),
        ]
    )


def _topics(topics: Iterable[Any]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tenglong", description="腾笼：从疑似名单到销号，每个数字都有出处。"
    )
    commands = parser.add_subparsers(required=True, metavar="命令")
    for topic in topics:
        topic.add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
