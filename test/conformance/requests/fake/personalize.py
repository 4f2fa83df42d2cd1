"""Amazon Personalize: batch inference and batch segment jobs, whose operations differ in nothing but names."""

import time
from collections.abc import Callable

from .paging import page
from .refusal import Refusal
from .world import ACCOUNT, Job, World

LIMIT = 5
SPELLINGS = {
    "documented": {
        "queued": "PENDING",
        "running": "IN PROGRESS",
        "succeeded": "ACTIVE",
        "failed": "CREATE FAILED",
    },
    "recorded": {
        "queued": "CREATE PENDING",
        "running": "CREATE IN_PROGRESS",
        "succeeded": "ACTIVE",
        "failed": "CREATE FAILED",
    },
}

Operation = Callable[[World, dict[str, object]], dict[str, object]]


def _operations(kind: str, resource: str, word: str) -> dict[str, Operation]:
    """The operations of one kind of job; `word` is its name in the API, for example `BatchInferenceJob`."""
    member = word[0].lower() + word[1:]

    def arn_of(world: World, job_id: str) -> str:
        return f"arn:aws:personalize:{world.region}:{ACCOUNT}:{resource}/{job_id}"

    def create(world: World, given: dict[str, object]) -> dict[str, object]:
        name = str(given["jobName"])
        arn_parts = str(given["solutionVersionArn"]).split(":")
        if arn_parts[3:5] != [world.region, ACCOUNT] or "missing" in arn_parts[5]:
            raise Refusal("ResourceNotFoundException", f"{given['solutionVersionArn']} does not exist.")
        if (kind, name) in world.jobs:
            raise Refusal(
                "ResourceAlreadyExistsException", f"Another resource with Arn {arn_of(world, name)} already exists."
            )
        if sum(job.kind == kind and job.is_active() for job in world.jobs.values()) >= LIMIT:
            raise Refusal("LimitExceededException", f"More than {LIMIT} resources with PENDING or IN_PROGRESS status.")
        world.create(kind, name, {name: value for name, value in given.items() if name != "jobName"})
        return {f"{member}Arn": arn_of(world, name)}

    def describe(world: World, given: dict[str, object]) -> dict[str, object]:
        arn = str(given[f"{member}Arn"])
        job = world.find(kind, arn.rpartition("/")[2])
        if job is None or arn != arn_of(world, job.id):
            raise Refusal("ResourceNotFoundException", f"{arn} does not exist.")
        now = time.time()
        repeated = ("filterArn", "jobInput", "jobOutput", "roleArn", "batchInferenceJobMode", "batchInferenceJobConfig")
        details = {name: job.request[name] for name in repeated if name in job.request}
        return {member: {**summary(world, job, now), **details, "numResults": job.request.get("numResults", 25)}}

    def list_jobs(world: World, given: dict[str, object]) -> dict[str, object]:
        scope = given.get("solutionVersionArn")
        jobs = [job for job in world.listed(kind) if scope in (None, job.request["solutionVersionArn"])]
        query = {name: value for name, value in given.items() if name not in ("nextToken", "maxResults")}
        size = int(given.get("maxResults", 100))
        got = page(jobs, query, given.get("nextToken"), size, world.variation, "InvalidNextTokenException")
        now = time.time() - world.variation.stale_list_seconds
        answer: dict[str, object] = {f"{member}s": [summary(world, job, now) for job in got.jobs]}
        return answer if got.token is None else {**answer, "nextToken": got.token}

    def summary(world: World, job: Job, now: float) -> dict[str, object]:
        state = job.state(now)
        answer = {
            "jobName": job.id,
            f"{member}Arn": arn_of(world, job.id),
            "solutionVersionArn": job.request["solutionVersionArn"],
            "status": SPELLINGS[world.variation.spelling][state],
            "creationDateTime": round(job.created_at, 3),
            "lastUpdatedDateTime": round(min(now, job.ended_at), 3),
        }
        return {**answer, "failureReason": job.variation.message} if state == "failed" else answer

    return {f"Create{word}": create, f"Describe{word}": describe, f"List{word}s": list_jobs}


def describe_solution_version(_world: World, given: dict[str, object]) -> dict[str, object]:
    arn = str(given["solutionVersionArn"])
    if "missing" in arn:
        raise Refusal("ResourceNotFoundException", f"{arn} does not exist.")
    return {"solutionVersion": {"solutionVersionArn": arn, "status": "ACTIVE"}}


INFERENCE_KIND = "personalize/batch-inference"
SEGMENT_KIND = "personalize/batch-segment"
OPERATIONS = {
    "DescribeSolutionVersion": describe_solution_version,
    **_operations(INFERENCE_KIND, "batch-inference-job", "BatchInferenceJob"),
    **_operations(SEGMENT_KIND, "batch-segment-job", "BatchSegmentJob"),
}
