"""The addresses of the pages: each topic lists its own."""

from tenglong.web.views import (
    bulletins,
    calendar,
    cases,
    entries,
    evaluations,
    evaluations_firm,
    evaluations_objections,
    evaluations_prices,
    evaluations_results,
    evaluations_schemes,
    evaluations_screening,
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
    roadmaps,
    roadmaps_adopting,
    roadmaps_comparing,
    roadmaps_course,
    roadmaps_files,
    roadmaps_lines,
    roadmaps_planning,
    rosters,
    sign_in,
)

TOPICS = (
    *(sign_in, home, figures, founding, rosters, cases, firms, entries, imports, matches),
    *(evaluations, evaluations_schemes, evaluations_screening, evaluations_results, evaluations_firm),
    *(evaluations_objections, evaluations_prices),
    *(roadmaps, roadmaps_planning, roadmaps_lines, roadmaps_comparing, roadmaps_adopting),
    *(roadmaps_course, roadmaps_files),
    *(bulletins, people, places, calendar, ledger, jobs),
)

urlpatterns = [pattern for topic in TOPICS for pattern in topic.urls]
