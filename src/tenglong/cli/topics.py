"""Which commands there are: each is loaded only when it is the one that is asked for."""

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from importlib import import_module


class Needs(Enum):
    """What a command finds before it runs."""

    FILES = "files"
    """It reads and writes files: no database, nor the settings of one."""
    DATABASE = "database"
    """A database of this version."""
    MAKES = "makes"
    """It makes the database, or brings it up to date, before it uses it."""


@dataclass(frozen=True)
class Topic:
    """One command: the module with its options, and what it does in a line; `on_files` is a first word after which it
    reads and writes files only."""

    module: str
    words: str
    needs: Needs = Needs.DATABASE
    on_files: str = ""

    def needs_for(self, said: Sequence[str]) -> Needs:
        """What it finds before it runs with these words behind it."""
        return Needs.FILES if self.on_files and said[:1] == [self.on_files] else self.needs


TOPICS = {
    "found": Topic("campaign.found", "初次安装：建表、装入行政区划、建立第一个账号", Needs.MAKES),
    "import": Topic("intake.importing", "导入表格：逐行预检，可随即入库，口径与导入中心相同"),
    "figures": Topic("campaign.figures", "按名单、辖区、截止日期和知晓时间查询指标"),
    "race": Topic("race.board", "赛马榜：目标、进度、序时差、位次和亮牌"),
    "bulletin": Topic("reporting.bulletins", "通报：签发、重印、按今日所知复核"),
    "reproduce": Topic("evaluation.reproduce", "由留存的数据表重新计算一次评价，逐家核对结果"),
    "roadmap": Topic("roadmap.overview", "路线图：列表、结论、逾期节点、挂图和工作簿"),
    "dossier": Topic(
        "campaign.dossier",
        "一企一档：写出一个案件的档案，或核对档案文件（核对不用数据库）",
        on_files="verify",
    ),
    "ledger": Topic("ledger.verification", "台账查验、校验点与重新归集"),
    "holidays": Topic("kernel.calendar", "放假安排：查看、登记、重新计算未办结事项的日期"),
    "rules": Topic("rules.command", "本市规则：列出、查看、检查、比较、提交、放行"),
    "evaluate": Topic(
        "evaluation.evaluate", "按评价办法给文件里的企业评分、排名、定级（不用数据库）", Needs.FILES
    ),
    "scheme": Topic("evaluation.scheme", "评价办法：列出、查看、检查、比较（不用数据库）", Needs.FILES),
    "explain": Topic("evaluation.explain", "说明一家企业为何是这个等级，怎样改变最省", Needs.FILES),
    "screen": Topic("evaluation.screen", "按筛查规则列出疑似企业和理由（不用数据库）", Needs.FILES),
    "convert-energy": Topic(
        "kernel.energy", "各种能源折算成吨标准煤，列出系数和出处（不用数据库）", Needs.FILES
    ),
    "plan": Topic("roadmap.plan", "为问题文件里的企业编制路线图，附证书（不用数据库）", Needs.FILES),
    "serve": Topic("serve", "启动网站和后台任务", Needs.MAKES),
    "worker": Topic("jobs.worker", "处理后台任务"),
    "backup": Topic("backup", "备份数据库、文件、密钥和校验点到一个文件夹"),
    "restore": Topic("restore", "从备份恢复到新建的数据库和数据目录，并查验", Needs.MAKES),
    "demo": Topic("demo", "装载演示数据（只装载一次）", Needs.MAKES),
}


def parser_of(loaded: Iterable[str]) -> argparse.ArgumentParser:
    """The parser of the whole command; those `loaded` know their options, the others only their names."""
    parser = argparse.ArgumentParser(
        prog="tenglong", description="腾笼：从疑似名单到销号，每个数字都有出处。"
    )
    commands = parser.add_subparsers(required=True, metavar="命令")
    wanted = set(loaded)
    for name, topic in TOPICS.items():
        one = commands.add_parser(name, help=topic.words)
        if name in wanted:
            import_module(f"tenglong.cli.{topic.module}").add_to(one)
    return parser
