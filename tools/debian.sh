#!/bin/sh
# What the tests use beside Python: a PostgreSQL server, a browser, fonts, an office to open documents with.
# Root gets what is missing installed; anybody else is told, and the tests that need it skip with the reason.
set -eu
export PATH="$PATH:/usr/sbin:/sbin"

# A file that shows the thing is there (a shell pattern), and the Debian package that brings it.
missing=""
while read -r proof package; do
    # shellcheck disable=SC2086
    ls $proof >/dev/null 2>&1 || missing="$missing $package"
done <<'LIST'
/usr/lib/postgresql/*/bin/initdb postgresql
/usr/bin/chromium chromium
/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc fonts-noto-cjk
/usr/lib/libreoffice/program/libswlo.so libreoffice-writer-nogui
/usr/lib/libreoffice/program/libsclo.so libreoffice-calc-nogui
/usr/bin/pdftoppm poppler-utils
/usr/bin/java default-jre-headless
/usr/sbin/nginx nginx-light
LIST

[ -n "$missing" ] || exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "some tests will skip: to run them all, 'apt-get install$missing' as root, then make test again." >&2
    exit 0
fi
echo "installing for the tests:$missing"
apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends $missing >/dev/null
