#!/usr/bin/env bash
# Fuzzes the API from its own OpenAPI document: no answer may be a 5xx, and each has to be one that the document tells of.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -f lib/workflow-bundle.js ] || npm run build
python="$(bash test/support/python-environment.sh test/api/requirements.txt)/bin/python"

# Left out are the checks that take everything which a schema allows for right: that a day exists, or that a period and a key are not both
# given, no schema can say.
# shellcheck disable=SC2016 # with-api.js sets the variables.
node test/api/with-api.js bash -c '
  # It keeps what it found in the folder that it runs in.
  folder=$(mktemp -d)
  trap "rm -rf $folder" EXIT
  cd "$folder"
  "$0" -m schemathesis.cli run "$NIGHTSCORE_API/openapi.json" --header "Authorization: Bearer $NIGHTSCORE_TOKEN" \
    --checks all --exclude-checks positive_data_acceptance,object_level_authorization \
    --max-examples 40 --continue-on-failure --request-timeout 70 --max-response-time 65 --suppress-health-check all --no-color
' "$python"
