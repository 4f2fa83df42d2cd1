#!/usr/bin/env bash
# Runs each example of a client against a local Temporal server, the simulator, a worker and the API.
set -euo pipefail
cd "$(dirname "$0")/../../.."
[ -f lib/workflow-bundle.js ] || npm run build
python="$(bash test/support/python-environment.sh examples/clients/requirements.txt)/bin/python"
node test/api/with-api.js bash test/examples/clients/each.sh "$python"
