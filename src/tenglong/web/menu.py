"""The menu at the side: what there is, in the order of the work, for those who may open it."""

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tenglong.domain.access.roles import Permission
from tenglong.web.links import NOTHING, Kept


@dataclass(frozen=True)
class Item:
    """An entry of the menu; it is lit while an address of it, or of one of its `topics`, is open."""

    url: str
    title: str | Promise
    icon: str
    permission: Permission
    topics: tuple[str, ...] = ()


MENU = (
    Item("home", _("首页"), "layout-dashboard", Permission.VIEW),
    Item("figures", _("指标"), "chart-bar", Permission.VIEW),
    Item("rosters", _("名单"), "list-check", Permission.VIEW),
    Item("cases", _("案件"), "building-factory-2", Permission.VIEW, ("firms", "entries", "signing")),
    Item("imports", _("导入中心"), "file-import", Permission.VIEW),
    Item("matches", _("企业比对"), "arrows-diff", Permission.MATCH, ("duplicates",)),
    Item("evaluations", _("评价"), "star", Permission.VIEW),
    Item("roadmaps", _("整治路线图"), "route", Permission.VIEW),
    Item("certificates", _("提升证书"), "certificate", Permission.VIEW),
    Item("bulletins", _("通报"), "file-text", Permission.VIEW),
    Item("people", _("用户与权限"), "users", Permission.MANAGE),
    Item("organisation", _("组织机构"), "users-group", Permission.VIEW),
    Item("places", _("单位与目标"), "sitemap", Permission.VIEW),
    Item("calendar", _("工作日历"), "calendar", Permission.VIEW),
    Item("rules", _("本市规则"), "adjustments", Permission.VIEW),
    Item("ledger", _("台账查验"), "shield-check", Permission.VERIFY),
)


def surroundings(request: HttpRequest) -> dict[str, object]:
    """Context processor: the surroundings and the menu (empty before sign-in); whether the data are invented."""
    here = getattr(request, "here", None)
    if here is None:
        return {"here": None, "keeping": NOTHING, "menu": "", "demo": settings.DEMO}
    opened = request.resolver_match.url_name.partition(".")[0] if request.resolver_match else ""
    items = tuple(item for item in MENU if here.may(item.permission))
    menu = _written(items, opened, get_language(), here.kept.without_list)
    return {"here": here, "keeping": here.kept, "menu": menu, "demo": settings.DEMO}


@lru_cache(maxsize=1000)
def _written(items: tuple[Item, ...], opened: str, language: str, kept: Kept) -> SafeString:
    """The items in a language; there are few kinds of menus, and every page has one."""
    lit = [(item, opened in (item.url, *item.topics)) for item in items]
    return render_to_string("layout/menu.html", {"items": lit, "keeping": kept})
