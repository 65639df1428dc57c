"""The addresses of the pages: each topic lists its own."""

from tenglong.web.views import bulletins, figures, home, jobs, ledger, people, places, rosters, sign_in

TOPICS = (sign_in, home, figures, rosters, bulletins, people, places, ledger, jobs)

urlpatterns = [pattern for topic in TOPICS for pattern in topic.urls]
