"""The addresses of the pages: each topic lists its own."""

from tenglong.web.views import home, people, sign_in

TOPICS = (sign_in, home, people)

urlpatterns = [pattern for topic in TOPICS for pattern in topic.urls]
