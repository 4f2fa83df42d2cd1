"""Amazon Personalize."""

import json

from aws import ACCOUNT, BUCKET, REGION, ROLE, Aws
from checks import Checks
from waiting import follows, statuses_until

NAME = "personalize"
SIMULATED_AS = "personalize"
REFUSAL = "InvalidInputException"


def arn(resource: str) -> str:
    return f"arn:aws:personalize:{REGION}:{ACCOUNT}:{resource}"


KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/example"
PAGE = {"nextToken": "token", "maxResults": 7}
SEGMENT = {
    "jobName": "example",
    "solutionVersionArn": arn("solution/nothing/v1"),
    "filterArn": arn("filter/nothing"),
    "numResults": 5,
    "jobInput": {"s3DataSource": {"path": f"s3://{BUCKET}/nothing.jsonl", "kmsKeyArn": KEY}},
    "jobOutput": {"s3DataDestination": {"path": f"s3://{BUCKET}/conformance/", "kmsKeyArn": KEY}},
    "roleArn": ROLE,
    "tags": [{"tagKey": "owner", "tagValue": "night"}],
}

# Inputs with every member; what they name does not exist, so that no variation of them can start anything.
EXAMPLES = {
    "CreateBatchInferenceJob": {
        **SEGMENT,
        "batchInferenceJobConfig": {
            "itemExplorationConfig": {"explorationWeight": "0.3"},
            "rankingInfluence": {"POPULARITY": 0.5},
        },
        "batchInferenceJobMode": "THEME_GENERATION",
        "themeGenerationConfig": {"fieldsForThemeGeneration": {"itemName": "TITLE"}},
    },
    "CreateBatchSegmentJob": SEGMENT,
    "DescribeBatchInferenceJob": {"batchInferenceJobArn": arn("batch-inference-job/example")},
    "DescribeBatchSegmentJob": {"batchSegmentJobArn": arn("batch-segment-job/example")},
    "ListBatchInferenceJobs": {"solutionVersionArn": arn("solution/nothing/v1"), **PAGE},
    "ListBatchSegmentJobs": {"solutionVersionArn": arn("solution/nothing/v1"), **PAGE},
    "DescribeSolutionVersion": {"solutionVersionArn": arn("solution/nothing/v1")},
    "ListSolutionVersions": {"solutionArn": arn("solution/nothing"), **PAGE},
}

ENDED = {"ACTIVE", "CREATE FAILED"}
WAY = ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"]
FILMS = arn("solution/films-for-you/a7f3c2d9")
FANS = arn("solution/film-fans/b41e6f08")
FOLDER = f"s3://{BUCKET}/film-recommendations/input"
NOT_FOUND = "ResourceNotFoundException"


def request(name: str, solution_version: str, file: str, **more) -> dict:
    common = {
        "jobName": name,
        "solutionVersionArn": solution_version,
        "jobInput": {"s3DataSource": {"path": f"{FOLDER}/{file}"}},
        "jobOutput": {"s3DataDestination": {"path": f"s3://{BUCKET}/conformance/{name}/"}},
        "roleArn": ROLE,
        "numResults": 3,
    }
    return {**common, **more}


def run(checks: Checks, aws: Aws) -> None:
    client = aws.client(NAME)
    check_inference(checks, aws, client)
    check_segments(checks, aws, client)
    check_refusals(checks, client)
    check_quota(checks, aws, client)
    check_lists(checks, client)
    check_catalog(checks, client)


def check_inference(checks: Checks, aws: Aws, client) -> None:
    config = {"itemExplorationConfig": {"explorationWeight": "0.3"}, "rankingInfluence": {"FRESHNESS": 0.5}}
    asked = request("films", FILMS, "viewers.jsonl", batchInferenceJobConfig=config)
    created = client.create_batch_inference_job(**asked)["batchInferenceJobArn"]
    checks.equal("the ARN follows from the name", created, arn("batch-inference-job/films"))

    seen = statuses_until(ENDED, inference_status, client, created)
    checks.true("a job goes its way", follows(seen, WAY), seen)
    described = client.describe_batch_inference_job(batchInferenceJobArn=created)["batchInferenceJob"]
    checks.equal("a job is described as it was created", {name: described.get(name) for name in asked}, asked)
    for line in check_result_lines(checks, aws, "films", "viewers.jsonl"):
        output = line["output"]
        items, scores = output["recommendedItems"], output["scores"]
        in_order = scores == sorted(scores, reverse=True) and len(set(items)) == len(items) == len(scores) == 3
        checks.true("recommended items are distinct, and their scores fall", in_order, line)
    failing = client.create_batch_inference_job(**request("nothing", FILMS, "nothing.jsonl"))["batchInferenceJobArn"]
    statuses_until(ENDED, inference_status, client, failing)
    failed = client.describe_batch_inference_job(batchInferenceJobArn=failing)["batchInferenceJob"]
    checks.equal("missing input fails the job", failed["failureReason"], "Invalid S3 input path")


def inference_status(client, arn_of_job: str) -> str:
    return client.describe_batch_inference_job(batchInferenceJobArn=arn_of_job)["batchInferenceJob"]["status"]


def segment_status(client, arn_of_job: str) -> str:
    return client.describe_batch_segment_job(batchSegmentJobArn=arn_of_job)["batchSegmentJob"]["status"]


def check_segments(checks: Checks, aws: Aws, client) -> None:
    created = client.create_batch_segment_job(**request("fans", FANS, "films.jsonl"))["batchSegmentJobArn"]
    seen = statuses_until(ENDED, segment_status, client, created)
    checks.true("a segment job goes its way", follows(seen, WAY), seen)
    for line in check_result_lines(checks, aws, "fans", "films.jsonl"):
        checks.equal("a segment has as many users as were asked for", len(set(line["output"]["usersList"])), 3)


def check_result_lines(checks: Checks, aws: Aws, name: str, file: str) -> list[dict]:
    """Returns the lines without an error."""
    results = [json.loads(line) for line in lines_of(aws, f"s3://{BUCKET}/conformance/{name}/{file}.out")]
    inputs = lines_of(aws, f"{FOLDER}/{file}")
    checks.equal(f"{name}: there is a result line for each input line", len(results), len(inputs))
    good = [line for line in results if line["error"] is None]
    parsed = [value for value in map(parse, inputs) if value is not None]
    checks.true(f"{name}: good lines repeat their input", all(line["input"] in parsed for line in good))
    bad = [line for line in results if line["error"] is not None]
    checks.true(f"{name}: bad lines have an error and no output", bad and all(line["output"] is None for line in bad))
    checks.equal(f"{name}: the marker is there", aws.object_bytes(f"s3://{BUCKET}/conformance/{name}/_CHECK"), b"")
    return good


def lines_of(aws: Aws, uri: str) -> list[str]:
    return aws.object_bytes(uri).decode().removesuffix("\n").split("\n")


def parse(line: str) -> dict | None:
    try:
        return json.loads(line)
    except ValueError:
        return None


def check_refusals(checks: Checks, client) -> None:
    def create(**more) -> None:
        client.create_batch_inference_job(**request("refused", FILMS, "viewers.jsonl", **more))

    wrong = {
        "a name in use": (dict(jobName="films"), "ResourceAlreadyExistsException"),
        "an unknown solution version": (dict(solutionVersionArn=arn("solution/films-for-you/v9")), NOT_FOUND),
        "an unknown filter": (dict(filterArn=arn("filter/nothing")), NOT_FOUND),
        "a recipe for segments": (dict(solutionVersionArn=FANS), REFUSAL),
        "no results at all": (dict(numResults=0), REFUSAL),
        "51 tags": (dict(tags=[{"tagKey": f"k{n}", "tagValue": ""} for n in range(51)]), "TooManyTagsException"),
    }
    for what, (more, error) in wrong.items():
        checks.refused(f"{what} is refused", error, create, **more)


def check_quota(checks: Checks, aws: Aws, client) -> None:
    aws.change_settings({"personalize": {"timing": {"queuedSeconds": 1_000_000}}})
    for index in range(5):
        client.create_batch_inference_job(**request(f"many-{index}", FILMS, "viewers.jsonl"))
    sixth = request("many-5", FILMS, "viewers.jsonl")
    checks.refused(
        "a sixth unfinished job is refused", "LimitExceededException", client.create_batch_inference_job, **sixth
    )


def check_lists(checks: Checks, client) -> None:
    pages = client.get_paginator("list_batch_inference_jobs").paginate(PaginationConfig={"PageSize": 3})
    names = [job["jobName"] for page in pages for job in page["batchInferenceJobs"]]
    checks.equal("pages hold every job once", names, ["films", "nothing", *(f"many-{index}" for index in range(5))])
    segments = client.list_batch_segment_jobs(solutionVersionArn=FANS)["batchSegmentJobs"]
    checks.equal("a list is of one solution version", [job["jobName"] for job in segments], ["fans"])
    checks.equal("and of no other", client.list_batch_segment_jobs(solutionVersionArn=FILMS)["batchSegmentJobs"], [])
    checks.refused(
        "a token of nowhere is refused",
        "InvalidNextTokenException",
        client.list_batch_inference_jobs,
        nextToken="token",
    )


def check_catalog(checks: Checks, client) -> None:
    version = client.describe_solution_version(solutionVersionArn=FILMS)["solutionVersion"]
    checks.equal("a solution version is described", version["status"], "ACTIVE")
    versions = client.list_solution_versions(solutionArn=arn("solution/film-fans"))["solutionVersions"]
    checks.equal("versions of a solution are listed", [entry["solutionVersionArn"] for entry in versions], [FANS])
    checks.refused(
        "an unknown solution version is not found",
        NOT_FOUND,
        client.describe_solution_version,
        solutionVersionArn=arn("solution/nothing/v1"),
    )
    checks.refused(
        "an unknown job is not found",
        NOT_FOUND,
        client.describe_batch_segment_job,
        batchSegmentJobArn=arn("batch-segment-job/nothing"),
    )
