"""Sentences for people, kept apart from their values so that a face can translate them.

The domain writes Simplified Chinese templates with named fields; `msg` marks them for extraction into
the message catalogues. A face calls `Message.render(gettext)`; without a face, `str()` gives Chinese.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Message:
    """A template such as "{value} 不是日期" and its values; a value may itself be a Message."""

    template: str
    params: dict[str, Any] = field(default_factory=dict)

    def render(self, translate: Callable[[str], str] = lambda text: text) -> str:
        """The sentence in the language that `translate` speaks."""
        values = {
            name: value.render(translate) if isinstance(value, Message) else value
            for name, value in self.params.items()
        }
        return translate(self.template).format(**values)

    def __str__(self) -> str:
        return self.render()

    def to_json(self) -> dict[str, Any]:
        """Plain values for storage; `from_json` gives the same message back."""
        params = {k: v.to_json() if isinstance(v, Message) else str(v) for k, v in self.params.items()}
        return {"template": self.template, "params": params}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Message":
        """The message that `to_json` stored."""
        params = {k: cls.from_json(v) if isinstance(v, dict) else v for k, v in data["params"].items()}
        return cls(data["template"], params)


def msg(template: str, **params: Any) -> Message:
    """A translatable sentence; the name of this function is what the extractor looks for."""
    return Message(template, params)


Progress = Callable[[int, int, Message], None]
"""Called by long work with (done, total, what is being done)."""


def silent(done: int, total: int, stage: Message) -> None:
    """Progress that nobody watches."""


def label(text: str) -> Message:
    """A label of a rule file as a value of a sentence: a face translates it like the sentence."""
    return Message(text)


def either(labels: Iterable[str]) -> Message | str:
    """Labels of which one is meant, for a place between quotation marks; "" for none."""
    return _joined(labels, "{first}”或“{rest}")


def together(labels: Iterable[str]) -> Message | str:
    """Labels that are all meant, for a place between quotation marks; "" for none."""
    return _joined(labels, "{first}”和“{rest}")


def listed(labels: Iterable[str]) -> Message | str:
    """Labels one after the other; "" for none."""
    return _joined(labels, "{first}、{rest}")


def _joined(labels: Iterable[str], template: str) -> Message | str:
    said = [label(text) for text in labels]
    if not said:
        return ""
    last = said.pop()
    for one in reversed(said):
        last = msg(template, first=one, rest=last)
    return last
