"""Every table of the product, one file per topic."""

from tenglong.store.models.bulletins import Bulletin
from tenglong.store.models.calendar import HolidayNotice
from tenglong.store.models.cases import Case, CaseState, PlaceTotal
from tenglong.store.models.deeds import Deed
from tenglong.store.models.evaluations import Evaluation, EvaluationResult, Objection, Scheme
from tenglong.store.models.firms import Firm, FirmMerge, FirmName
from tenglong.store.models.imports import Import, ImportRow, ImportWithdrawal
from tenglong.store.models.jobs import Job, ScheduledWork
from tenglong.store.models.ledger import Entry, Evidence, Recording, RosterHead
from tenglong.store.models.matches import MatchPair
from tenglong.store.models.observations import Observation
from tenglong.store.models.organisation import OrganisationStep
from tenglong.store.models.parcels import Holding, Parcel
from tenglong.store.models.people import ApiToken, Membership, User
from tenglong.store.models.proofs import Checkpoint, Cosignature, Standing
from tenglong.store.models.provider import ProviderAccount
from tenglong.store.models.register import RegisterEntry
from tenglong.store.models.roadmaps import Roadmap, RoadmapFlow, RoadmapLine, RoadmapMilestone
from tenglong.store.models.rosters import ReferencePoint, Roster, RosterTerms, RosterVersion, Target
from tenglong.store.models.rules import RuleText, RuleVersion
from tenglong.store.models.second_step import RecoveryCode, SecondStep
from tenglong.store.models.sessions import Session
from tenglong.store.models.territory import Place, PlaceStep
from tenglong.store.models.trail import TrailEvent

__all__ = [
    "ApiToken",
    "Bulletin",
    "Case",
    "CaseState",
    "Checkpoint",
    "Cosignature",
    "Deed",
    "Entry",
    "Evaluation",
    "EvaluationResult",
    "Evidence",
    "Firm",
    "FirmMerge",
    "FirmName",
    "Holding",
    "HolidayNotice",
    "Import",
    "ImportRow",
    "ImportWithdrawal",
    "Job",
    "MatchPair",
    "Membership",
    "Objection",
    "Observation",
    "OrganisationStep",
    "Parcel",
    "Place",
    "PlaceStep",
    "PlaceTotal",
    "ProviderAccount",
    "Recording",
    "RecoveryCode",
    "RegisterEntry",
    "ReferencePoint",
    "Roadmap",
    "RoadmapFlow",
    "RoadmapLine",
    "RoadmapMilestone",
    "Roster",
    "RosterHead",
    "RosterTerms",
    "RosterVersion",
    "RuleText",
    "RuleVersion",
    "ScheduledWork",
    "Scheme",
    "SecondStep",
    "Session",
    "Standing",
    "Target",
    "TrailEvent",
    "User",
]
