"""What a list means."""

from datetime import date

from tenglong.domain.campaign.calibres import Calibre
from tenglong.domain.kernel.periods import Window


def test_a_calibre_says_who_issued_the_list_and_for_which_days() -> None:
    days = date(2021, 9, 1), date(2021, 12, 31)
    calibre = Calibre("hcle-2021", "整治名单", "市整治办", "高耗低效企业", *days)
    assert str(calibre) == "整治名单（市整治办，2021-09-01至2021-12-31）"
    assert calibre.window == Window(*days)
