"""Which key of a file is wrong, and in which words."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.validation import first_problem, key_path, sentence


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ByCost(Strict):
    kind: Literal["cost"]
    amount: Annotated[str, Field(max_length=5)]


class ByGain(Strict):
    kind: Literal["gain"]
    weight: Annotated[int, Field(gt=0, le=9)]


class Part(Strict):
    name: str = ""
    aim: Annotated[ByCost | ByGain, Field(discriminator="kind")]


class File(Strict):
    parts: Annotated[list[Part], Field(min_length=1, max_length=2)]


def refused(content: dict[str, Any]) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        File.model_validate(content)
    return caught.value


def part(**changes: Any) -> dict[str, Any]:
    return {"aim": {"kind": "gain", "weight": 1}} | changes


@pytest.mark.parametrize(
    ("content", "key", "said"),
    [
        ({}, "parts", "缺少这一项"),
        ({"parts": []}, "parts", "至少要有 1 项"),
        ({"parts": [part()] * 3}, "parts", "最多 2 项"),
        ({"parts": [part(), part(name=3)]}, "parts[3].name", "应为加引号的文字"),
        ({"parts": [part(aim={"kind": "gain", "weight": 0})]}, "parts[1].aim.weight", "应大于 0"),
        ({"parts": [part(aim={"kind": "gain", "weight": 10})]}, "parts[1].aim.weight", "不应大于 9"),
        ({"parts": [part(aim={"kind": "gain", "weight": "1"})]}, "parts[1].aim.weight", "应为整数"),
        ({"parts": [part(name="A", aim={"kind": "gain"})]}, "parts[A].aim.weight", "缺少这一项"),
        ({"parts": [part(aim={"kind": "cost", "amount": "monies"})]}, "parts[1].aim.amount", "最多 5 个字符"),
    ],
)
def test_the_key_is_the_files_own_and_the_sentence_says_what_to_do(
    content: dict[str, Any], key: str, said: str
) -> None:
    problem = first_problem(refused(content))
    assert key_path(content, problem, named_by="name") == key
    assert str(sentence(problem, {})).startswith(said)


def test_a_misspelt_key_comes_before_the_key_that_it_leaves_missing() -> None:
    content = {"parts": [part(aim={"kind": "gain", "wieght": 1})]}
    assert key_path(content, first_problem(refused(content)), named_by="name") == "parts[1].aim.wieght"


def test_a_reader_has_words_of_its_own() -> None:
    problem = first_problem(refused({"parts": []}))
    assert (
        str(sentence(problem, {"too_short": lambda ctx: msg("空的 {least}", least=ctx["min_length"])}))
        == "空的 1"
    )


def test_a_problem_without_words_is_told_as_pydantic_tells_it() -> None:
    problem = first_problem(refused({"parts": {}}))
    assert str(sentence(problem, {})) == "Input should be a valid list"


def test_what_holds_the_file_comes_before_the_key() -> None:
    content: dict[str, Any] = {}
    assert (
        key_path(content, first_problem(refused(content)), named_by="name", above="tables") == "tables.parts"
    )
