"""The wall chart of a roadmap (挂图作战)."""

from tenglong.domain.reporting.roadmap.chart.pages import chart_pages

__all__ = ["chart_pages"]
