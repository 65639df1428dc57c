"""The `tenglong` command: `tenglong TOPIC …`; each topic is a module of this package.

Exit codes: 0 done; 2–7 a user error (kernel.errors gives each its own); 1 something is broken or does not hold.
"""

import argparse
import os
import sys
from collections.abc import Sequence

import django

from tenglong.domain.kernel.errors import UserError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; a user error is a sentence on standard error, without a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenglong.config.settings")
    django.setup()
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments) or 0)
    except UserError as error:
        sys.stderr.write(f"tenglong: {error}\n")
        return error.exit_code
    except BrokenPipeError:  # the reader of our output (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    # The topics import queries and actions, which need Django's apps to be loaded: hence inside.
    from tenglong.cli import bulletins, demo, figures, found, ledger, race, serve, worker

    parser = argparse.ArgumentParser(
        prog="tenglong", description="腾笼：从疑似名单到销号，每个数字都有出处。"
    )
    topics = parser.add_subparsers(required=True, metavar="命令")
    for topic in (found, figures, race, bulletins, ledger, serve, worker, demo):
        topic.add_to(topics)
    return parser


if __name__ == "__main__":
    sys.exit(main())
