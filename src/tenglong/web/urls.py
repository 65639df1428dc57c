"""The addresses of the pages: each topic lists its own."""

from tenglong.web.access.views import people, provider, second_step, sign_in
from tenglong.web.campaign.views import (
    assigning,
    cases,
    duplicates,
    entries,
    figures,
    founding,
    matches,
    pieces,
    proofs,
    rosters,
)
from tenglong.web.evaluation.views import firm, objections, prices, results, runs, schemes, screening
from tenglong.web.intake.views import imports
from tenglong.web.jobs.views import overview
from tenglong.web.kernel.views import calendar
from tenglong.web.ledger.views import verification
from tenglong.web.registry.views import firms, organisation, places, setting_up
from tenglong.web.reporting.views import bulletins, home, search, standing
from tenglong.web.roadmap.views import adopting, comparing, course, files, lines, planning, promises, signing
from tenglong.web.roadmap.views import overview as roadmaps
from tenglong.web.rules.views import listing as rules
from tenglong.web.uplift.views import certificates

TOPICS = (
    *(
        sign_in,
        home,
        search,
        figures,
        founding,
        rosters,
        cases,
        assigning,
        firms,
        entries,
        proofs,
        pieces,
        imports,
        matches,
        duplicates,
    ),
    *(runs, schemes, screening, results, firm),
    *(objections, prices),
    *(roadmaps, planning, lines, comparing, adopting, promises),
    *(course, files, signing),
    certificates,
    *(
        bulletins,
        standing,
        people,
        second_step,
        provider,
        organisation,
        places,
        setting_up,
        calendar,
        rules,
        verification,
        overview,
    ),
)

urlpatterns = [pattern for topic in TOPICS for pattern in topic.urls]
