"""Wrong passwords and user names: how long one waits, and which names could be taken for another (sign_in.toml)."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.rulefiles import load_rules

_ALLOWED = re.compile(r"[A-Za-z0-9._\-\u4e00-\u9fff]+")


@dataclass(frozen=True)
class Attempt:
    """An attempt to sign in as somebody: when, from which address, and whether it was right. `step`: "" for a password,
    "code" for the second step, "provider" for single sign-on, "closed" for a right password that is taken no more."""

    at: datetime
    address: str
    succeeded: bool
    step: str = ""


@dataclass(frozen=True)
class Delay:
    """So many wrong passwords are free; the next one costs `first_seconds`, each after it twice as many as before."""

    free: int
    first_seconds: int
    longest_seconds: int

    def after(self, failures: int) -> timedelta:
        """How long to wait after so many wrong passwords in a row."""
        beyond = failures - self.free
        if beyond <= 0:
            return timedelta(0)
        doubled = self.first_seconds * 2 ** min(beyond - 1, 30)
        return timedelta(seconds=min(doubled, self.longest_seconds))


@dataclass(frozen=True)
class SignInRules:
    """The delays, how long a wrong password counts, and what looks alike."""

    remembered: timedelta
    same_address: Delay
    any_address: Delay
    look_alike: tuple[str, ...]

    def wait(self, attempts: Sequence[Attempt], address: str, now: datetime) -> timedelta:
        """How long whoever asks from `address` has still to wait; `attempts` are those of one account, in any order.

        A right password ends what was wrong before it, from its own address and from all together.
        """
        known = sorted((one for one in attempts if now - one.at < self.remembered), key=lambda one: one.at)
        here = [one for one in known if one.address == address]
        return max(_rest(self.same_address, here, now), _rest(self.any_address, known, now))

    def wait_for_code(self, attempts: Sequence[Attempt], now: datetime) -> timedelta:
        """How long to wait after wrong codes, whatever their addresses: who sends them knows the password already."""
        codes = [
            one
            for one in attempts
            if now - one.at < self.remembered and (one.step == "code" or one.succeeded)
        ]
        return _rest(self.same_address, sorted(codes, key=lambda one: one.at), now)

    def check_name(self, username: str, others: Sequence[str]) -> None:
        """Raises BadValue for a name of other signs than letters of Chinese or English, digits and - _ . or one that
        looks like another."""
        if not _ALLOWED.fullmatch(username):
            problem = (
                "用户名“{username}”只能用汉字、英文字母、数字和 - _ . ，以免与他人的用户名混淆，请改正。"
            )
            raise BadValue(msg(problem, username=username))
        mine = self.skeleton(username)
        for other in others:
            if other != username and self.skeleton(other) == mine:
                problem = "用户名“{username}”与已有的“{other}”容易混淆，请换一个。"
                raise BadValue(msg(problem, username=username, other=other))

    def skeleton(self, username: str) -> str:
        """The name with one sign for all that look alike."""
        text = unicodedata.normalize("NFKC", username).casefold()
        return text.translate({ord(sign): group[0] for group in self.look_alike for sign in group})


@cache
def sign_in_rules() -> SignInRules:
    """The rules that ship with the program."""
    content = load_rules("tenglong.domain.access", "sign_in.toml").content
    return SignInRules(
        timedelta(minutes=content["remembered_minutes"]),
        Delay(**content["same_address"]),
        Delay(**content["any_address"]),
        tuple(content["look_alike"]),
    )


def _rest(delay: Delay, attempts: Sequence[Attempt], now: datetime) -> timedelta:
    """What is left of the wait after the wrong passwords behind the last right one; `attempts` in their order."""
    failures = 0
    for one in reversed(attempts):
        if one.succeeded:
            break
        failures += 1
    wait = delay.after(failures)
    return max(attempts[-1].at + wait - now, timedelta(0)) if wait else wait
