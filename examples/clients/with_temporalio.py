"""Starts the night of a day with Temporal's SDK for Python, and waits for it. To start again is safe: it waits for the same run.

    python with_temporalio.py 2026-11-21
"""

import asyncio
import os
import sys

from temporalio.client import Client, WorkflowFailureError
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError


async def main(day: str) -> int:
    client = await Client.connect(os.environ.get("TEMPORAL_ADDRESS", "127.0.0.1:7233"))
    run = f"card-payments/{day}"
    try:
        await client.start_workflow(
            "runPipeline",
            {"pipeline": "card-payments", "key": day, "trigger": "python"},
            id=run,
            task_queue=os.environ.get("NIGHTSCORE_TASK_QUEUE", "nightscore"),
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        )
    except WorkflowAlreadyStartedError:
        print(f"{run} exists already")

    handle = client.get_workflow_handle(run)
    try:
        await handle.result()
    except WorkflowFailureError as failure:
        print(f"{run} did not succeed: {failure.cause}")
    # However it ended, the memo has the report, the same that `nightscore get --json` prints.
    report = (await (await handle.describe()).memo())["report"]
    for step, told in report["steps"].items():
        print(f"{run} {step}: {told['outcome']}")
    return 0 if report["outcome"] == "succeeded" else 1


if __name__ == "__main__":
    code = asyncio.run(main(sys.argv[1]))
    # Not sys.exit: while Python winds itself up, a thread of the SDK may still want it, and then the whole process is aborted although
    # all went well (temporalio/sdk-python#300).
    sys.stdout.flush()
    os._exit(code)
