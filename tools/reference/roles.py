"""docs/reference/roles.md: who may do what, from roles.toml."""

from tenglong.domain.access.roles import Permission, permission_labels, roles
from tenglong.domain.kernel.rulefiles import load_rules
from tools.reference import markdown
from tools.reference.markdown import code

HEAD = """\
# Roles

Drawn from `src/tenglong/domain/access/roles.toml` by `make docs`; do not edit. Source: {source}.

A person holds a role in a territory, and it reaches everything that lies under that territory on the day.
Somebody without a role sees nothing and may do nothing; what is not allowed looks as if it were not there.
Which permission an entry asks for stands in [ledger.md](ledger.md). Nobody may record an approval of what
they recorded themselves.
"""


def page() -> str:
    """Permissions down, roles across."""
    known = list(roles().values())
    header = ["permission", "中文", *(f"{role.zh} {code(role.id)}" for role in known)]
    rows = [
        [
            code(permission.value),
            permission_labels()[permission],
            *("✓" if permission in r.grants else "" for r in known),
        ]
        for permission in Permission
    ]
    source = load_rules("tenglong.domain.access", "roles.toml").source
    return markdown.page(HEAD.format(source=source), markdown.table(header, rows))
