"""The kinds of unit and post, what departments answer for, and the four duties, from `organisation.toml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules

HEAD, DEPUTY_HEAD, MEMBER, DEPUTY = "head", "deputy_head", "member", "deputy"
"""The kinds of post that the program knows; the file says what they are called."""


@dataclass(frozen=True)
class Labelled:
    """What something is called."""

    id: str
    zh: str
    en: str


@dataclass(frozen=True)
class UnitKind(Labelled):
    """A kind of unit: how many lead it, what they are called, and under which kinds it may stand ("" is none).
    `attribute` is that of a case which names such a unit."""

    heads: int
    titles: Mapping[str, Labelled]
    under: tuple[str, ...]
    attribute: str


@dataclass(frozen=True)
class Function(Labelled):
    """What a department answers for; it takes part in cases of the batches `joins`."""

    joins: tuple[str, ...]


@dataclass(frozen=True)
class DutyRule(Labelled):
    """One of the four duties: who holds `posts` in units of `kinds` at the place of the case or above, or `of` the unit
    that the case names; `joins` narrows departments to those that take part in its batch."""

    kinds: tuple[str, ...]
    posts: tuple[str, ...]
    of: str
    joins: bool


@dataclass(frozen=True)
class OrganisationRules:
    """The whole file; every part by id, in its order."""

    units: Mapping[str, UnitKind]
    posts: Mapping[str, Labelled]
    functions: Mapping[str, Function]
    duties: Mapping[str, DutyRule]

    def title(self, kind: str, post: str) -> Labelled:
        """What a post is called in units of a kind."""
        return self.units[kind].titles.get(post) or self.posts[post]

    def named_by(self, attribute: str) -> tuple[str, ...]:
        """The kinds of unit that an attribute of a case may name."""
        return tuple(kind.id for kind in self.units.values() if kind.attribute == attribute)


@cache
def organisation_rules() -> OrganisationRules:
    """The rules that ship with the program."""
    return rules_from(load_rules("tenglong.domain.registry", "organisation.toml"))


def rules_from(file: RuleFile) -> OrganisationRules:
    """The rules of a parsed file.

    Raises:
        BadRules: a key is missing or double, something is named that is not there, or units stand under each other in
            a circle.
    """
    said = file.content
    try:
        rules = OrganisationRules(
            units=_by_id(file, [_unit(one) for one in said["unit"]]),
            posts=_by_id(file, [_labelled(one) for one in said["post"]]),
            functions=_by_id(
                file, [Function(*_words(one), joins=tuple(one["joins"])) for one in said["function"]]
            ),
            duties=_by_id(file, [_duty(one) for one in said["duty"]]),
        )
    except KeyError as error:
        problem = "规则文件 {name} 缺少 {key}，请补充后重试。"
        raise BadRules(msg(problem, name=file.name, key=str(error.args[0]))) from error
    _check(file.name, rules)
    return rules


def _check(name: str, rules: OrganisationRules) -> None:
    """What is named must be there, and no kind of unit may come to stand under itself."""
    kinds = {above for kind in rules.units.values() for above in kind.under if above}
    kinds |= {kind for duty in rules.duties.values() for kind in duty.kinds}
    posts = {post for duty in rules.duties.values() for post in duty.posts}
    posts |= {HEAD, DEPUTY_HEAD, MEMBER, DEPUTY}
    for unknown in sorted((kinds - set(rules.units)) | (posts - set(rules.posts))):
        problem = "规则文件 {name} 引用了没有定义的“{what}”，请改正。"
        raise BadRules(msg(problem, name=name, what=unknown))
    settled: set[str] = {""}
    while further := [
        id for id, kind in rules.units.items() if id not in settled and {*kind.under} <= settled
    ]:
        settled.update(further)
    if left := sorted({*rules.units} - settled):
        problem = "规则文件 {name} 中“{what}”的上级成了环，请改正 under。"
        raise BadRules(msg(problem, name=name, what="、".join(left)))


def _by_id(file: RuleFile, ones: list[Any]) -> dict[str, Any]:
    found = {one.id: one for one in ones}
    if len(found) < len(ones):
        ids = [one.id for one in ones]
        double = next(id for id in ids if ids.count(id) > 1)
        raise BadRules(msg("规则文件 {name} 中“{what}”写了两次，请删去一个。", name=file.name, what=double))
    return found


def _words(said: Mapping[str, Any]) -> tuple[str, str, str]:
    return said["id"], said["zh"], said["en"]


def _labelled(said: Mapping[str, Any]) -> Labelled:
    return Labelled(*_words(said))


def _unit(said: Mapping[str, Any]) -> UnitKind:
    titles = {post: Labelled(post, said[post]["zh"], said[post]["en"]) for post in (HEAD, DEPUTY_HEAD)}
    return UnitKind(*_words(said), said["heads"], titles, tuple(said["under"]), said.get("attribute", ""))


def _duty(said: Mapping[str, Any]) -> DutyRule:
    kinds, posts = tuple(said.get("kinds", ())), tuple(said["posts"])
    return DutyRule(*_words(said), kinds, posts, said.get("of", ""), said.get("joins", False))
