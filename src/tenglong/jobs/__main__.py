"""`python -m tenglong.jobs LANE`: a worker of one lane, as `tenglong serve` and `tenglong worker` start them.

It loads nothing that the first job does not need, so that the pages come up first and an idle worker is small.
"""

import sys

import django

if __name__ == "__main__":
    django.setup()
    from tenglong.domain.jobs.lanes import lanes
    from tenglong.jobs.worker import run_lane

    run_lane(lanes().lanes[sys.argv[1]])
