"""Compares what Nightscore says of a run with what is true in its world."""

import re
from collections.abc import Iterator

from fake.machine_learning import SECRET_LOG_URI
from fake.objects import Objects
from fake.signature import SECRET_KEY
from fake.world import Job, World
from processes import Ended
from scenario import Scenario

EXIT_CODES = {"succeeded": 0, "failed": 1, "cancelled": 3}
# States of a job at its service in which each outcome is true.
TRUE_IN = {
    "succeeded": {"succeeded"},
    "failed": {"failed"},
    "stopped": {"stopped", "deleted"},
    "left-running": {"queued", "running", "stopping"},
    "lost": {"gone"},
}
SECRETS = (SECRET_KEY, SECRET_LOG_URI.partition("X-Amz-Signature=")[2])
# Of a long reason, so much must be told.
LEAST_REASON = 900
Report = dict[str, dict[str, dict[str, object]]]


def lies(scenario: Scenario, world: World, report: Report, ended: Ended, objects: Objects) -> Iterator[str]:
    """Every statement of the report or of the exit code that is not so, and what should have happened and did not."""
    outcome = report.get("outcome")
    if outcome != scenario.outcome:
        yield f"the run ended {outcome}, must end {scenario.outcome}"
    if ended.code != EXIT_CODES.get(str(outcome)):
        yield f"the exit code is {ended.code}, but the outcome is {outcome}"
    yield from _outcomes(scenario, report)
    for step_id, step in report["steps"].items():
        if "job" in step:
            yield from _of_job(scenario, world, step_id, step)
        elif step["outcome"] not in ("succeeded", "failed", "skipped", "cancelled", "rejected"):
            yield f"{step_id}: ended {step['outcome']}, but no job is named"
    yield from _orphans(world, report)
    yield from _creates(scenario, world)
    yield from _copies(scenario, report, objects)


def _outcomes(scenario: Scenario, report: Report) -> Iterator[str]:
    steps = report["steps"]
    if scenario.any_order:
        found = tuple(sorted(str(step.get("outcome")) for step in steps.values()))
        if found != tuple(sorted(scenario.any_order)):
            yield f"the steps ended {found}, must end {sorted(scenario.any_order)}"
        return
    for step_id in scenario.steps:
        step = steps.get(step_id, {})
        must = scenario.step_outcomes.get(step_id, "succeeded")
        if step.get("outcome") != must:
            yield f"{step_id}: ended {step.get('outcome')}, must end {must}; it says {step.get('error')!r}"
        elif must not in ("succeeded", "skipped", "cancelled") and not step.get("error"):
            yield f"{step_id}: ended {must} without a word why"
        text = scenario.says.get(step_id)
        if text is not None and text not in str(step.get("error")):
            yield f"{step_id}: its error does not say {text!r}: {step.get('error')!r}"


def _of_job(scenario: Scenario, world: World, step_id: str, step: dict[str, object]) -> Iterator[str]:
    told = dict(step["job"])
    job = world.jobs.get((str(told["service"]), str(told["id"])))
    if job is None:
        yield f"{step_id}: names the job {told['id']}, which never existed"
        return
    state = job.state()
    if state not in TRUE_IN.get(str(step["outcome"]), {state}):
        yield f"{step_id}: ended {step['outcome']}, but its job is {state}"
    if told["adopted"] and not scenario.may_adopt:
        yield f"{step_id}: says that the job existed before"
    asked = scenario.steps[step_id]["with"]
    if job.request != asked:
        yield f"{step_id}: asked for {asked}, but {job.request} was requested"
    if step["outcome"] == "succeeded":
        yield from _numbers(step_id, job, told)
    if step["outcome"] == "failed" and job.variation.message[:LEAST_REASON] not in str(told.get("message")):
        yield f"{step_id}: does not repeat the service's reason"


def _numbers(step_id: str, job: Job, told: dict[str, object]) -> Iterator[str]:
    records = dict(told.get("records", {}))
    if not job.kind.startswith("personalize") and records.get("total") != job.variation.records:
        yield f"{step_id}: tells of {records.get('total')} records, there were {job.variation.records}"
    if "invalid" in records and records["invalid"] != job.variation.invalid:
        yield f"{step_id}: tells of {records['invalid']} invalid records, there were {job.variation.invalid}"
    for member in ("startedAt", "endedAt", "submittedAt", "noticedAt"):
        text = told.get(member)
        if text is not None and not re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", str(text)):
            yield f"{step_id}: {member} is {text!r}"


def _orphans(world: World, report: Report) -> Iterator[str]:
    """Jobs that run, or ran, and of which the report does not tell."""
    jobs = [job for step in report["steps"].values() for job in [step.get("job"), *step.get("earlierJobs", [])] if job]
    named = {(str(job["service"]), str(job["id"])) for job in jobs}
    for key, job in world.jobs.items():
        if key not in named:
            yield f"there is a job {job.id} ({job.state()}) of which the report says nothing"


def _creates(scenario: Scenario, world: World) -> Iterator[str]:
    kinds = {kind for kind, _ in world.jobs}
    for (operation, job_id), calls in world.creates.items():
        exists = any((kind, job_id) in world.jobs for kind in kinds)
        if exists and calls > 1 and not scenario.may_create_again:
            yield f"{operation} was called {calls} times for {job_id}"


def _copies(scenario: Scenario, report: Report, objects: Objects) -> Iterator[str]:
    for step_id, step in scenario.steps.items():
        if step["uses"] != "s3/copy" or report["steps"].get(step_id, {}).get("outcome") != "succeeded":
            continue
        request = dict(step["with"])
        source, copied = objects.listing(str(request["from"])), objects.listing(str(request["to"]))
        if source != copied or not source:
            yield f"{step_id}: copied {sorted(copied)}, must have copied {sorted(source)}"


def secrets_in(text: str) -> list[str]:
    return [f"a secret is shown: {secret}" for secret in SECRETS if secret in text]
