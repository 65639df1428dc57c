"""Doing the waiting jobs, one after another, in a process of its own (`tenglong worker`)."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

from django.db import close_old_connections

from tenglong.actions.jobs import claim, fail, finish, release
from tenglong.domain.kernel.errors import UserError
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date
from tenglong.jobs.handlers import HANDLERS
from tenglong.queries.jobs import actor_behind, interrupted_jobs, waiting_jobs
from tenglong.queries.progress import Running

log = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0

Clock = Callable[[], datetime]


def now() -> datetime:
    """The instant on this machine's clock."""
    return datetime.now(UTC)


def run_pending(*, clock: Clock = now) -> int:
    """Do every waiting job, those left behind by a dead worker first put back; gives how many were done.

    `clock` lets a demonstration replay past days.
    """
    for job_id in interrupted_jobs():
        if release(job_id):
            log.warning("job %s was interrupted and is started again", job_id)
    done = 0
    while waiting := waiting_jobs():
        done += sum(_run(job_id, clock) for job_id in waiting)
    return done


def run_worker(once: bool = False) -> None:
    """Work until stopped; with `once` until nothing is waiting."""
    run_pending()
    while not once:
        time.sleep(PAUSE_SECONDS)
        close_old_connections()
        run_pending()


def _run(job_id: int, clock: Clock) -> bool:
    """Do one job under its lock; False when another worker was faster."""
    try:
        with Running(job_id) as running:
            job = claim(job_id, at=clock())
            if job is None:
                return False
            try:
                actor = actor_behind(job, china_date(clock()))
                result = HANDLERS[job.kind](job.params, actor, clock(), running.say)
            except UserError as error:
                fail(job, error.message, at=clock())
            except Exception:
                log.exception("job %s failed", job_id)
                fail(
                    job,
                    msg("程序内部出错，任务没有完成，没有改动任何数据。请联系管理员查看日志。"),
                    at=clock(),
                )
            else:
                finish(job, result, at=clock())
            return True
    except BlockingIOError:
        return False
