"""Upgrade certificates: who holds one of which kind, from when to when (certificates.toml).

A certificate is an interval. What is renewed begins anew; what is revoked ended on a day. So the count of a day is that
of the intervals that hold on it, never of what was ever granted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from tenglong.domain.kernel.errors import BadValue, NotFound
from tenglong.domain.kernel.messages import label, listed, msg
from tenglong.domain.kernel.rulefiles import load_rules


@dataclass(frozen=True)
class CertificateKind:
    """A kind of certificate; it holds `years` from the day it was granted, 0: until somebody says otherwise."""

    id: str
    zh: str
    en: str
    years: int

    def until(self, granted: date) -> date | None:
        """The last day on which one that was granted on a day holds, where nothing else is said."""
        return last_day(granted, self.years) if self.years else None


@dataclass(frozen=True)
class Certificate:
    """What is known of one interval. `until` is its last day, `ended` the day on which it was revoked or given up.

    `firm` is the record that it was told of; `key` is what it is told apart by within its kind.
    """

    kind: str
    firm: int
    number: str
    granted: date
    until: date | None = None
    ended: date | None = None

    @property
    def key(self) -> str:
        """Its number as it is compared; without one, firm and day."""
        plain = "".join(self.number.split()).upper()
        return plain or f"#{self.firm}-{self.granted.isoformat()}"

    def holds_on(self, day: date) -> bool:
        """Whether it counts on a day."""
        return (
            self.granted <= day
            and (self.until is None or day <= self.until)
            and (self.ended is None or day < self.ended)
        )

    def last(self) -> date | None:
        """The last day on which it holds, None while it has none."""
        days = [day for day in (self.until, self.ended and self.ended - timedelta(days=1)) if day]
        return min(days, default=None)


@dataclass(frozen=True)
class Count:
    """How many firms hold a certificate of a kind on a day, and how many different ones."""

    firms: int = 0
    certificates: int = 0


def count_on(day: date, known: Iterable[Certificate], kept: Mapping[int, int]) -> dict[str, Count]:
    """What holds on a day, by kind; `kept` are merged records, each with the firm it turned out to be."""
    firms: dict[str, set[int]] = {}
    keys: dict[str, set[str]] = {}
    for one in known:
        if one.holds_on(day):
            firms.setdefault(one.kind, set()).add(kept.get(one.firm, one.firm))
            keys.setdefault(one.kind, set()).add(one.key)
    return {kind: Count(len(firms[kind]), len(keys[kind])) for kind in firms}


def check_days(certificate: Certificate) -> None:
    """Raises BadValue where a certificate ends before it begins."""
    kind, granted = label(certificate_kind(certificate.kind).zh), certificate.granted
    if certificate.until is not None and certificate.until < granted:
        problem = "“{kind}”的有效期至 {until} 早于取得日期 {granted}，请核对两个日期。"
        raise BadValue(msg(problem, kind=kind, until=certificate.until, granted=granted))
    if certificate.ended is not None and certificate.ended < granted:
        problem = "“{kind}”的失效日期 {ended} 早于取得日期 {granted}，请核对两个日期。"
        raise BadValue(msg(problem, kind=kind, ended=certificate.ended, granted=granted))


def last_day(granted: date, years: int) -> date:
    """The last of so many years from a day on: 2018-11-30 and three years end on 2021-11-29."""
    try:
        again = granted.replace(year=granted.year + years)
    except ValueError:  # 29 February
        again = date(granted.year + years, 3, 1)
    return again - timedelta(days=1)


@cache
def certificate_kinds() -> dict[str, CertificateKind]:
    """Every kind, in the order of the file."""
    rows = load_rules("tenglong.domain.uplift", "certificates.toml").content["kind"]
    return {row["id"]: CertificateKind(**row) for row in rows}


def certificate_kind(id: str) -> CertificateKind:
    """The kind with this id.

    Raises:
        NotFound: there is no such kind.
    """
    if id not in certificate_kinds():
        known = listed(kind.zh for kind in certificate_kinds().values())
        raise NotFound(msg("没有“{id}”这种提升证书，可登记的有：{known}。", id=id, known=known))
    return certificate_kinds()[id]


def expiring_by(today: date) -> date:
    """A certificate that expires on this day or before is on the office's list today."""
    return today + timedelta(days=days_ahead())


@cache
def days_ahead() -> int:
    """So many days before it expires a certificate is on the office's list."""
    return int(load_rules("tenglong.domain.uplift", "certificates.toml").content["expiring"]["days"])
