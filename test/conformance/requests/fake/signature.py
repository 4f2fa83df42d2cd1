"""Checks Signature Version 4 by computing it again, after AWS's description of the algorithm."""

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

ACCESS_KEY = "AKIANIGHTSCOREFAKE00"
SECRET_KEY = "a-secret-that-must-never-be-seen-in-a-log"

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<date>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request, "
    r"SignedHeaders=(?P<headers>[a-z0-9;-]+), Signature=(?P<signature>[0-9a-f]{64})"
)
LARGEST_SKEW = timedelta(minutes=5)
UNSIGNED = ("UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    # By lower-case name.
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Scope:
    region: str
    service: str


def scope_of(request: Request) -> Scope | None:
    found = AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    return Scope(found["region"], found["service"]) if found else None


def violations(request: Request) -> Iterator[str]:
    """What is wrong with the request's signature; nothing when AWS would take it."""
    given = request.headers.get("authorization")
    found = AUTHORIZATION.fullmatch(given or "")
    if found is None:
        yield "authorization: there is none" if given is None else "authorization: is not in the form of version 4"
        return
    if found["key"] != ACCESS_KEY:
        yield f"authorization: names the access key {found['key']}, which does not exist"
    signed = found["headers"].split(";")
    yield from _unsigned(request, signed)
    yield from _time(request, found["date"])
    if found["signature"] != _signature(request, found, signed):
        yield "authorization: the signature is not the one of this request"


def _unsigned(request: Request, signed: list[str]) -> Iterator[str]:
    must = {"host", *(name for name in request.headers if name.startswith("x-amz-"))}
    for name in sorted(must - set(signed)):
        yield f"authorization: the header {name} is not signed"
    if signed != sorted(signed):
        yield "authorization: the signed headers are not in order"


def _time(request: Request, date: str) -> Iterator[str]:
    text = request.headers.get("x-amz-date", "")
    try:
        time = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        yield f"x-amz-date: {text!r} is no time"
        return
    if not text.startswith(date):
        yield f"x-amz-date: {text} is not of the scope's day {date}"
    if abs(datetime.now(UTC) - time) > LARGEST_SKEW:
        yield f"x-amz-date: {text} is more than {LARGEST_SKEW} away"


def _signature(request: Request, scope: re.Match[str], signed: list[str]) -> str:
    path, _, query = request.target.partition("?")
    pairs = sorted(pair if "=" in pair else f"{pair}=" for pair in query.split("&") if pair)
    payload = request.headers.get("x-amz-content-sha256") or hashlib.sha256(request.body).hexdigest()
    if payload not in UNSIGNED:
        payload = hashlib.sha256(request.body).hexdigest()
    headers = "".join(f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in signed)
    canonical = "\n".join([request.method, path, "&".join(pairs), headers, ";".join(signed), payload])
    credential = f"{scope['date']}/{scope['region']}/{scope['service']}/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = "\n".join(["AWS4-HMAC-SHA256", request.headers.get("x-amz-date", ""), credential, digest])
    key = f"AWS4{SECRET_KEY}".encode()
    for part in credential.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
