"""Answers in other forms than the models say, as the services were seen or documented to send them."""

from collections.abc import Callable
from datetime import UTC, datetime

Value = object
TIME_MEMBERS = ("CreatedAt", "LastUpdatedAt", "StartedAt", "FinishedAt")
COUNT_MEMBERS = ("TotalRecordCount", "InvalidRecordCount", "ComputeTime", "numResults", "processedRecordsCount")
# What an answer can do without: AWS's models require hardly any member of an output.
OPTIONAL_MEMBERS = (
    *("MLModelId", "CreatedByIamUser", "InputDataLocationS3", "LastUpdatedAt", "Name", "StartedAt", "FinishedAt"),
    *("startTime", "completionTime", "lastHeartbeatTime", "arn", "detectorVersion", "iamRoleArn", "eventTypeName"),
    *("creationDateTime", "lastUpdatedDateTime", "roleArn", "numResults", "solutionVersionArn", "ComputeTime"),
)


def _each(change: Callable[[str, Value], Value]) -> Callable[[Value], Value]:
    """Applies a change to every member, at any depth; a member that becomes None is left out."""

    def apply(value: Value) -> Value:
        if isinstance(value, list):
            return [apply(entry) for entry in value]
        if not isinstance(value, dict):
            return value
        changed = {name: change(name, apply(member)) for name, member in value.items()}
        return {name: member for name, member in changed.items() if member is not None}

    return apply


def _extra(value: Value) -> Value:
    if isinstance(value, list):
        return [_extra(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    members = {name: _extra(member) for name, member in value.items()}
    return {"aNewMember": {"nested": [1, None, "ä"]}, **members, "anotherOne": None}


def _iso(seconds: Value) -> str:
    return datetime.fromtimestamp(float(str(seconds)), UTC).isoformat().replace("+00:00", "Z")


QUIRKS: dict[str, Callable[[Value], Value]] = {
    "iso-times": _each(lambda name, value: _iso(value) if name in TIME_MEMBERS else value),
    "numeric-string-times": _each(lambda name, value: str(value) if name in TIME_MEMBERS else value),
    "counts-as-strings": _each(lambda name, value: str(value) if name in COUNT_MEMBERS else value),
    "detector-version-recorded": _each(
        lambda name, value: str(value).removesuffix(".0") if name == "detectorVersion" else value
    ),
    "no-optional-members": _each(lambda name, value: None if name in OPTIONAL_MEMBERS else value),
    "extra-members": _extra,
    # A status that no document names, for as long as the job runs.
    "unknown-status": _each(
        lambda name, value: "REBALANCING" if name in ("Status", "status") and "PROGRESS" in str(value) else value
    ),
}
