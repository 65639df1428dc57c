"""Cases: a firm on a roster; and where each case stands now, as folded from the ledger."""

from django.db import models


class Case(models.Model):
    """A firm on a roster. Everything said of it stands in the ledger; what holds today is repeated here to be read.

    From `party` to `due_on`: the attributes of domain/ledger/kinds.toml as of now; only
    `actions.ledger.appending` writes them.
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
    responsible = models.CharField(max_length=60, blank=True)
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
    """The stored fold of one case: its lines, its state, and what lists filter, sort and show.

    Only `actions.ledger.appending` writes it; `tenglong ledger verify` proves that it equals the fold,
    `ledger refold` makes it
    anew. `lines` are the fold's: [slot, on, effective day as a number, quantity, entry]. `target_on` and `done_on`
    (by what the roster counts as done), `land` (vacated) and `energy` (freed, in millionths) repeat some of them.
    `held` says what lies in the file of the case (domain.campaign.held).
    """

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.PROTECT, related_name="now")
    roster_id = models.BigIntegerField()
    place_id = models.BigIntegerField()
    party = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=20)
    state_on = models.DateField(null=True)
    suspended = models.BooleanField(default=False)
    last_entry_id = models.BigIntegerField(default=0)
    lines = models.JSONField(default=list)
    target_on = models.DateField(null=True)
    done_on = models.DateField(null=True)
    land = models.BigIntegerField(default=0)
    energy = models.BigIntegerField(default=0)
    held = models.TextField(default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["roster_id", "place_id", "state"], name="state_roster_place"),
            models.Index(fields=["roster_id", "state", "state_on"], name="state_roster_state"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"


class PlaceTotal(models.Model):
    """What the stored fold adds up to in one place, by measure and party: figures of now read these few rows.

    A measure is what domain/campaign/figures.py makes of figures.toml.
    """

    roster_id = models.BigIntegerField()
    place_id = models.BigIntegerField()
    party = models.CharField(max_length=10, blank=True)
    measure = models.CharField(max_length=64)
    count = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["roster_id", "measure", "place_id", "party"], name="place_total_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.roster_id} {self.place_id} {self.measure}"
