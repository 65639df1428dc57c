"""The columns of the tables that offices send (domain.md §10): groups of a two-level header, each with its columns."""

from collections.abc import Sequence

Groups = Sequence[tuple[str, tuple[str, ...]]]

WHO = ("serial", "county", "town", "firm_name", "code")
CITY_LEDGER: Groups = (
    ("", (*WHO, "address")),
    ("用地和用能（整治前）", ("parcel_no", "land", "energy", "energy_basis")),
    ("整治安排", ("list_source", "listed_on", "batch", "measure")),
    ("整治进展", ("closed_on", "emptied_on")),
    ("整治成效", ("area_vacated", "energy_freed")),
    ("", ("note",)),
)
PROVINCE_LEDGER: Groups = (
    ("", WHO),
    ("企业情况", ("subject_type", "scale", "industry_code", "industry_name", "address")),
    ("用地和用能（整治前）", ("parcel_no", "land", "energy", "energy_basis")),
    ("整治安排", ("list_source", "batch", "measure", "planned_on", "approved_on")),
    (
        "整治进展",
        (
            "appraised_on",
            "signed_on",
            "emptied_on",
            "case_filed_on",
            "decided_on",
            "closed_on",
            "constructing_on",
            "completed_on",
        ),
    ),
    ("销号", ("checked_on", "publicised_on", "written_off_on")),
    ("整治成效", ("area_vacated", "energy_freed")),
    ("", ("note",)),
)
BUTTON_LEDGER: Groups = (
    ("", ("serial", "county", "town", "zone", "firm_name", "code")),
    ("企业情况", ("subject_type", "industry_code", "cluster", "processes", "address")),
    ("房东与用地", ("relation", "landlord_name", "landlord_code", "parcel_no", "land", "floor_area")),
    ("整治前", ("energy", "energy_basis", "wastewater", "wastewater_method", "cod", "cod_method")),
    ("整治安排", ("list_source", "listed_on", "batch", "measure", "team")),
    ("签约腾退", ("appraised_on", "signed_on", "emptied_on", "handed_over_on", "demolished_on")),
    ("补偿", ("appraised_value", "contract_price", "paid_amount", "paid_on")),
    ("执法", ("case_filed_on", "decided_on", "closed_on")),
    ("提升", ("constructing_on", "completed_on")),
    (
        "整治成效",
        ("area_signed", "area_vacated", "area_demolished", "energy_freed", "wastewater_freed", "cod_freed"),
    ),
    ("", ("problem", "note")),
)
PUSHED: Groups = (
    ("", ("serial", "county", "town", "push_batch", "pushed_on", "firm_name", "code", "address", "scale")),
    ("推送依据", ("industry_code", "industry_name", "push_reason", "list_source")),
    ("", ("note",)),
)
REVIEW: Groups = (
    ("", ("serial", "county", "town", "push_batch", "pushed_on", "firm_name", "code", "push_reason")),
    ("镇级甄别", ("town_opinion", "checked_on", "checker", "site_condition")),
    ("拟办", ("decision", "removal_reason", "removal_note", "addition_reason", "evidence_ref")),
    (
        "审核",
        (
            "department_opinion",
            "department_on",
            "county_opinion",
            "county_on",
            "city_opinion",
            "city_on",
            "province_opinion",
            "province_on",
        ),
    ),
    ("", ("final_version", "note")),
)
OBSERVED: Groups = (
    ("", (*WHO, "year")),
    ("经济", ("tax", "value_added", "revenue", "rd", "staff", "land")),
    ("能耗和排放", ("energy", "energy_basis", "wastewater", "wastewater_method", "cod", "cod_method")),
    ("", ("note",)),
)
CERTIFICATES: Groups = (
    ("", WHO),
    ("证书", ("certificate", "certificate_no", "granted_on", "valid_until", "ended_on")),
    ("", ("note",)),
)
STAFF_AND_TAX: Groups = (("", (*WHO, "year")), ("规模", ("tax", "staff")), ("", ("note",)))
FIRMS: Groups = (
    ("", ("serial", "county", "town", "zone", "firm_name", "code")),
    (
        "企业情况",
        ("subject_type", "scale", "industry_code", "industry_name", "cluster", "processes", "address"),
    ),
    (
        "房东与用地",
        ("land_use", "land_owned", "floor_area", "relation", "landlord_name", "landlord_code", "parcel_no"),
    ),
    ("", ("note",)),
)
