"""docs/how-to/deploy.md, done: its files and commands as they stand there, in a folder instead of on the machine.

The program may only be read, the user of the service has no home, and the proxy's headers are those of its block.
"""

import getpass
import gzip
import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.conf import settings

from tenglong.config.front import FORM_AROUND_A_FILE
from tests.demonstration import Demonstration
from tests.postgresql import Server, server_binaries
from tests.unit.domain.roadmap import small

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("deploy")]

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/how-to/deploy.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
NOBODY = 65534
ROSTER, AS_OF, PATIENCE = "xitang-buttons-2021", "2021-11-09", 240


def block(language: str, containing: str) -> str:
    """The one block of the page that has these words."""
    (found,) = [text for kind, text in BLOCKS if kind == language and containing in text]
    return found


def port() -> int:
    """One that is free."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        number: int = listener.getsockname()[1]
        return number


@dataclass
class Machine:
    """What the page is done to: `folder` instead of /srv/tenglong, /etc and /usr/local/bin."""

    folder: Path
    port: int = field(default_factory=port)

    @property
    def as_service(self) -> list[str]:
        """How a command is run as the service's user."""
        if os.geteuid() != 0 or not shutil.which("setpriv"):
            return ["env"]
        return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]

    @property
    def outside(self) -> dict[str, str]:
        """The environment of a shell on the machine; this checkout stands in for the installed program."""
        told = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT / "src")}
        return {**told, "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1"}

    def here(self, text: str) -> str:
        """Words of the page with the places of this machine."""
        text = text.replace("/srv/tenglong/program/.venv/bin/tenglong", f"{sys.executable} -m tenglong.cli")
        text = text.replace(".venv/bin/tenglong", f"{sys.executable} -m tenglong.cli")
        text = text.replace("/srv/tenglong/program", str(ROOT)).replace("/srv/tenglong", str(self.folder))
        text = text.replace("/etc/tenglong.env", str(self.folder / "tenglong.env"))
        text = text.replace("runuser -u tenglong --", " ".join(self.as_service))
        return text.replace("--port 8000", f"--port {self.port}")

    def write(self) -> None:
        """The files of the page: environment and command."""
        env = self.here(block("sh", "TENGLONG_SECRET_KEY=")).replace("64_RANDOM_CHARACTERS", "x" * 64)
        kept = [line for line in env.splitlines() if not line.startswith("DATABASE_URL=")]  # a county's site
        (self.folder / "tenglong.env").write_text("\n".join([*kept, "TENGLONG_HTTPS=1", ""]))
        (self.folder / "tenglong").write_text(self.here(block("sh", "#!/bin/sh")))
        (self.folder / "tenglong").chmod(0o755)

    def tenglong(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """The site's command, as root runs it."""
        return subprocess.run(
            [str(self.folder / "tenglong"), *command],
            env=self.outside, cwd="/", capture_output=True, text=True, check=False, timeout=PATIENCE,
        )  # fmt: skip

    def give(self, *folders: str) -> None:
        """Folders that the service may write to."""
        for name in folders:
            (self.folder / name).mkdir(exist_ok=True)
            if self.as_service != ["env"]:
                for path in [self.folder / name, *(self.folder / name).rglob("*")]:
                    os.chown(path, NOBODY, NOBODY)

    def service(self) -> "subprocess.Popen[bytes]":
        """What systemd starts: the unit's command with the environment file."""
        unit = self.here(block("ini", "ExecStart="))
        (command,) = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
        env = dict(line.split("=", 1) for line in (self.folder / "tenglong.env").read_text().split())
        with (self.folder / "log").open("wb") as log:
            return subprocess.Popen(
                [*self.as_service, *command.split()],
                env={**self.outside, **env}, cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def log(self) -> str:
        """What the service has said."""
        return (self.folder / "log").read_text(encoding="utf-8")


@dataclass
class Visitor:
    """Somebody before the proxy, whose headers are those of the page; behind it where it is there (`trusts`)."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    trusts: ssl.SSLContext | None = None
    heard: Message = field(default_factory=Message)

    def ask(
        self, method: str, path: str, body: bytes = b"", kind: str = "application/x-www-form-urlencoded"
    ) -> tuple[int, str]:
        """Status and text of an answer."""
        headers = {
            "Host": "tenglong.example", "X-Forwarded-For": "203.0.113.9",
            "X-Forwarded-Proto": "http" if self.trusts else "https", "Accept-Encoding": "gzip",
            "Referer": "https://tenglong.example/", "Content-Type": kind,
            "X-CSRFToken": self.cookies.get("csrftoken", ""),
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }  # fmt: skip
        with closing(self._line()) as line:
            line.request(method, path, body or None, headers)
            answer = line.getresponse()
            self.heard = answer.headers
            for said in answer.headers.get_all("Set-Cookie") or []:
                assert "Secure" in said
                self.cookies |= {name: one.value for name, one in SimpleCookie(said).items()}
            content = answer.read()
            packed = answer.headers.get("Content-Encoding") == "gzip"
            return answer.status, (gzip.decompress(content) if packed else content).decode(errors="replace")

    def _line(self) -> http.client.HTTPConnection:
        if self.trusts:
            return http.client.HTTPSConnection("localhost", self.port, timeout=PATIENCE, context=self.trusts)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def sign_in(self, name: str, password: str) -> int:
        """The door; gives the status of its answer."""
        self.ask("GET", "/sign-in")
        form = {"username": name, "password": password, "csrfmiddlewaretoken": self.cookies["csrftoken"]}
        return self.ask("POST", "/sign-in", urlencode(form).encode())[0]

    def send(self, path: str, **about: Any) -> dict[str, Any]:
        """A write by the API."""
        status, text = self.ask("POST", f"/api/v1{path}", json.dumps(about).encode(), "application/json")
        assert status < 300, text
        return dict(json.loads(text))

    def until(self, path: str, *states: str) -> dict[str, Any]:
        """What the API says of something once it has come to one of some states."""
        end = time.monotonic() + PATIENCE
        while True:
            status, text = self.ask("GET", f"/api/v1{path}")
            assert status == 200, text
            if (found := json.loads(text))["state"] in states:
                return dict(found)
            assert time.monotonic() < end and found["state"] != "failed", text
            time.sleep(0.3)


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    """A machine with the page's files; others may enter its folder, as they may /srv."""
    folder = Path(tempfile.mkdtemp(prefix="tenglong-deploy-"))
    folder.chmod(0o755)
    machine = Machine(folder)
    machine.write()
    yield machine
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def site(machine: Machine) -> Iterator[Visitor]:
    """The service on the demonstration's data; a visitor."""
    shutil.copytree(Demonstration.of_this_run().folder, machine.folder / "data", dirs_exist_ok=True)
    machine.give("data", "backup")
    process = machine.service()
    visitor = Visitor(machine.port)
    try:
        end = time.monotonic() + PATIENCE
        while True:
            with suppress(OSError):
                if visitor.ask("GET", "/sign-in")[0] == 200:
                    break
            assert process.poll() is None and time.monotonic() < end, machine.log()
            time.sleep(0.3)
        yield visitor
    finally:
        process.terminate()
        process.wait(60)


def test_a_command_without_the_environment_begins_no_second_site(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src")}
    command = [
        sys.executable,
        "-m",
        "tenglong.cli",
        "found",
        "--user",
        "a",
        "--name",
        "b",
        "--territory",
        "330400",
    ]
    done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 6 and "TENGLONG_DATA" in done.stderr and "密码" not in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_an_empty_database_says_so_and_is_founded_once(machine: Machine) -> None:
    machine.give("data")
    empty = machine.tenglong("figures", "--roster", ROSTER)
    assert empty.returncode == 7 and "数据库还是空的" in empty.stderr
    words = block("sh", "tenglong found").split()
    first = machine.tenglong(*words[1:])
    assert first.returncode == 0 and "初始密码" in first.stdout, first.stderr
    again = machine.tenglong(*words[1:])
    assert again.returncode != 0 and "初始密码" not in again.stdout
    assert (machine.folder / "data/tenglong.sqlite3").exists()
    shutil.rmtree(machine.folder / "data")


def test_people_sign_in_import_plan_print_back_up_and_restore(machine: Machine, site: Visitor) -> None:
    assert site.sign_in("demo-city", "wrong") != 302
    assert site.sign_in("demo-city", settings.DEMO_PASSWORD) == 302
    assert site.ask("GET", "/")[0] == 200
    batch = handed_in(site)
    assert site.until(f"/imports/{batch}", "staged")["read"] == 1
    asked = site.send("/roadmaps", roster=ROSTER, facts_on=AS_OF)
    planned = site.until(f"/roadmaps/{asked['id']}", "planned", "infeasible")
    assert planned["state"] == "planned", planned
    issued = machine.tenglong("bulletin", "issue", "--roster", ROSTER, "--as-of", "2021-11-08")
    assert issued.returncode == 0, issued.stderr
    kept = machine.tenglong(*block("sh", "tenglong backup").split()[1:2], str(machine.folder / "backup/one"))
    assert kept.returncode == 0 and "校验点" in kept.stdout, kept.stderr
    assert " demo-city 203.0.113.9 GET / 200 " in machine.log()
    restored(machine, "")
    if server_binaries():
        server = Server.start()
        try:
            restored(machine, server.url)
        finally:
            server.stop()


def test_what_is_compiled_is_kept_with_the_site(machine: Machine, site: Visitor) -> None:
    problem, plan = machine.folder / "data/problem.json", machine.folder / "data/plan.json"
    problem.write_text(json.dumps(small.content()), encoding="utf-8")
    machine.give("data")
    shutil.rmtree(machine.folder / "data/compiled", ignore_errors=True)
    done = machine.tenglong("plan", str(problem), str(plan), "--method", "prices", "--seconds", "60")
    assert done.returncode == 0, done.stderr
    assert list((machine.folder / "data/compiled").rglob("*.nbi"))


def test_a_plan_without_a_site_a_home_or_a_program_to_write_to(machine: Machine) -> None:
    folder = machine.folder / "elsewhere"
    machine.give("elsewhere")
    (folder / "problem.json").write_text(json.dumps(small.content()), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "tenglong.cli",
        "plan",
        "problem.json",
        "plan.json",
        "--method",
        "prices",
    ]
    env = {**machine.outside, "TMPDIR": str(folder)}
    done = subprocess.run(
        [*machine.as_service, *command],
        env=env,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0 and (folder / "plan.json").exists(), done.stderr


def handed_in(site: Visitor) -> int:
    """The number of an import of one firm."""
    boundary = "xxxx"
    fields = {"kind": "firms", "territory": "330400", "business_day": AS_OF}
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    file = (
        'Content-Disposition: form-data; name="file"; filename="企业.csv"\r\nContent-Type: text/csv\r\n\r\n'
    )
    parts.append(f"--{boundary}\r\n{file}企业名称,统一社会信用代码\n部署演示厂,\n\r\n--{boundary}--\r\n")
    kind = f"multipart/form-data; boundary={boundary}"
    status, text = site.ask("POST", "/api/v1/imports", "".join(parts).encode(), kind)
    assert status < 300, text
    return int(json.loads(text)["id"])


def restored(machine: Machine, url: str) -> None:
    """The backup comes back beside the site, with its proof."""
    folder = machine.folder / f"restored{'-pg' if url else ''}"
    env = {**machine.outside, "TENGLONG_DATA": str(folder), **({"DATABASE_URL": url} if url else {})}
    command = [sys.executable, "-m", "tenglong.cli", "restore", str(machine.folder / "backup/one")]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "已从" in done.stdout, done.stdout + done.stderr


def test_the_program_was_not_written_to(machine: Machine, site: Visitor) -> None:
    unit = block("ini", "ExecStart=")
    assert "ProtectSystem=strict" in unit
    assert re.findall(r"^ReadWritePaths=(.*)$", unit, re.MULTILINE) == ["/srv/tenglong/data"]
    if machine.as_service != ["env"]:
        assert not [path for path in (ROOT / "src").rglob("*") if path.stat().st_uid == NOBODY]


def test_the_block_of_the_proxy_fits_the_settings(tmp_path: Path) -> None:
    nginx = block("nginx", "proxy_pass")
    unit = block("ini", "ExecStart=")
    assert f"client_max_body_size {(settings.UPLOAD_LIMIT_BYTES + FORM_AROUND_A_FILE) // 1024**2}m;" in nginx
    assert re.findall(r"127\.0\.0\.1:(\d+)", nginx) == re.findall(r"--port (\d+)", unit)
    assert {"Host $host", "X-Forwarded-For $remote_addr", "X-Forwarded-Proto $scheme"} <= set(
        re.findall(r"proxy_set_header (.*);", nginx)
    )


def certificate(folder: Path) -> Path:
    """A certificate for this machine with its key, good for a day, in one file."""
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, None)
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "site.pem").write_bytes(made.public_bytes(Encoding.PEM) + secret)
    return folder / "site.pem"


@pytest.fixture
def before(machine: Machine, site: Visitor, program: Any) -> Iterator[Visitor]:
    """A visitor who comes through nginx with the block of the page, inside a `server` that has the certificate."""
    nginx, folder, own = program("nginx", "nginx-light"), machine.folder / "nginx", port()
    folder.mkdir(exist_ok=True)
    pem = certificate(folder)
    inside = block("nginx", "proxy_pass").replace("127.0.0.1:8000", f"127.0.0.1:{machine.port}")
    user = f"user {getpass.getuser()};" if os.geteuid() == 0 else ""
    temporary = " ".join(f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi"))
    temporary += " ".join(f"{name}_temp_path {folder}/{name};" for name in ("uwsgi", "scgi"))
    server = f"server {{ listen 127.0.0.1:{own} ssl; ssl_certificate {pem}; ssl_certificate_key {pem};\n{inside} }}"
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {folder}/pid; error_log stderr;\n"
        f"events {{}}\nhttp {{ access_log off; {temporary}\n{server} }}"
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([nginx, "-c", folder / "nginx.conf"], stderr=log)
    visitor = Visitor(own, trusts=ssl.create_default_context(cafile=str(pem)))
    try:
        end = time.monotonic() + 30
        while True:
            with suppress(OSError):
                if visitor.ask("GET", "/sign-in")[0] == 200:
                    break
            assert process.poll() is None and time.monotonic() < end, (folder / "log").read_text()
            time.sleep(0.1)
        yield visitor
    finally:
        process.terminate()
        process.wait(30)


def test_through_the_proxy(machine: Machine, before: Visitor) -> None:
    """Signing in, files, limits and headers, as people meet them behind nginx."""
    assert before.sign_in("demo-city", settings.DEMO_PASSWORD) == 302
    status, home = before.ask("GET", "/")
    assert status == 200 and before.heard["Strict-Transport-Security"] == "max-age=31536000"
    assert before.heard["X-Frame-Options"] and before.heard["Content-Security-Policy"]
    styles = re.findall(r'href="(/static/[^"]+\.css)"', home)
    assert styles
    for path in styles:
        assert before.ask("GET", path)[0] == 200 and before.heard["Content-Type"].startswith("text/css")
    assert " demo-city 127.0.0.1 GET / 200 " in machine.log()
    assert " demo-city 203.0.113.9 GET /static" not in machine.log(), (
        "the visitor's own word on their address"
    )
    assert before.ask("GET", "/readyz")[0] == 404 and before.ask("GET", "/healthz") == (200, "ok")
    batch = handed_in(before)
    assert before.until(f"/imports/{batch}", "staged")["read"] == 1
    large = bytes(2 * 2**20)  # more than a stranger may send
    assert before.ask("POST", "/api/v1/imports", large, "application/octet-stream")[0] in (400, 415, 422)
    limit = int(re.findall(r"client_max_body_size (\d+)m;", block("nginx", "proxy_pass"))[0])
    assert too_much(before, limit * 2**20 + 1) == 413


def too_much(visitor: Visitor, size: int) -> int:
    """What is answered to who says that so much will come."""
    with closing(visitor._line()) as line:
        line.putrequest("POST", "/api/v1/imports", skip_host=True)
        for name, value in {"Host": "tenglong.example", "Content-Length": str(size)}.items():
            line.putheader(name, value)
        line.endheaders()
        return line.getresponse().status


def test_the_unit_is_one(tmp_path: Path, program: Any) -> None:
    verify = program("systemd-analyze", "systemd")
    unit = block("ini", "ExecStart=").replace("/srv/tenglong/program/.venv/bin/tenglong", "/bin/true")
    (tmp_path / "tenglong.service").write_text(unit)
    done = subprocess.run(
        [verify, "verify", "--man=no", tmp_path / "tenglong.service"],
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in done.stderr.splitlines() if "tenglong.service" in line]
    assert done.returncode == 0 and told == [], done.stderr
