import {
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { parseS3Uri, type S3Location } from '../pipeline/s3-uri.ts';
import { callAws, ServiceError, unreadable } from './errors.ts';
import { errorFinding, ifFound, warningFinding, type Finding, type Precondition } from './precondition.ts';

/** The S3 client waits minutes for its copies; a start need not wait so long for a look. In milliseconds. */
const LOOK_TIMEOUT_MS = 30_000;

/** A place in S3 that a job needs. */
export interface S3Place {
  s3: S3Client;
  region: string;
  /** An S3 URI. */
  uri: string;
  /** Where a person can change it: `inputPath`. */
  member: string;
}

/** The object exists and holds something. */
export function objectIsThere(place: S3Place): Precondition {
  const { s3, uri, member } = place;
  return preconditionOf(`the object ${uri}`, place, async ({ bucket, key }) => {
    if (key === '') return errorFinding(`${uri} is a bucket. Name an object in ${member}.`);
    const command = new HeadObjectCommand({ Bucket: bucket, Key: key });
    const head = await ifFound(callAws('HeadObject', () => s3.send(command, timeout())));
    if (head === undefined)
      return errorFinding(`There is no object ${uri}. Put one there or name another in ${member}.`);
    if (head.ContentLength !== 0) return undefined;
    return errorFinding(`The object ${uri} is empty. Put records into it or name another in ${member}.`);
  });
}

/**
 * Some object whose key begins with the URI's holds something. A warning when the URI, not being a folder's, means more
 * objects than the one that it names: the service would read, and charge for, all of them.
 */
export function prefixHasObjects(place: S3Place): Precondition {
  const { s3, uri, member } = place;
  return preconditionOf(`the objects under ${uri}`, place, async ({ bucket, key }) => {
    let token: string | undefined;
    do {
      const page = await ifFound(list(s3, bucket, key, token));
      if (page === undefined) return errorFinding(`There is no bucket ${bucket}. Name one that exists in ${member}.`);
      // Consoles leave empty objects as marks of folders.
      const keys = (page.Contents ?? []).filter(({ Size }) => Size !== 0).map((object) => object.Key ?? '');
      if (keys.length > 0) return overMatch(place, { bucket, key }, keys, page.IsTruncated === true);
      token = page.NextContinuationToken || undefined;
    } while (token !== undefined);
    return errorFinding(`There is no object under ${uri} that holds something. Put one there or change ${member}.`);
  });
}

function overMatch(
  { uri, member }: S3Place,
  { bucket, key }: S3Location,
  keys: string[],
  isTruncated: boolean,
): Finding | undefined {
  const others = keys.filter((found) => found !== key);
  if (key === '' || key.endsWith('/') || others.length === 0) return undefined;
  // One page is enough to be told; there may be millions.
  const count = `${isTruncated ? 'at least ' : ''}${others.length} ${others.length === 1 ? 'object' : 'objects'}`;
  return warningFinding(
    `${uri} is taken for the beginning of keys, and matches ${count} besides the one of that name, such as ` +
      `s3://${bucket}/${others[0]}. All are read. Name in ${member} a folder with a slash at its end, or the full key of one object that no other key begins with.`,
  );
}

/** The bucket exists, and the worker may see it. */
export function bucketIsReachable(place: S3Place): Precondition {
  const bucketName = parseS3Uri(place.uri)?.bucket ?? place.uri;
  return preconditionOf(`the bucket ${bucketName}`, place, async ({ bucket }) => {
    const command = new HeadBucketCommand({ Bucket: bucket });
    const head = await ifFound(callAws('HeadBucket', () => place.s3.send(command, timeout())));
    if (head !== undefined) return undefined;
    return errorFinding(`There is no bucket ${bucket}. Make it or name one that exists in ${place.member}.`);
  });
}

function preconditionOf(
  subject: string,
  { region, uri, member }: S3Place,
  look: (location: S3Location) => Promise<Finding | undefined>,
): Precondition {
  return {
    subject,
    async check() {
      const location = parseS3Uri(uri);
      if (location === undefined) throw unreadable('S3', `${uri} is not an S3 URI`);
      try {
        return await look(location);
      } catch (error) {
        if (!(error instanceof ServiceError && error.status === MOVED)) throw error;
        return warningFinding(
          `The bucket ${location.bucket} is not in ${region}, where the job runs. Name one in that region in ${member} if the job fails.`,
        );
      }
    },
  };
}

/** What S3 answers for a bucket of another region: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html */
const MOVED = 301;

function list(
  s3: S3Client,
  bucket: string,
  prefix: string,
  token: string | undefined,
): Promise<ListObjectsV2CommandOutput> {
  const command = new ListObjectsV2Command({
    Bucket: bucket,
    Prefix: prefix,
    ...(token !== undefined && { ContinuationToken: token }),
  });
  return callAws('ListObjectsV2', () => s3.send(command, timeout()));
}

function timeout(): { abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(LOOK_TIMEOUT_MS) };
}
