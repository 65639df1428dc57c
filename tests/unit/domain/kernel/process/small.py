"""A small process for tests: a draft is issued by a second person, or taken back by who wrote it."""

from typing import Any

from tenglong.domain.kernel.process import Process, read_process
from tenglong.domain.kernel.rulefiles import parse_rules

TEXT = """
source = "made for tests"

[process]
id = "letter"
zh = "函件"
en = "Letter"

[parts]
wrote = { zh = "拟稿人", en = "who wrote it" }

[places]
sender = { zh = "发函单位", en = "the sender's place" }

[[state]]
id = "draft"
zh = "草稿"
en = "Draft"
initial = true
[[state]]
id = "late"
zh = "逾期草稿"
en = "Late draft"
look_of = "draft"
[[state]]
id = "issued"
zh = "已签发"
en = "Issued"
[[state]]
id = "gone"
zh = "已作废"
en = "Gone"
final = true

[[step]]
id = "write"
zh = "拟稿"
en = "Write"
to = "draft"
permission = "record"
files = 1
[[step]]
id = "issue"
zh = "签发"
en = "Issue"
from = ["draft", "late"]
to = "issued"
permission = ["issue", "view"]
at = "sender"
not_by = "wrote"
within = 3
[[step]]
id = "drop"
zh = "撤稿"
en = "Drop"
from = "draft"
to = "gone"
permission = "record"
only_by = "wrote"
reason = true

[[event]]
id = "expired"
from = "issued"
to = "gone"
"""


def content() -> dict[str, Any]:
    """The file, to be changed."""
    return parse_rules("letter.toml", TEXT.encode()).content


def letters() -> Process:
    """The process."""
    return read_process(parse_rules("letter.toml", TEXT.encode()))
