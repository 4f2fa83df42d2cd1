"""AWS's own service models, as botocore carries them, and what a request must be by them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

from .shape_check import violations
from .signature import Request

JSON_SERVICES = ("machinelearning", "frauddetector", "personalize")
CONTENT_TYPE = "application/x-amz-json-1.1"

_load = Loader().load_service_model
_BY_NAME = {name: ServiceModel(_load(name, "service-2"), name) for name in JSON_SERVICES}
_BY_PREFIX = {model.metadata["targetPrefix"]: model for model in _BY_NAME.values()}
_S3 = ServiceModel(_load("s3", "service-2"), "s3")


def operation_of(service: str, name: str) -> OperationModel:
    return _BY_NAME[service].operation_model(name)


def json_operation(target: str) -> OperationModel | None:
    """The operation that an X-Amz-Target names."""
    prefix, _, name = target.partition(".")
    model = _BY_PREFIX.get(prefix)
    return model.operation_model(name) if model and name in model.operation_names else None


@dataclass(frozen=True)
class ParsedInput:
    value: dict[str, object]
    violations: list[str]


def parse_json(operation: OperationModel, request: Request) -> ParsedInput:
    """The input of a JSON 1.1 request, with all that is wrong with it."""
    wrong = list(_envelope(request))
    repeated: list[str] = []

    def object_of(pairs: list[tuple[str, object]]) -> dict[str, object]:
        names = [name for name, _ in pairs]
        repeated.extend(f"{name}: is there twice" for name in set(names) if names.count(name) > 1)
        return dict(pairs)

    try:
        value = json.loads(request.body, object_pairs_hook=object_of)
    except ValueError as error:
        return ParsedInput({}, [*wrong, f"body: is not JSON: {error}"])
    faults = list(violations(operation.input_shape, value, operation.name))
    return ParsedInput(value if isinstance(value, dict) else {}, [*wrong, *repeated, *faults])


def _envelope(request: Request) -> Iterator[str]:
    if (request.method, request.target) != ("POST", "/"):
        yield f"request line: must be POST /, is {request.method} {request.target}"
    if request.headers.get("content-type") != CONTENT_TYPE:
        yield f"content-type: must be {CONTENT_TYPE}, is {request.headers.get('content-type')}"
    if request.headers.get("content-length") != str(len(request.body)):
        yield f"content-length: must be {len(request.body)}, is {request.headers.get('content-length')}"


@dataclass(frozen=True)
class S3Call:
    operation: str
    violations: list[str]


def parse_s3(request: Request) -> S3Call:
    """Which S3 operation a path-style request is, and what of its parameters and headers the model does not allow."""
    parts = urlsplit(request.target)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    name = query.get("x-id") or _s3_operation(request, query, unquote(parts.path).strip("/"))
    if name not in _S3.operation_names:
        return S3Call(name, [f"S3 has no operation {name}: {request.method} {request.target}"])
    operation = _S3.operation_model(name)
    wrong = list(_s3_violations(operation, request, query))
    if operation.http["method"] != request.method:
        wrong.append(f"{name}: must be {operation.http['method']}, is {request.method}")
    return S3Call(name, wrong)


def _s3_operation(request: Request, query: dict[str, str], path: str) -> str:
    """For requests that do not carry `x-id`: those whose query or emptiness already tells."""
    if "list-type" in query:
        return "ListObjectsV2"
    if "uploads" in query:
        return "CreateMultipartUpload"
    if "uploadId" in query:
        return "CompleteMultipartUpload" if request.method == "POST" else "AbortMultipartUpload"
    if request.method == "HEAD":
        return "HeadObject" if "/" in path else "HeadBucket"
    return f"{request.method} {request.target}"


def _s3_violations(operation: OperationModel, request: Request, query: dict[str, str]) -> Iterator[str]:
    by_place = {
        place: {
            shape.serialization["name"].lower(): shape
            for shape in operation.input_shape.members.values()
            if shape.serialization.get("location") == place
        }
        for place in ("querystring", "header")
    }
    fixed = dict(parse_qsl(urlsplit(operation.http["requestUri"]).query, keep_blank_values=True))
    for name, text in query.items():
        shape = by_place["querystring"].get(name.lower())
        if name == "x-id" or name in fixed:
            continue
        if shape is None:
            yield f"{operation.name}: the model knows no parameter {name}"
        else:
            yield from violations(shape, _typed(shape.type_name, text), f"{operation.name}?{name}")
    signing = ("x-amz-date", "x-amz-content-sha256", "x-amz-security-token", "x-amz-user-agent")
    for name, text in request.headers.items():
        shape = by_place["header"].get(name)
        if shape is not None and shape.type_name != "timestamp":
            yield from violations(shape, _typed(shape.type_name, text), f"{operation.name}: {name}")
        elif shape is None and name.startswith("x-amz-") and name not in signing:
            yield f"{operation.name}: the model knows no header {name}"
    for name in operation.input_shape.required_members:
        serialization = operation.input_shape.members[name].serialization
        place, wire = serialization.get("location"), serialization.get("name", "").lower()
        if place == "header" and wire not in request.headers:
            yield f"{operation.name}: the header {wire} is required and missing"


def _typed(type_name: str, text: str) -> object:
    if type_name in ("integer", "long"):
        return int(text) if text.lstrip("-").isdigit() else text
    if type_name == "boolean":
        return {"true": True, "false": False}.get(text, text)
    return text
