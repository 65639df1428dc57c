"""Doing the waiting jobs of a lane, one after another, in a process of its own (`python -m tenglong.jobs LANE`)."""

import logging
import os
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from threading import Thread

from django.db import DatabaseError, close_old_connections, connection

from tenglong.actions.jobs import (
    Hold,
    LeaseLost,
    enqueue_due,
    fail,
    finish,
    give_back,
    release_interrupted,
    take,
)
from tenglong.domain.jobs.lanes import Lane, lanes
from tenglong.domain.kernel.errors import UserError
from tenglong.domain.kernel.machine import explained
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import Clock, china_date
from tenglong.queries.course import one_course
from tenglong.queries.jobs.alive import BEAT_SECONDS, beat_file
from tenglong.queries.jobs.overview import actor_behind

log = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0
SCHEDULE_SECONDS = 30.0
PATIENCE_SECONDS = 900
"""On SQLite a worker waits so long for the writer: accepting a large file writes for minutes."""
BROKEN = msg("程序内部出错，任务没有完成，没有改动任何数据。请联系管理员查看日志。")


def now() -> datetime:
    """The instant on this machine's clock."""
    return datetime.now(UTC)


def run_pending(*, clock: Clock = now, among: Iterable[Lane] | None = None) -> int:
    """Do every waiting job of some lanes (all, unless told), those of dead workers first put back; gives how many.

    `clock` lets a demonstration replay past days.
    """
    served = list(lanes().lanes.values()) if among is None else list(among)
    for lane in served:
        for job_id in release_interrupted(lane):
            log.warning("job %s was interrupted and is started again", job_id)
    done = 0
    while hold := next(filter(None, (take(lane, at=clock()) for lane in served)), None):
        _run(hold, clock)
        done += 1
    return done


def run_lane(lane: Lane) -> None:
    """Work in one lane, what is due there included, until stopped or until the process that started this is gone."""
    if connection.vendor == "sqlite":
        connection.settings_dict["OPTIONS"]["timeout"] = PATIENCE_SECONDS
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    Thread(target=_show_life, args=(lane,), daemon=True).start()
    parent, looked = os.getppid(), -SCHEDULE_SECONDS
    while os.getppid() == parent:
        try:
            if time.monotonic() - looked >= SCHEDULE_SECONDS:
                looked = time.monotonic()
                enqueue_due(lane, at=now())
            run_pending(among=[lane])
        except DatabaseError:
            log.exception("the database did not answer; lane %s tries again", lane.id)
        time.sleep(PAUSE_SECONDS)
        close_old_connections()


def _show_life(lane: Lane) -> None:
    """Beside whatever the worker does; a folder that cannot be written to is found out by whoever asks."""
    file = beat_file(lane.id)
    while True:
        with suppress(OSError):
            file.parent.mkdir(exist_ok=True)
            file.touch()
        time.sleep(BEAT_SECONDS)


def _run(hold: Hold, clock: Clock) -> None:
    """Do one job and say how it ended, unless it has gone to another worker meanwhile."""
    from tenglong.jobs.handlers import (
        HANDLERS,
    )  # loads solvers and engines: with the first job, not at the start

    job = hold.job
    with hold, one_course():
        try:
            actor = actor_behind(job, china_date(clock()))
            result = HANDLERS[job.kind](job.params, actor, clock, hold.say)
        except UserError as error:
            mine = fail(job, error.message, at=clock())
        except LeaseLost:
            mine = False
        except Exception as error:
            log.exception("job %s failed", job.id)
            close_old_connections()  # it may be the connection that broke
            known = explained(error)
            mine = fail(job, known.message if known else BROKEN, at=clock())
        except SystemExit:  # told to stop: another worker begins anew at once
            give_back(job)
            raise
        else:
            mine = finish(job, result, at=clock())
    if not mine:
        log.warning("job %s went to another worker meanwhile; nothing was written", job.id)
