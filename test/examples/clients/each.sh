#!/usr/bin/env bash
# Each example as people run it, beside what with-api.js has started. Prints `N examples passed`.
#   each.sh PYTHON
set -euo pipefail
passed=0

# An example must exit with 0 and say this.
says() {
  local text="$1" said
  shift
  said="$("$@" 2>&1)" || { echo "FAILED: $*"; echo "$said"; exit 1; }
  grep --quiet --fixed-strings -- "$text" <<< "$said" || { echo "FAILED: $* does not say: $text"; echo "$said"; exit 1; }
  passed=$((passed + 1))
  echo "passed: $*"
}

says '"outcome":"succeeded"' bash examples/clients/with-curl.sh 2026-11-20
says '"started":false' bash examples/clients/with-curl.sh 2026-11-20

says 'publish: succeeded' "$1" examples/clients/with_temporalio.py 2026-11-21
says 'exists already' "$1" examples/clients/with_temporalio.py 2026-11-21

says 'succeeded' bash examples/clients/with-temporal.sh 2026-11-22
says 'succeeded' bash examples/clients/with-temporal.sh 2026-11-22
says 'Total: 1' "$TEMPORAL_COMMAND" workflow count --query "WorkflowId = 'card-payments/2026-11-22'"

PORT=$(node -e 'const s = require("node:net").createServer().listen(0, () => { console.log(s.address().port); s.close(); })')
export PORT
node --import tsx examples/clients/upload-service.ts > /dev/null 2>&1 &
service=$!
trap 'kill "$service"' EXIT
curl --silent --retry 30 --retry-delay 1 --retry-connrefused --output /dev/null "http://127.0.0.1:$PORT/"
says 'Say for which day' curl --silent --request POST "http://127.0.0.1:$PORT/uploads/2026-11-33"
says 'Say for which day' curl --silent --request POST "http://127.0.0.1:$PORT/uploads/2026-02-30"
says 'Say for which day' curl --silent --request POST "http://127.0.0.1:$PORT/uploads/"
says '"started":true' curl --silent --request POST "http://127.0.0.1:$PORT/uploads/2026-11-23"
says '"started":false' curl --silent --request POST "http://127.0.0.1:$PORT/uploads/2026-11-23"
node bin/nightscore.js watch card-payments/2026-11-23 > /dev/null
says '"outcome":"succeeded"' curl --silent "http://127.0.0.1:$PORT/uploads/2026-11-23"

echo "$passed examples passed"
