"""What an officer does, for locust; `benchmarks.officers` starts it with their sessions in the folder OFFICERS."""

import itertools
import json
import os
import random
import uuid
from pathlib import Path

from locust import FastHttpUser, between, task

FOLDER = Path(os.environ["OFFICERS"])
PEOPLE = itertools.cycle(json.loads((FOLDER / "people.json").read_text(encoding="utf-8")))
ANSWERED = (FOLDER / f"answered-{os.getpid()}").open("w", encoding="ascii", buffering=1)
PHOTO_BYTES = 2 * 1024 * 1024
DAY = "2021-11-01"
LISTS = ("/cases?page={page}", "/cases?state=signed&page={page}", "/cases?overdue=on", "/cases?text=00{page}")


class Officer(FastHttpUser):
    """One officer at a desk."""

    wait_time = between(1, 5)

    def on_start(self) -> None:
        """Take a seat."""
        self.me = next(PEOPLE)
        self.cookies = {"Cookie": f"sessionid={self.me['session']}"}

    @task(8)
    def home(self) -> None:
        """The page after signing in."""
        self._page("/", "home")

    @task(12)
    def cases(self) -> None:
        """The list, narrowed in several ways."""
        self._page(random.choice(LISTS).format(page=random.randint(1, 3)), "case list")

    @task(6)
    def case(self) -> None:
        """One case with its history."""
        self._page(f"/cases/{random.choice(self.me['cases'])}", "case")

    @task(3)
    def record(self) -> None:
        """A note without a file."""
        self._record("record", None)

    @task(1)
    def photo(self) -> None:
        """A note with a photograph that nobody handed in before."""
        picture = b"\xff\xd8\xff\xe0" + random.randbytes(PHOTO_BYTES - 6) + b"\xff\xd9"
        self._record("photograph of 2 MB", {"files": ("现场.jpg", picture, "image/jpeg")})

    def _page(self, path: str, name: str) -> None:
        with self.client.get(path, headers=self.cookies, name=name, catch_response=True) as answer:
            if answer.status_code != 200 or b"</html>" not in (answer.content or b""):
                answer.failure(f"answered {answer.status_code}")

    def _record(self, name: str, files: dict[str, tuple[str, bytes, str]] | None) -> None:
        key = uuid.uuid4().hex
        headers = {"Authorization": f"Bearer {self.me['token']}", "Idempotency-Key": key}
        told = {"kind": "note", "effective_on": DAY, "reason": key}
        path = f"/api/v1/cases/{random.choice(self.me['cases'])}/entries"
        answer = self.client.post(
            path, data=told, headers=headers, name=name, **({"files": files} if files else {})
        )
        if answer.status_code == 201:
            ANSWERED.write(f"{key}\n")
