import io
import zipfile

from tenglong.domain.reporting.writers.packages import repack


def archive(year: int, names: list[str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name in names:
            package.writestr(zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0)), f"content of {name}")
    return out.getvalue()


def test_dates_and_order_of_an_archive_do_not_show() -> None:
    one = repack(archive(2021, ["b", "a", "[Content_Types].xml"]), zipfile.ZIP_STORED)
    two = repack(archive(2026, ["[Content_Types].xml", "a", "b"]), zipfile.ZIP_STORED)
    assert one == two
    with zipfile.ZipFile(io.BytesIO(one)) as package:
        assert package.namelist() == ["[Content_Types].xml", "a", "b"]
        assert package.read("b") == b"content of b"
