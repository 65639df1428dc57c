"""`tenglong worker`: do the waiting jobs (imports, bulletins) until stopped."""

from tenglong.jobs.worker import run_worker


def add_to(topics) -> None:
    """The command and its options."""
    parser = topics.add_parser("worker", help="处理后台任务")
    parser.add_argument("--once", action="store_true", help="处理完等待中的任务即退出")
    parser.set_defaults(run=lambda arguments: run_worker(once=arguments.once))
