"""Which address answers what: pages from web, /api/ from api."""

from django.urls import include, path

from tenglong.api import site

urlpatterns = [path("api/", include(site.urls)), path("", include("tenglong.web.urls"))]

handler404 = "tenglong.web.problems.not_there"
handler400 = "tenglong.config.problems.unreadable"
handler500 = "tenglong.config.problems.broken"
