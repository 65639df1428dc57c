"""The second step of signing in: a code that the person's phone computes (second_step.toml, RFC 6238)."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from pyotp import TOTP, OTPVerificationError

from tenglong.domain.access.roles import roles
from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules

_CODE = re.compile(r"[0-9]{6}")


@dataclass(frozen=True)
class SecondStepRules:
    """Which roles must have it, how far clocks may differ, how many recovery codes, how long a sign-in is fresh, and
    within what time a phone must confirm its secret."""

    required_of: frozenset[str]
    steps_around: int
    recovery_codes: int
    fresh: timedelta
    confirmed_within: timedelta

    def step_of(self, secret: str, code: str, at: datetime, after: int) -> int | None:
        """The step of time to which a code belongs, where it is right now and later than the step `after`."""
        if not _CODE.fullmatch(code):
            return None
        try:
            step = TOTP(secret).verify_and_get_timecode(code, for_time=at, valid_window=self.steps_around)
        except OTPVerificationError:
            return None
        return step if step > after else None


def parse_second_step(rules: RuleFile) -> SecondStepRules:
    """The rules of a file.

    Raises:
        BadRules: it requires the step of a role that does not exist.
    """
    content = rules.content
    required = frozenset(content["required_of"])
    if unknown := sorted(required - set(roles())):
        problem = "规则文件 {name} 的 required_of 中没有角色“{role}”，请改用 roles.toml 中列出的角色。"
        raise BadRules(msg(problem, name=rules.name, role=unknown[0]))
    return SecondStepRules(
        required,
        content["steps_around"],
        content["recovery_codes"],
        timedelta(minutes=content["fresh_minutes"]),
        timedelta(minutes=content["confirmed_within_minutes"]),
    )


@cache
def second_step_rules() -> SecondStepRules:
    """The rules that ship with the program."""
    return parse_second_step(load_rules("tenglong.domain.access", "second_step.toml"))


def plain_code(typed: str) -> str:
    """A code as it is computed, however it was typed: without spaces and hyphens, in small letters."""
    return re.sub(r"[\s\-]", "", typed).lower()
