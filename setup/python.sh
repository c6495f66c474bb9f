#!/bin/sh
# Runs Python, 3.11 or newer, with the given arguments; installs Debian's first where there is none and root asks.
set -eu

find_python() {
    for name in python3 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    return 1
}

install="apt-get install --no-install-recommends -y python3-venv"
if ! python=$(find_python) && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "… Installing Python: $install"
    mkdir -p var/log
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update && $install; } >>var/log/setup.log 2>&1 || tail -n 15 var/log/setup.log >&2
fi
if ! python=$(find_python); then
    echo "Python 3.11 or newer is needed. On Debian 12 or Ubuntu 24.04 an administrator must run:" >&2
    echo "    $install" >&2
    exit 1
fi
exec "$python" "$@"
