#!/usr/bin/env bash
# Runs Nightscore against a strict fake of the AWS services that is made from AWS's own service models, and proves that every request is
# valid and every run ends truthfully, also when the services answer in other forms, late, wrongly or not at all.
# Names of scenarios as arguments run those only.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)

environment="${TMPDIR:-/tmp}/nightscore-requests-venv-$(id -u)-$(cksum < "$here/requirements.txt" | cut -d' ' -f1)"
if [ ! -d "$environment" ]; then
  # Made beside its place and moved there, so that a half-made one is never used.
  made=$(mktemp -d "$environment.XXXXXX")
  python3 -m venv "$made"
  "$made/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check -r "$here/requirements.txt"
  mv -T "$made" "$environment" 2> /dev/null || rm -rf "$made"
fi

[ -f "$root/lib/workflow-bundle.js" ] || (cd "$root" && npm run build)

cd "$here"
exec "$environment/bin/python" -B main.py "$@"
