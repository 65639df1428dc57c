"""The process of an import at work, and how its row is locked."""

from tenglong.actions.steps import Course
from tenglong.domain.intake.process import import_process
from tenglong.queries.intake.imports import import_for, import_matter
from tenglong.store.models import Import


def locked(batch: Import) -> Import:
    """The import as it stands, locked: whoever decides on it does so alone."""
    return Import.objects.select_for_update(of=("self",)).select_related("roster").get(pk=batch.pk)


IMPORT: Course[Import] = Course(
    import_process(),
    see=lambda batch, actor: import_for(batch.pk, actor),
    hold=locked,
    matter=import_matter,
    named=lambda batch: f"import:{batch.pk}",
)
