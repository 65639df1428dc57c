"""Drawings as PDF: lines and letters stay lines and letters, in print as sharp as in any size on the screen.

The only door to reportlab. Chinese letters come from Noto Sans SC (SIL Open Font License), which the set-up step lays
beside this module; a file holds only the letters it uses.
"""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.reporting.documents import Align, printable
from tenglong.domain.reporting.drawings import Box, Drawing, Hatch, Item, Line, Text

FOLDER = Path(__file__).parent / "fonts"
REGULAR, BOLD = "regular", "bold"
UNKNOWN = "〓"  # printers' sign for a letter that the font lacks
ELLIPSIS = "…"
NARROWEST = 0.72  # letters squeezed further cannot be read from a distance
PITCH = 1.6 * mm
HATCH_RULE = 0.22 * mm


def write_pdf(drawings: Sequence[Drawing], *, title: str, created: datetime, folder: Path = FOLDER) -> bytes:
    """The drawings as the pages of one PDF; equal input gives equal bytes.

    `created` (with time zone) is the only clock the file knows.

    Raises:
        NotFound: the letters have not been fetched.
    """
    _load(folder)
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1, pageCompression=1, initialFontName=REGULAR)
    canvas.setTitle(printable(title))
    canvas.setAuthor("tenglong")
    moment = created.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")
    canvas.setDateFormatter(lambda *_: moment)
    for drawing in drawings:
        canvas.setPageSize((drawing.width * mm, drawing.height * mm))
        canvas.translate(0, drawing.height * mm)
        for item in drawing.items:
            _draw(canvas, item)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@cache
def _load(folder: Path) -> None:
    """Make both faces known to reportlab."""
    for name in (REGULAR, BOLD):
        path = folder / f"{name}.ttf"
        if not path.is_file():
            problem = "缺少排印挂图用的汉字字体“{name}”，请在程序目录运行 make setup 后再生成。"
            raise NotFound(msg(problem, name=path.name))
        pdfmetrics.registerFont(TTFont(name, str(path)))


def _draw(canvas: Canvas, item: Item) -> None:
    match item:
        case Text():
            _text(canvas, item)
        case Line():
            _line(canvas, item)
        case Box():
            _box(canvas, item)


def _line(canvas: Canvas, line: Line) -> None:
    canvas.saveState()
    canvas.setStrokeColor(HexColor(line.color))
    canvas.setLineWidth(line.width * mm)
    if line.dash:
        canvas.setDash(line.dash * mm, line.dash * mm)
    canvas.line(line.x * mm, -line.y * mm, line.to_x * mm, -line.to_y * mm)
    canvas.restoreState()


def _box(canvas: Canvas, box: Box) -> None:
    x, y, width, height = box.x * mm, -(box.y + box.height) * mm, box.width * mm, box.height * mm
    canvas.saveState()
    if box.fill or box.hatch is Hatch.SOLID:
        canvas.setFillColor(HexColor(box.color if box.hatch is Hatch.SOLID else box.fill))
        canvas.rect(x, y, width, height, stroke=0, fill=1)
    canvas.setStrokeColor(HexColor(box.color))
    strokes = _strokes(box.hatch, width, height)
    if strokes:
        canvas.saveState()
        clip = canvas.beginPath()
        clip.rect(x, y, width, height)
        canvas.clipPath(clip, stroke=0, fill=0)
        canvas.setLineWidth(HATCH_RULE)
        if box.hatch is Hatch.DOTTED:
            canvas.setLineWidth(3 * HATCH_RULE)
            canvas.setLineCap(1)
            canvas.setDash(0.001, PITCH)
        canvas.lines([(x + a, y + b, x + c, y + d) for a, b, c, d in strokes])
        canvas.restoreState()
    if box.border:
        canvas.setLineWidth(box.border * mm)
        canvas.rect(x, y, width, height, stroke=1, fill=0)
    canvas.restoreState()


def _strokes(hatch: Hatch, width: float, height: float) -> list[tuple[float, float, float, float]]:
    """The lines that fill a box whose lower left corner is 0, 0; slanting ones reach over its sides."""
    rows = [PITCH * (n + 0.5) for n in range(int(height / PITCH) + 1)]
    columns = [PITCH * (n + 0.5) for n in range(int(width / PITCH) + 1)]
    slants = [PITCH * 1.4 * n for n in range(-int(height / PITCH) - 1, int(width / PITCH) + 1)]
    level = [(0.0, y, width, y) for y in rows]
    upright = [(x, 0.0, x, height) for x in columns]
    rising = [(x, 0.0, x + height, height) for x in slants]
    falling = [(x, height, x + height, 0.0) for x in slants]
    return {
        Hatch.LEVEL: level,
        Hatch.DOTTED: level,
        Hatch.UPRIGHT: upright,
        Hatch.GRID: level + upright,
        Hatch.RISING: rising,
        Hatch.FALLING: falling,
        Hatch.CROSSED: rising + falling,
    }.get(hatch, [])


def _text(canvas: Canvas, text: Text) -> None:
    face = BOLD if text.bold else REGULAR
    letters = _known(printable(text.text), face)
    squeeze = 1.0
    wide = pdfmetrics.stringWidth(letters, face, text.size)
    room = text.width * mm
    if text.width and wide > room:
        squeeze = max(NARROWEST, room / wide)
        letters = _cut(letters, face, text.size, room / squeeze)
        wide = pdfmetrics.stringWidth(letters, face, text.size)
    back = {Align.LEFT: 0.0, Align.CENTER: wide * squeeze / 2, Align.RIGHT: wide * squeeze}[text.align]
    written = canvas.beginText(text.x * mm - back, -text.y * mm)
    written.setFont(face, text.size)
    written.setFillColor(HexColor(text.color))
    written.setHorizScale(100 * squeeze)
    written.textOut(letters)
    canvas.drawText(written)


def _known(letters: str, face: str) -> str:
    glyphs = pdfmetrics.getFont(face).face.charToGlyph
    return "".join(char if ord(char) in glyphs else UNKNOWN for char in letters)


def _cut(letters: str, face: str, size: float, room: float) -> str:
    """As many letters as fit with an ellipsis; all when they fit."""
    if pdfmetrics.stringWidth(letters, face, size) <= room + 0.01:
        return letters
    while letters and pdfmetrics.stringWidth(letters + ELLIPSIS, face, size) > room:
        letters = letters[:-1]
    return letters + ELLIPSIS
