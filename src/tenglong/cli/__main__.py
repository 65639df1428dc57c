"""The `tenglong` command: `tenglong TOPIC …`; each topic is a module of this package.

Exit codes: 0 done; 2–9 a user error (kernel.errors gives each its own); 1 something is broken or does not hold.
"""

import gc
import os
import sys
from collections.abc import Sequence

from tenglong.cli.topics import TOPICS, Needs, parser_of
from tenglong.domain.kernel.errors import UserError
from tenglong.domain.kernel.machine import explained
from tenglong.queries.course import one_course

HELP = {"-h", "--help"}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; a user error is a sentence on standard error, without a traceback."""
    said = sys.argv[1:] if argv is None else list(argv)
    asked = [name for name in said[:1] if name in TOPICS]
    needs = {TOPICS[name].needs_for(said[1:]) for name in asked}
    gc.disable()  # what is being loaded stays: looking through it for garbage took a sixth of the start
    try:
        if needs - {Needs.FILES}:
            from tenglong.cli.database import check_told, set_up

            if HELP.isdisjoint(said):
                check_told()
            set_up()
        arguments = parser_of(asked).parse_args(said)
        gc.enable()
        if needs - {Needs.FILES}:
            from tenglong.queries.kernel.database import check_current, check_not_later

            (check_current if Needs.DATABASE in needs else check_not_later)()
        with one_course():
            return int(arguments.run(arguments) or 0)
    except UserError as error:
        sys.stderr.write(f"tenglong: {error}\n")
        return error.exit_code
    except BrokenPipeError:  # the reader of our output (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if (known := explained(error)) is None:
            raise
        sys.stderr.write(f"tenglong: {known}\n")
        return known.exit_code


if __name__ == "__main__":
    sys.exit(main())
