"""The one shape in which the API says what may be done with a thing."""

from ninja import Field, Schema

from tenglong.api.values import Sentence


class StepOut(Schema):
    """A step of a process that the caller has the right to take now: a reason, and so many files, must come with it.

    `barred` says why it must wait; null where it may be taken.
    """

    process: str
    step: str = Field(validation_alias="step.id")
    name: str = Field(validation_alias="step.zh")
    name_en: str = Field(validation_alias="step.en")
    reason: bool = Field(validation_alias="step.reason")
    files: int = Field(validation_alias="step.files")
    barred: Sentence | None
