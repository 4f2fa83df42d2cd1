#!/usr/bin/env bash
# Starts the night of a day with Temporal's own command, and waits for it. Needs `temporal`; TEMPORAL_COMMAND names another.
#   with-temporal.sh 2026-11-22
set -euo pipefail
temporal="${TEMPORAL_COMMAND:-temporal}"
run="card-payments/$1"

# A run that exists already, running or ended, is left as it is, and its result is shown.
"$temporal" workflow start --type runPipeline --task-queue "${NIGHTSCORE_TASK_QUEUE:-nightscore}" --workflow-id "$run" \
  --id-reuse-policy RejectDuplicate \
  --input "{ \"pipeline\": \"card-payments\", \"key\": \"$1\", \"trigger\": \"temporal command\" }"

# Exits with an error when the run failed or was cancelled.
"$temporal" workflow result --workflow-id "$run"
