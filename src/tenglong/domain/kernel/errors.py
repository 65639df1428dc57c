"""The exception tree.

TenglongError
├── UserError          something a person gave or asked; shown as a sentence, never with a traceback
│   ├── BadValue       a value is not what the rule expects
│   ├── BadFile        a file cannot be read, or is not what it says
│   ├── BadRules       a rule file (TOML) is wrong: names file, key and remedy
│   ├── NotAllowed     the person may not do this here
│   ├── NotFound       it does not exist, or not for this person: the two look the same
│   ├── Conflict       the thing has moved on: a state does not allow this step
│   ├── DiskFull       there is no room left to write what was asked
│   ├── ReadOnly       nothing can be written at all
│   └── NotInstalled   the site was set up without the libraries that this takes
└── Bug                a broken promise inside the program; shown to engineers only
"""

from typing import Any

from tenglong.domain.kernel.messages import Message


class TenglongError(Exception):
    """Root of every error the program raises itself."""


class UserError(TenglongError):
    """A sentence for the person: what was wrong with the value, what was expected, what to do.

    `status` is that of HTTP, `exit_code` that of a command.

    Raise with a message: ``raise BadValue(msg("日期“{value}”…", value=value))``.
    """

    exit_code = 2
    status = 400

    def __init__(self, message: Message):
        super().__init__(str(message))
        self.message = message


class BadValue(UserError):
    """A value is not what the rule expects."""


class BadFile(UserError):
    """A file cannot be read, or is not what it says."""

    exit_code = 3


class BadRules(UserError):
    """A rule file is wrong; the sentence names file, key and remedy."""

    exit_code = 4


class NotAllowed(UserError):
    """The person may not do this here."""

    exit_code = 5
    status = 403


class NotFound(UserError):
    """It does not exist, or not for this person."""

    exit_code = 6
    status = 404


class Conflict(UserError):
    """The thing has moved on: its state does not allow this step."""

    exit_code = 7
    status = 409


class DiskFull(UserError):
    """There is no room left to write what was asked."""

    exit_code = 8
    status = 507


class ReadOnly(UserError):
    """Nothing can be written at all."""

    exit_code = 10
    status = 503


class NotInstalled(UserError):
    """The site was set up without the libraries that this takes."""

    exit_code = 9
    status = 501


class Bug(TenglongError):
    """A broken promise inside the program."""

    def __init__(self, what: str, **details: Any):
        super().__init__(f"{what} {details}" if details else what)
