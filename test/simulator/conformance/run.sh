#!/usr/bin/env bash
# Holds the simulator to AWS's own models and clients: makes a Python environment in a temporary folder, starts the
# simulator, calls everything, ends it, and prints `N checks passed`. Needs Python 3 and a built command.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
"$work/venv/bin/python" -B "$here/main.py"
