"""The proof that the register book is whole, and that the tables of the register say what it says."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model

from tenglong.domain.kernel.jsontext import read
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.ledger.entries import first_break
from tenglong.domain.registry.book import COLUMNS, NAME, REGISTER
from tenglong.queries.ledger.fold import joints_of
from tenglong.queries.registry.book import MODELS, chain_of_book, columns_of, said_now, subjects_in_parts
from tenglong.queries.verification import instants_of, instants_said
from tenglong.store.models import RegisterEntry, RosterHead

INSTANTS = ("recorded_at",)
REMEDY = "tenglong ledger refold"


def register_problem() -> Message | None:
    """What does not hold of the register, and what to do; None where everything does."""
    return _broken() or _differing()


def register_holds() -> Message:
    """The finding where everything holds."""
    return msg(
        "登记簿：{count} 笔记录哈希链完整，企业、宗地和持有关系与登记簿一致。",
        count=RegisterEntry.objects.count(),
    )


def _broken() -> Message | None:
    head = RosterHead.objects.filter(pk=REGISTER).first()
    broken = first_break(chain_of_book(), head.last_hash if head else None, joints_of(REGISTER))
    if broken:
        problem = "登记簿：哈希链在第 {id} 号记录处断开，该记录或其前后被改动，请停止使用并核查数据库备份。"
        return msg(problem, id=broken.entry_id)
    missing = (head.entries if head else 0) - RegisterEntry.objects.count()
    if missing:
        return msg("登记簿：应有记录数与实际相差 {missing} 笔，请核查数据库备份。", missing=missing)
    brought_by = RegisterEntry.objects.exclude(import_id=None).values_list("id", "import_id", "details")
    for id, brought, details in brought_by.iterator(chunk_size=5000):
        if (details.get("source") or {}).get("import") != brought:
            problem = (
                "登记簿：第 {id} 号记录所属的导入与其来源不符，该记录被改动，请停止使用并核查数据库备份。"
            )
            return msg(problem, id=id)
    if instants_of(RegisterEntry.objects.all()) != instants_said(REGISTER):
        return msg("登记簿：登记时刻表与登记簿记录不符，时刻表被改动，请停止使用并核查数据库备份。")
    return None


def _differing() -> Message | None:
    for subject_type, model in MODELS.items():
        told = RegisterEntry.objects.filter(subject_type=subject_type).values("subject")
        untold = model._default_manager.exclude(pk__in=told).order_by("pk").first()
        # the name that a firm was entered with stands in the firm's entry
        if untold and subject_type != NAME:
            problem = "登记簿：{what} {id} 没有登记簿记录，该行不是经系统登记的，请停止使用并核查数据库备份。"
            return msg(problem, what=_called(model), id=untold.pk)
        for part in subjects_in_parts(subject_type):
            wrong = next(_differing_of(subject_type, part), None)
            if wrong is not None:
                problem = "登记簿：{what} {id} 与登记簿不一致，请运行 {remedy} 按登记簿重新归集。"
                return msg(problem, what=_called(model), id=wrong, remedy=REMEDY)
    return None


def _differing_of(subject_type: str, ids: Any) -> Iterator[int]:
    """The subjects whose rows are not what the book says; instants are held against it with the entries."""
    model, names = MODELS[subject_type], COLUMNS[subject_type]
    now = said_now(subject_type, ids)
    rows = {row.pk: row for row in model._default_manager.filter(pk__in=list(ids))}
    for id in ids:
        if (id in now) != (id in rows):
            yield id
        elif id in now and _as_kept(rows[id], names) != _as_meant(
            model, names, columns_of(subject_type, *now[id])
        ):
            yield id


def _as_kept(row: Model, names: tuple[str, ...]) -> list[Any]:
    return [getattr(row, name) for name in names if name not in INSTANTS]


def _as_meant(model: type[Model], names: tuple[str, ...], values: tuple[Any, ...]) -> list[Any]:
    """The values as a row read from the database has them."""
    made = model(**dict(zip(names, values, strict=True)))
    fields = {str(field.attname): field for field in model._meta.concrete_fields}
    return [_plain(fields[name], getattr(made, name)) for name in names if name not in INSTANTS]


def _plain(field: Any, value: Any) -> Any:
    return read(value) if field.get_internal_type() == "JSONField" else field.to_python(value)


def _called(model: type[Model]) -> str:
    return model._meta.db_table.removeprefix("store_")
