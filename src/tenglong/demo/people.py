"""The people of the demonstration: all invented, one password for all, shown on the sign-in page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """An account; without `code` and `role` it sees nothing."""

    username: str
    display_name: str
    code: str = ""
    role: str = ""


CITY, JIASHAN, XITANG, ECONOMY = "demo-city", "demo-jiashan", "demo-xitang", "demo-economy"
CITY_SECOND, JIASHAN_SECOND = "demo-city-2", "demo-jiashan-2"
"""Who accepts what the first of the office hands in, and checks what they record."""
CITY_THIRD = "demo-city-3"
"""Who decides the next level of what the second one checked."""
PEOPLE = (
    Person(CITY, "市整治办演示员", "330400", "city_office"),
    Person(CITY_SECOND, "市整治办复核演示员", "330400", "city_office"),
    Person(CITY_THIRD, "市整治办审核演示员", "330400", "city_office"),
    Person(JIASHAN, "嘉善县整治办演示员", "330421", "county_office"),
    Person(JIASHAN_SECOND, "嘉善县整治办复核演示员", "330421", "county_office"),
    Person(XITANG, "西塘镇专班演示员", "330421103", "town_team"),
    Person("demo-puyuan", "桐乡市濮院镇专班演示员", "330483101", "town_team"),
    Person(ECONOMY, "市经信局演示员", "330400", "department"),
    Person("demo-leader", "市领导演示账号", "330400", "leader"),
    Person("demo-nobody", "没有单位的演示员"),
)
