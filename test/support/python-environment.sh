#!/usr/bin/env bash
# Prints the folder of a Python environment with the packages of a requirements file; it is made at the first time.
#   python-environment.sh REQUIREMENTS
set -euo pipefail
environment="${TMPDIR:-/tmp}/nightscore-venv-$(id -u)-$(cksum < "$1" | cut -d' ' -f1)"
if [ ! -d "$environment" ]; then
  # Made beside its place and moved there, so that a half-made one is never used.
  made=$(mktemp -d "$environment.XXXXXX")
  python3 -m venv "$made" >&2
  "$made/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check --requirement "$1" >&2
  mv -T "$made" "$environment" 2> /dev/null || rm -rf "$made"
fi
printf '%s\n' "$environment"
