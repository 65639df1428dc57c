"""`tenglong worker`: do the waiting jobs (imports, bulletins, evaluations, roadmaps) until stopped."""

import argparse

from tenglong.cli.keeping import keep
from tenglong.cli.serve import worker_commands


def add_to(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--once", action="store_true", help="处理完等待中的任务即退出")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Do what waits in this process, or serve every lane with processes that are kept alive."""
    from tenglong.jobs.handlers import check_handlers  # with the worker it loads nearly everything
    from tenglong.jobs.worker import run_pending
    from tenglong.queries.matters import check_processes

    check_handlers()
    check_processes()
    if arguments.once:
        run_pending()
    else:
        keep([], worker_commands())
    return 0
