"""Records with two times that only grow, each row sealed; checks of ranges and choices; observations know their import.

The guards that these tables have come from store/guards.py, which puts them up after every migration.
"""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from tenglong.store.guards import take_down
from tenglong.store.models.sealed import seal_of

SEALED = ("RosterVersion", "Target", "ReferencePoint", "Bulletin", "Observation")
SAID = (
    "title", "title_en", "issuer", "definition", "definition_en", "start", "deadline", "done_figure", "energy_basis",
    "reference_title",
)  # fmt: skip
CHECKED = (
    "apitoken", "bulletin", "evaluation", "evaluationresult", "firm", "firmmerge", "firmname", "holding",
    "import", "importrow", "matchpair", "objection", "observation", "parcel", "place", "referencepoint",
    "roadmap", "roadmapline", "roster", "rosterterms", "rosterversion", "scheme", "target",
)  # fmt: skip
AT_ONCE = 2000


def unguard(apps, schema_editor):
    """SQLite makes tables anew here, and cannot rename one that the guard of another asks."""
    take_down(schema_editor.connection)


def check(apps, schema_editor):
    """Put up the checks of each table: SQLite makes a table anew for them, here once for all of its checks."""
    for name in CHECKED:
        model = apps.get_model("store", name)
        if schema_editor.connection.vendor == "sqlite":
            schema_editor._remake_table(model)
            continue
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.CheckConstraint):
                schema_editor.add_constraint(model, constraint)


def fill(apps, schema_editor):
    """What the new columns and tables say of what is there already."""
    _tie_observations(apps)
    _found_terms(apps)
    _note_withdrawals(apps)
    for name in SEALED:
        _seal(apps.get_model("store", name))


def _tie_observations(apps):
    """An observation names its import in its source."""
    observation = apps.get_model("store", "Observation")
    imports = apps.get_model("store", "Import").objects.filter(kind="observations").values_list("pk", flat=True)
    for batch in imports:
        observation.objects.filter(source__import=batch).update(batch_id=batch)


def _found_terms(apps):
    """What each roster said when it was founded and after every amendment, which the trail holds as (before, after)."""
    rosters, terms = apps.get_model("store", "Roster"), apps.get_model("store", "RosterTerms")
    trail = apps.get_model("store", "TrailEvent").objects.filter(deed="amend_roster")
    for roster in rosters.objects.order_by("id"):
        events = list(trail.filter(about=f"roster:{roster.pk}").order_by("id"))
        said = {name: getattr(roster, name) for name in SAID}
        rows = []
        for event in reversed(events):
            rows.append((dict(said), event.at, event.by, "修改口径"))
            said |= {name: before for name, (before, _) in event.details.items()}
        rows.append((said, roster.created_at, roster.created_by, ""))
        for row, at, by, reason in reversed(rows):
            terms.objects.create(roster=roster, recorded_at=at, recorded_by=by, reason=reason, **row)
        rosters.objects.filter(pk=roster.pk).update(amended_at=events[-1].at if events else None)
    _seal(terms)


def _note_withdrawals(apps):
    """Imports that were withdrawn, with the reasons that the trail holds."""
    withdrawals = apps.get_model("store", "ImportWithdrawal")
    trail = apps.get_model("store", "TrailEvent").objects.filter(deed="withdraw_import")
    for batch in apps.get_model("store", "Import").objects.filter(state="withdrawn").order_by("id"):
        event = trail.filter(about=f"import:{batch.pk}").first()
        reason = event.details.get("reason", "") if event else ""
        withdrawals.objects.create(batch=batch, at=batch.decided_at, by=batch.decided_by, reason=reason[:300])
    _seal(withdrawals)


def _seal(model):
    last = 0
    while rows := list(model.objects.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        for row in rows:
            row.seal = seal_of(row)
        model.objects.bulk_update(rows, ["seal"], batch_size=300)
        last = rows[-1].pk


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0012_one_history'),
    ]

    operations = [
        migrations.RunPython(unguard, migrations.RunPython.noop),
        migrations.CreateModel(
            name='ImportWithdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seal', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=150)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('batch', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawal', to='store.import')),
            ],
        ),
        migrations.CreateModel(
            name='RosterTerms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seal', models.CharField(max_length=64)),
                ('title', models.CharField(max_length=120)),
                ('title_en', models.CharField(blank=True, max_length=160)),
                ('issuer', models.CharField(max_length=120)),
                ('definition', models.TextField()),
                ('definition_en', models.TextField(blank=True)),
                ('start', models.DateField()),
                ('deadline', models.DateField()),
                ('done_figure', models.CharField(max_length=40)),
                ('energy_basis', models.CharField(blank=True, max_length=20)),
                ('reference_title', models.CharField(blank=True, max_length=80)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.CharField(max_length=150)),
                ('roster', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='terms', to='store.roster')),
            ],
        ),
        migrations.AddField(
            model_name='bulletin',
            name='seal',
            field=models.CharField(default='', max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='observation',
            name='batch',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='observations', to='store.import'),
        ),
        migrations.AddField(
            model_name='observation',
            name='seal',
            field=models.CharField(default='', max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='referencepoint',
            name='reason',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='referencepoint',
            name='seal',
            field=models.CharField(default='', max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='roster',
            name='amended_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='rosterversion',
            name='seal',
            field=models.CharField(default='', max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='target',
            name='reason',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='target',
            name='seal',
            field=models.CharField(default='', max_length=64),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='holding',
            name='relation',
            field=models.CharField(choices=[('owner', 'Owner'), ('tenant', 'Tenant')], max_length=10),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddConstraint(
                    model_name='apitoken',
                    constraint=models.CheckConstraint(condition=models.Q(('revoked_at__isnull', True), ('revoked_at__gte', models.F('created_at')), _connector='OR'), name='api_token_revoked_later'),
                ),
                migrations.AddConstraint(
                    model_name='bulletin',
                    constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='bulletin_number_from_one'),
                ),
                migrations.AddConstraint(
                    model_name='evaluation',
                    constraint=models.CheckConstraint(condition=models.Q(('way__in', ('', 'freeze', 'recompute'))), name='evaluation_way_known'),
                ),
                migrations.AddConstraint(
                    model_name='evaluation',
                    constraint=models.CheckConstraint(condition=models.Q(models.Q(('publicity_end__isnull', True), ('publicity_start__isnull', True)), ('publicity_end__gte', models.F('publicity_start')), _connector='OR'), name='evaluation_publicity_days'),
                ),
                migrations.AddConstraint(
                    model_name='evaluationresult',
                    constraint=models.CheckConstraint(condition=models.Q(('status__in', ('rated', 'not_rated', 'out_of_scope'))), name='result_status_known'),
                ),
                migrations.AddConstraint(
                    model_name='evaluationresult',
                    constraint=models.CheckConstraint(condition=models.Q(('rank__isnull', True), models.Q(('rank__gte', 1), ('rank__lte', models.F('peers'))), _connector='OR'), name='result_rank'),
                ),
                migrations.AddConstraint(
                    model_name='evaluationresult',
                    constraint=models.CheckConstraint(condition=models.Q(('land__isnull', True), ('land__gte', 0), _connector='OR'), name='result_land_not_negative'),
                ),
                migrations.AddConstraint(
                    model_name='firm',
                    constraint=models.CheckConstraint(condition=models.Q(('absorbed_by__isnull', True), models.Q(('absorbed_by', models.F('id')), _negated=True), _connector='OR'), name='firm_not_its_own'),
                ),
                migrations.AddConstraint(
                    model_name='firmmerge',
                    constraint=models.CheckConstraint(condition=models.Q(('kept', models.F('absorbed')), _negated=True), name='firm_merge_of_two'),
                ),
                migrations.AddConstraint(
                    model_name='firmmerge',
                    constraint=models.CheckConstraint(condition=models.Q(('undone_at__isnull', True), ('undone_at__gte', models.F('decided_at')), _connector='OR'), name='firm_merge_undone_later'),
                ),
                migrations.AddConstraint(
                    model_name='firmname',
                    constraint=models.CheckConstraint(condition=models.Q(('since__isnull', True), ('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='firm_name_days'),
                ),
                migrations.AddConstraint(
                    model_name='holding',
                    constraint=models.CheckConstraint(condition=models.Q(('relation__in', ('owner', 'tenant'))), name='holding_relation_known'),
                ),
                migrations.AddConstraint(
                    model_name='holding',
                    constraint=models.CheckConstraint(condition=models.Q(('floor_area_micro__isnull', True), ('floor_area_micro__gte', 0), _connector='OR'), name='holding_floor_not_negative'),
                ),
                migrations.AddConstraint(
                    model_name='holding',
                    constraint=models.CheckConstraint(condition=models.Q(('since__isnull', True), ('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='holding_days'),
                ),
                migrations.AddConstraint(
                    model_name='import',
                    constraint=models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'staging', 'staged', 'accepting', 'accepted', 'withdrawn', 'failed'])), name='import_state_known'),
                ),
                migrations.AddConstraint(
                    model_name='import',
                    constraint=models.CheckConstraint(condition=models.Q(('read', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('inserted'), '+', models.F('updated')), '+', models.F('unchanged')), '+', models.F('rejected')))), name='import_account_closes'),
                ),
                migrations.AddConstraint(
                    model_name='import',
                    constraint=models.CheckConstraint(condition=models.Q(('size__gte', 0)), name='import_size_not_negative'),
                ),
                migrations.AddConstraint(
                    model_name='importrow',
                    constraint=models.CheckConstraint(condition=models.Q(('verdict__in', ['inserted', 'updated', 'unchanged', 'rejected'])), name='import_row_verdict_known'),
                ),
                migrations.AddConstraint(
                    model_name='matchpair',
                    constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'open')), models.Q(('decided_at__isnull', False), ('state__in', ('same', 'different'))), _connector='OR'), name='match_pair_decided'),
                ),
                migrations.AddConstraint(
                    model_name='matchpair',
                    constraint=models.CheckConstraint(condition=models.Q(('firm', models.F('candidate')), _negated=True), name='match_pair_of_two'),
                ),
                migrations.AddConstraint(
                    model_name='matchpair',
                    constraint=models.CheckConstraint(condition=models.Q(('probability_micro__range', (0, 1000000))), name='match_pair_probability'),
                ),
                migrations.AddConstraint(
                    model_name='objection',
                    constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'open')), models.Q(('decided_at__isnull', False), ('state__in', ('upheld', 'dismissed', 'withdrawn'))), _connector='OR'), name='objection_decided'),
                ),
                migrations.AddConstraint(
                    model_name='objection',
                    constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='objection_number_from_one'),
                ),
                migrations.AddConstraint(
                    model_name='observation',
                    constraint=models.CheckConstraint(condition=models.Q(('year__range', (1900, 2200))), name='observation_year_range'),
                ),
                migrations.AddConstraint(
                    model_name='parcel',
                    constraint=models.CheckConstraint(condition=models.Q(('area_micro__isnull', True), ('area_micro__gte', 0), _connector='OR'), name='parcel_area_not_negative'),
                ),
                migrations.AddConstraint(
                    model_name='place',
                    constraint=models.CheckConstraint(condition=models.Q(('level__in', ['province', 'city', 'county', 'zone', 'town'])), name='place_level_known'),
                ),
                migrations.AddConstraint(
                    model_name='place',
                    constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='place_days'),
                ),
                migrations.AddConstraint(
                    model_name='referencepoint',
                    constraint=models.CheckConstraint(condition=models.Q(('quantity__gte', 0)), name='reference_not_negative'),
                ),
                migrations.AddConstraint(
                    model_name='roadmap',
                    constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='roadmap_number_from_one'),
                ),
                migrations.AddConstraint(
                    model_name='roadmapline',
                    constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ('', 'pass', 'conditional', 'fail'))), name='roadmap_line_outcome_known'),
                ),
                migrations.AddConstraint(
                    model_name='roadmapline',
                    constraint=models.CheckConstraint(condition=models.Q(('start_on__isnull', True), ('done_on__isnull', True), ('done_on__gte', models.F('start_on')), _connector='OR'), name='roadmap_line_days'),
                ),
                migrations.AddConstraint(
                    model_name='roster',
                    constraint=models.CheckConstraint(condition=models.Q(('deadline__gte', models.F('start'))), name='roster_window'),
                ),
                migrations.AddConstraint(
                    model_name='roster',
                    constraint=models.CheckConstraint(condition=models.Q(('amended_at__isnull', True), ('amended_at__gte', models.F('created_at')), _connector='OR'), name='roster_amended_later'),
                ),
                migrations.AddConstraint(
                    model_name='rosterversion',
                    constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='roster_version_from_one'),
                ),
                migrations.AddConstraint(
                    model_name='scheme',
                    constraint=models.CheckConstraint(condition=models.Q(models.Q(('in_force_at__isnull', True), ('state', 'draft')), models.Q(('in_force_at__isnull', False), ('state__in', ('in_force', 'replaced'))), _connector='OR'), name='scheme_state_known'),
                ),
                migrations.AddConstraint(
                    model_name='scheme',
                    constraint=models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='scheme_version_from_one'),
                ),
                migrations.AddConstraint(
                    model_name='target',
                    constraint=models.CheckConstraint(condition=models.Q(('quantity__gte', 0), ('deadline__gte', models.F('start'))), name='target_ranges'),
                ),
                migrations.AddConstraint(
                    model_name='rosterterms',
                    constraint=models.CheckConstraint(condition=models.Q(('deadline__gte', models.F('start'))), name='roster_terms_window'),
                ),
            ],
        ),
        migrations.RunPython(check, migrations.RunPython.noop),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
