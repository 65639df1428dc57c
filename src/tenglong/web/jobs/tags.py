"""Jobs in the reader's language: what a kind does, its lane, and the page of what it is about."""

from django import template
from django.template import Context
from django.urls import reverse

from tenglong.domain.jobs.lanes import lanes
from tenglong.queries.jobs.overview import JobView
from tenglong.web.templatetags.links import to
from tenglong.web.templatetags.tenglong import label

register = template.Library()


@register.filter
def job_label(kind: str) -> str:
    """What a kind of job does."""
    known = lanes().kinds.get(kind)
    return label(known) if known else kind


@register.filter
def lane_label(id: str) -> str:
    """The name of a lane."""
    known = lanes().lanes.get(id)
    return label(known) if known else id


@register.simple_tag(takes_context=True)
def job_address(context: Context, job: JobView) -> str:
    """The page of what a job is about; "" where there is none."""
    about = job.about
    return to(context, reverse(f"{about.topic}.one", args=[about.id])) if about and about.id else ""
