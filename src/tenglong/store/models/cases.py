"""Cases: a firm on a roster; and where each case stands now, as folded from the ledger."""

from django.db import models


class Case(models.Model):
    """What does not change with the day; everything that happened stands in the ledger.

    `processes` are the names of what the firm does (染色 …), joined by “、”.
    """

    roster = models.ForeignKey("store.Roster", on_delete=models.PROTECT, related_name="cases")
    firm = models.ForeignKey("store.Firm", on_delete=models.PROTECT, related_name="cases")
    place = models.ForeignKey("store.Place", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    party = models.CharField(max_length=10, blank=True)
    zone = models.CharField(max_length=60, blank=True)
    team = models.CharField(max_length=60, blank=True)
    batch = models.CharField(max_length=12, blank=True)
    measure = models.CharField(max_length=20, blank=True)
    department = models.CharField(max_length=60, blank=True)
    processes = models.CharField(max_length=120, blank=True)
    origin = models.CharField(max_length=20, blank=True)
    due_on = models.DateField(null=True, blank=True)
    source = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["roster", "firm"], name="case_once_per_firm"),
            models.UniqueConstraint(fields=["roster", "number"], name="case_number_once"),
        ]
        indexes = [models.Index(fields=["roster", "place"], name="case_roster_place")]

    def __str__(self) -> str:
        return f"{self.roster_id}-{self.number}"


class CaseState(models.Model):
    """The stored fold of one case: a date where an event slot counts, an amount where an amount slot does.

    Only `actions.ledger` writes it; `tenglong ledger verify` proves that it equals the fold. The names of the
    fields are the slots of domain/ledger/kinds.toml, so that figures read now and as-of alike.
    """

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.PROTECT, related_name="now")
    roster_id = models.BigIntegerField()
    place_id = models.BigIntegerField()
    party = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=20)
    state_on = models.DateField(null=True)
    suspended = models.BooleanField(default=False)
    last_entry_id = models.BigIntegerField(default=0)

    listed = models.DateField(null=True)
    proposed = models.DateField(null=True)
    target = models.DateField(null=True)
    removed = models.DateField(null=True)
    contract = models.DateField(null=True)
    premises = models.DateField(null=True)
    handover = models.DateField(null=True)
    demolition = models.DateField(null=True)
    closure = models.DateField(null=True)
    completion = models.DateField(null=True)
    check_passed = models.DateField(null=True)
    write_off = models.DateField(null=True)

    area_signed = models.BigIntegerField(default=0)
    area_vacated = models.BigIntegerField(default=0)
    area_demolished = models.BigIntegerField(default=0)
    area_net = models.BigIntegerField(default=0)
    energy_freed = models.BigIntegerField(default=0)
    wastewater_freed = models.BigIntegerField(default=0)
    cod_freed = models.BigIntegerField(default=0)
    energy_baseline = models.BigIntegerField(default=0)
    wastewater_baseline = models.BigIntegerField(default=0)
    cod_baseline = models.BigIntegerField(default=0)
    land_expected = models.BigIntegerField(default=0)
    energy_expected = models.BigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["roster_id", "place_id", "state"], name="state_roster_place"),
            models.Index(fields=["roster_id", "state", "state_on"], name="state_roster_state"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"


class PlaceTotal(models.Model):
    """What the stored fold adds up to in one place, by slot and party: figures of now read these few rows.

    Slots of figures count targets only, except listed, proposed and removed; two more count dischargers.
    """

    roster_id = models.BigIntegerField()
    place_id = models.BigIntegerField()
    party = models.CharField(max_length=10, blank=True)
    slot = models.CharField(max_length=24)
    count = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["roster_id", "slot", "place_id", "party"], name="place_total_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.roster_id} {self.place_id} {self.slot}"
