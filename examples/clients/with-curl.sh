#!/usr/bin/env bash
# Starts the night of a day by the HTTP API, and waits for it. To start again is safe: it gives the same run.
#   with-curl.sh 2026-11-20
set -euo pipefail
api="${NIGHTSCORE_API:-http://127.0.0.1:8080}"
headers=(--header "Authorization: Bearer ${NIGHTSCORE_TOKEN:-}" --header 'Content-Type: application/json')

curl --silent --show-error --fail-with-body "${headers[@]}" --data "{ \"period\": \"$1\" }" \
  "$api/v1/pipelines/card-payments/runs"
echo

# 202 says that it goes on: ask again.
status=202
while [ "$status" = 202 ]; do
  status=$(curl --silent --show-error "${headers[@]}" --output /tmp/nightscore-report.$$ --write-out '%{http_code}' \
    "$api/v1/runs/card-payments/$1?wait=30s")
done
cat /tmp/nightscore-report.$$
rm /tmp/nightscore-report.$$
[ "$status" = 200 ]
