"""Whole columns under each other's header: names where codes should stand, addresses where names should."""

import re
from dataclasses import dataclass

from tenglong.domain.kernel.folding import folded
from tenglong.domain.kernel.messages import Message, msg

_CODE = re.compile(r"[0-9A-Z]{15,18}")
_ADDRESS = re.compile(r"\d+(?:-\d+)?(?:号|室|幢|楼|弄)$")


def looks_like_code(text: str) -> bool:
    """Whether a cell for a name holds a credit or register number."""
    return bool(_CODE.fullmatch(re.sub(r"\s", "", folded(text)).upper())) and sum(map(str.isdigit, text)) > 7


@dataclass
class NameColumn:
    """What stands in the column of names, counted row by row."""

    rows: int = 0
    codes: int = 0
    addresses: int = 0
    example: str = ""

    def add(self, name: str) -> None:
        """One more cell."""
        self.rows += 1
        code, address = looks_like_code(name), bool(_ADDRESS.search(folded(name)))
        self.codes += code
        self.addresses += address
        if (code or address) and not self.example:
            self.example = name[:30]

    @property
    def problem(self) -> Message | None:
        """Why the column cannot be one of names: most of its cells are something else."""
        if self.codes * 2 > self.rows:
            problem = (
                "“企业名称”列里是信用代码（如“{example}”），名称列和代码列可能互换了；"
                "请把两列的表头对调后重新上传。"
            )
            return msg(problem, example=self.example)
        if self.addresses * 2 > self.rows:
            problem = (
                "“企业名称”列里是地址（如“{example}”），名称列和地址列可能互换了；"
                "请把两列的表头对调后重新上传。"
            )
            return msg(problem, example=self.example)
        return None
