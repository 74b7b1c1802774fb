#!/bin/sh
# Runs its arguments with the first Python on this machine that is new enough and can make a venv;
# without one it says what to install. PYTHON=/path/to/python chooses another.

enough='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'

for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
    if "$python" -c "$enough" 2>/dev/null; then
        exec "$python" "$@"
    fi
done

echo "Syllabot needs Python 3.11 or newer with venv: install it (Debian and Ubuntu: apt install python3 python3-venv," \
    "macOS: brew install python), or name yours with PYTHON=/path/to/python." >&2
exit 1
