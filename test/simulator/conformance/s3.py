"""The basics of Amazon S3, as boto3 uses them."""

import hashlib
import io
import urllib.request

from boto3.s3.transfer import TransferConfig

from aws import Aws
from checks import Checks

BUCKET = "conformance"
ODD_KEY = "odd/ä +%2F?#&=漢🦊 'x'.txt"
MEGABYTE = 1024 * 1024


def run(checks: Checks, aws: Aws) -> None:
    client = aws.client("s3")
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    names = [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]
    checks.true("buckets are listed", BUCKET in names and "nightscore-examples" in names, names)
    check_objects(checks, client)
    check_lists(checks, client)
    check_large_objects(checks, client)
    check_refusals(checks, client)


def check_objects(checks: Checks, client) -> None:
    body = b"0123456789"
    put = client.put_object(
        Bucket=BUCKET, Key=ODD_KEY, Body=body, ContentType="text/plain", Metadata={"owner": "night"}
    )
    checks.equal("the ETag is the MD5", put["ETag"], f'"{hashlib.md5(body).hexdigest()}"')
    got = client.get_object(Bucket=BUCKET, Key=ODD_KEY)
    checks.equal("an object comes back", (got["Body"].read(), got["Metadata"]), (body, {"owner": "night"}))
    part = client.get_object(Bucket=BUCKET, Key=ODD_KEY, Range="bytes=2-4")
    checks.equal("a range comes back", (part["Body"].read(), part["ContentRange"]), (b"234", "bytes 2-4/10"))
    head = client.head_object(Bucket=BUCKET, Key=ODD_KEY)
    checks.equal("a head has length and type", (head["ContentLength"], head["ContentType"]), (10, "text/plain"))
    copied = client.copy_object(Bucket=BUCKET, Key="copy.txt", CopySource={"Bucket": BUCKET, "Key": ODD_KEY})
    checks.equal("a copy has the same ETag", copied["CopyObjectResult"]["ETag"], put["ETag"])
    url = client.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": ODD_KEY}, ExpiresIn=60)
    with urllib.request.urlopen(url) as answer:
        checks.equal("a pre-signed URL works", answer.read(), body)
    client.delete_object(Bucket=BUCKET, Key="copy.txt")
    checks.refused("a deleted object is gone", "NoSuchKey", client.get_object, Bucket=BUCKET, Key="copy.txt")


def check_lists(checks: Checks, client) -> None:
    keys = [f"list/{folder}/{index}.txt" for folder in ("a", "b") for index in range(3)]
    for key in keys:
        client.put_object(Bucket=BUCKET, Key=key, Body=b"x")
    pages = client.get_paginator("list_objects_v2").paginate(
        Bucket=BUCKET, Prefix="list/", PaginationConfig={"PageSize": 4}
    )
    listed = [entry["Key"] for page in pages for entry in page["Contents"]]
    checks.equal("pages hold every key once", listed, keys)
    folders = client.list_objects_v2(Bucket=BUCKET, Prefix="list/", Delimiter="/")["CommonPrefixes"]
    checks.equal("a delimiter makes folders", [one["Prefix"] for one in folders], ["list/a/", "list/b/"])
    odd = client.list_objects_v2(Bucket=BUCKET, Prefix="odd/")["Contents"]
    checks.equal("an odd key is listed as it is", [entry["Key"] for entry in odd], [ODD_KEY])
    deleted = client.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": key} for key in keys]})
    checks.equal("many objects are deleted at once", len(deleted["Deleted"]), len(keys))
    checks.equal("and are gone", client.list_objects_v2(Bucket=BUCKET, Prefix="list/")["KeyCount"], 0)


def check_large_objects(checks: Checks, client) -> None:
    body = bytes(range(256)) * 4 * 1024 * 12
    config = TransferConfig(multipart_threshold=5 * MEGABYTE, multipart_chunksize=5 * MEGABYTE)
    client.upload_fileobj(io.BytesIO(body), BUCKET, "large.bin", Config=config)
    head = client.head_object(Bucket=BUCKET, Key="large.bin")
    checks.true("a large object has the ETag of its parts", head["ETag"].endswith('-3"'), head["ETag"])
    target = io.BytesIO()
    client.download_fileobj(BUCKET, "large.bin", target, Config=config)
    checks.true("a large object comes back", target.getvalue() == body)
    upload = client.create_multipart_upload(Bucket=BUCKET, Key="given-up.bin")["UploadId"]
    client.abort_multipart_upload(Bucket=BUCKET, Key="given-up.bin", UploadId=upload)
    checks.refused(
        "an upload that was given up is gone",
        "NoSuchUpload",
        client.upload_part,
        Bucket=BUCKET,
        Key="given-up.bin",
        UploadId=upload,
        PartNumber=1,
        Body=b"x",
    )


def check_refusals(checks: Checks, client) -> None:
    checks.refused("an unknown key is refused", "NoSuchKey", client.get_object, Bucket=BUCKET, Key="nothing")
    checks.refused("its head is not found", "404", client.head_object, Bucket=BUCKET, Key="nothing")
    checks.refused("an unknown bucket is refused", "NoSuchBucket", client.list_objects_v2, Bucket="nothing-here")
    checks.refused(
        "a range outside is refused",
        "InvalidRange",
        client.get_object,
        Bucket=BUCKET,
        Key=ODD_KEY,
        Range="bytes=99-",
    )
    checks.refused(
        "an object that is there already is not written over when that was forbidden",
        "PreconditionFailed",
        client.put_object,
        Bucket=BUCKET,
        Key=ODD_KEY,
        Body=b"x",
        IfNoneMatch="*",
    )
    checks.refused("a bucket with objects is not deleted", "BucketNotEmpty", client.delete_bucket, Bucket=BUCKET)
