"""How the tables of the register repeat what the book says: the columns of each, from the last words on a subject."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model

from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.domain.registry.book import FIRM, HOLDING, NAME, PARCEL
from tenglong.domain.registry.industry import read_industry
from tenglong.queries.registry.register import normal_name
from tenglong.store.bulk import as_instant, as_json
from tenglong.store.models import Firm, FirmName, Holding, Parcel

MODELS: dict[str, type[Model]] = {FIRM: Firm, NAME: FirmName, PARCEL: Parcel, HOLDING: Holding}
COLUMNS = {
    FIRM: (
        "name", "core_name", "code", "code_status", "doubtful_code", "party_type", "size", "industry",
        "industry_edition", "address",
    ),
    NAME: ("firm_id", "name", "core_name", "recorded_at", "source"),
    PARCEL: ("area_micro", "address", "title_number"),
    HOLDING: (
        "parcel_id", "firm_id", "relation", "landlord_id", "floor_area_micro", "part_micro", "since", "until", "source",
    ),
}  # fmt: skip


def columns_of(subject_type: str, said: Mapping[str, str], first: Fact) -> tuple[Any, ...]:
    """The values of COLUMNS as the database takes them, by the last words on a subject and its first entry."""
    if subject_type == FIRM:
        return firm_columns(said)
    if subject_type == NAME:
        name, source = said["further_name"], as_json(first.details.get("source", {}))
        return (int(said["bearer"]), name, core_of(name), as_instant(first.recorded_at), source)
    if subject_type == PARCEL:
        return (number_in(said, "area"), said.get("parcel_address", ""), said.get("title_number", ""))
    return holding_columns(said, first.details.get("source", {}))


def firm_columns(said: Mapping[str, str]) -> tuple[Any, ...]:
    """What a firm's row repeats of the book."""
    industry = read_industry(said["industry"]) if said.get("industry") else None
    return (
        said["name"],
        core_of(said["name"]),
        said.get("code", ""),
        said.get("code_status", "none"),
        said.get("doubtful_code", ""),
        said.get("party_type", ""),
        said.get("size", ""),
        industry.code if industry else "",
        industry.edition if industry and industry.code else "",
        said.get("address", ""),
    )


def holding_columns(said: Mapping[str, str], source: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a holding's row repeats of the book."""
    return (
        int(said["parcel"]),
        int(said["holder"]),
        said["relation"],
        number_in(said, "landlord"),
        number_in(said, "floor_area"),
        number_in(said, "part"),
        said.get("since") or None,
        said.get("until") or None,
        as_json(source),
    )


def number_in(said: Mapping[str, str], name: str) -> int | None:
    """An amount or the number of another subject; None where nothing is said."""
    return int(said[name]) if said.get(name) else None


def core_of(name: str) -> str:
    """The core of a name as the register keeps it."""
    return normal_name(name).core[:200]
