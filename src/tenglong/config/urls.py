"""Which address answers what: pages from web, /api/ from api."""

urlpatterns: list = []
