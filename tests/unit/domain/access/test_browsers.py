"""What a browser is called."""

import pytest

from tenglong.domain.access.browsers import described


@pytest.mark.parametrize(
    ("agent", "names"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/120 Safari/537.36 Edg/120",
            ["Edge 浏览器", "Windows 系统"],
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17 like Mac OS X) Version/17 Safari/604",
            ["Safari 浏览器", "苹果手机"],
        ),
        ("Mozilla/5.0 (Linux; Android 12) Chrome/110 MicroMessenger/8.0", ["微信", "安卓"]),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko Firefox/120", ["Firefox 浏览器", "Linux 系统"]),
        ("curl/8", ["未知浏览器"]),
        ("", ["未知浏览器"]),
    ],
)
def test_browser_and_system_are_named(agent: str, names: list[str]) -> None:
    assert [one.zh for one in described(agent)] == names
