"""The addresses of the pages: each topic lists its own."""

from tenglong.web.views import (
    bulletins,
    cases,
    entries,
    figures,
    firms,
    founding,
    home,
    imports,
    jobs,
    ledger,
    matches,
    people,
    places,
    rosters,
    sign_in,
)

TOPICS = (
    *(sign_in, home, figures, founding, rosters, cases, firms, entries, imports, matches),
    *(bulletins, people, places, ledger, jobs),
)

urlpatterns = [pattern for topic in TOPICS for pattern in topic.urls]
