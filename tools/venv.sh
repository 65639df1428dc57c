#!/bin/sh
# Makes .venv with the system's own Python, which must be 3.11 or newer. Debian keeps the venv module in a
# package of its own: root gets it installed, anybody else gets told.
set -eu
export PATH="$PATH:/usr/sbin:/sbin"

for candidate in ${PYTHON:-} /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "${python:-}" ]; then
    echo "tenglong needs Python 3.11 or newer and found none: apt-get install python3, or set PYTHON=/path/to/python3." >&2
    exit 1
fi

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" -ne 0 ]; then
        echo "$python has no venv module: run 'apt-get install python3-venv' as root, then make again." >&2
        exit 1
    fi
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends python3-venv >/dev/null
fi

echo "making .venv with $("$python" --version)"
"$python" -m venv .venv
