"""Worker processes for tests: each does one lane of the test's database, with a handler that can wait."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

WORKER = """
import os, sys, time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
import django
django.setup()
from django.conf import settings
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
settings.FILE_STORE = Path(sys.argv[2])
from tenglong.actions.jobs import holding, taking
from tenglong.domain.jobs.lanes import lanes
from tenglong.domain.kernel.messages import msg
from tenglong.jobs import handlers, worker
from tenglong.store.models import TrailEvent
from datetime import UTC, datetime
short = replace(lanes(), lease=timedelta(seconds=2), beat=timedelta(seconds=0.5))
holding.lanes = taking.lanes = lambda: short

def write(text):
    TrailEvent.objects.create(by=text, at=datetime.now(UTC), deed="test", about=str(os.getpid()), details={})

def waits(params, actor, at, say):
    say(3, 10, msg("正在逐行核对"))
    print("working", flush=True)
    time.sleep(float(sys.argv[4]))
    write("late")
    return {"by": os.getpid()}

if float(sys.argv[4]):
    handlers.HANDLERS.update(dict.fromkeys(handlers.HANDLERS, waits))
worker.PAUSE_SECONDS = 0.05
if sys.argv[5] == "once":
    print("done", worker.run_pending(among=[lanes().lanes[sys.argv[3]]]), flush=True)
else:
    worker.run_lane(lanes().lanes[sys.argv[3]])
"""


@contextmanager
def worker(lane: str, *, seconds: float = 0.0, once: bool = False) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of a lane; each of its jobs says how far it is, waits for `seconds`, then writes into the trail.

    A lease lasts two seconds. Without `seconds` the real handlers do the work.
    """
    name, store = str(connection.settings_dict["NAME"]), str(settings.FILE_STORE)
    how = [name, store, lane, str(seconds), "once" if once else "on"]
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, *how], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout and process.stderr
    try:
        yield process
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        process.stderr.close()


def wait_for(process: subprocess.Popen[bytes], word: bytes = b"working\n") -> None:
    """Return once the worker said `word`."""
    assert process.stdout and process.stderr
    said = process.stdout.readline()
    assert said == word, said + process.stderr.read()
