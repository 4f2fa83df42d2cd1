import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from './bucket-operations.ts';
import { copyObject, uploadPartCopy } from './copy-operations.ts';
import { listObjects, listObjectsV2 } from './list-operations.ts';
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  listParts,
  uploadPart,
} from './multipart-operations.ts';
import { deleteObject, deleteObjects, getObject, headObject, putObject } from './object-operations.ts';
import { headerOf } from './s3-call.ts';
import type { S3Call, S3Operation } from './s3-call.ts';
import { S3Error } from './s3-error.ts';

type Resource = 'account' | 'bucket' | 'object';

interface Route {
  /** S3's name of the operation. */
  operation: string;
  method: string;
  resource: Resource;
  /** Query parameters that must be there. */
  query?: string[];
  /** A header that must be there. */
  header?: string;
  run: S3Operation;
}

/** Those that ask for more come before those that ask for less. */
const ROUTES: readonly Route[] = [
  { operation: 'ListBuckets', method: 'GET', resource: 'account', run: listBuckets },
  { operation: 'GetBucketLocation', method: 'GET', resource: 'bucket', query: ['location'], run: getBucketLocation },
  { operation: 'ListObjectsV2', method: 'GET', resource: 'bucket', query: ['list-type'], run: listObjectsV2 },
  { operation: 'ListObjects', method: 'GET', resource: 'bucket', run: listObjects },
  { operation: 'HeadBucket', method: 'HEAD', resource: 'bucket', run: headBucket },
  { operation: 'CreateBucket', method: 'PUT', resource: 'bucket', run: createBucket },
  { operation: 'DeleteBucket', method: 'DELETE', resource: 'bucket', run: deleteBucket },
  { operation: 'DeleteObjects', method: 'POST', resource: 'bucket', query: ['delete'], run: deleteObjects },
  { operation: 'ListParts', method: 'GET', resource: 'object', query: ['uploadId'], run: listParts },
  { operation: 'GetObject', method: 'GET', resource: 'object', run: getObject },
  { operation: 'HeadObject', method: 'HEAD', resource: 'object', run: headObject },
  {
    operation: 'UploadPartCopy',
    method: 'PUT',
    resource: 'object',
    query: ['partNumber', 'uploadId'],
    header: 'x-amz-copy-source',
    run: uploadPartCopy,
  },
  { operation: 'UploadPart', method: 'PUT', resource: 'object', query: ['partNumber', 'uploadId'], run: uploadPart },
  { operation: 'CopyObject', method: 'PUT', resource: 'object', header: 'x-amz-copy-source', run: copyObject },
  { operation: 'PutObject', method: 'PUT', resource: 'object', run: putObject },
  {
    operation: 'CreateMultipartUpload',
    method: 'POST',
    resource: 'object',
    query: ['uploads'],
    run: createMultipartUpload,
  },
  {
    operation: 'CompleteMultipartUpload',
    method: 'POST',
    resource: 'object',
    query: ['uploadId'],
    run: completeMultipartUpload,
  },
  {
    operation: 'AbortMultipartUpload',
    method: 'DELETE',
    resource: 'object',
    query: ['uploadId'],
    run: abortMultipartUpload,
  },
  { operation: 'DeleteObject', method: 'DELETE', resource: 'object', run: deleteObject },
];

/** Query parameters that make a request another operation, or another one's variant. */
const SUBRESOURCES = [
  'accelerate acl analytics attributes cors delete encryption intelligent-tiering inventory legal-hold',
  'lifecycle location logging metadataTable metrics notification object-lock ownershipControls',
  'partNumber policy policyStatus publicAccessBlock renameObject replication requestPayment restore',
  'retention select session tagging torrent uploadId uploads versionId versioning versions website',
].flatMap((names) => names.split(' '));

/** Headers that ask for something that the simulator cannot do, with the values that ask for nothing. */
const UNSUPPORTED_HEADERS: Readonly<Record<string, readonly string[]>> = {
  'x-amz-object-lock-legal-hold': ['OFF'],
  'x-amz-object-lock-mode': [],
  'x-amz-server-side-encryption-customer-algorithm': [],
  'x-amz-storage-class': ['STANDARD'],
  'x-amz-tagging': [''],
  'x-amz-website-redirect-location': [],
  'x-amz-write-offset-bytes': [],
};

/** The operation that a request asks for; fails with NotImplemented or MethodNotAllowed where there is none. */
export function routeOf(call: S3Call): Route {
  const resource = resourceOf(call);
  const method = call.request.method ?? '';
  const route = ROUTES.find(
    (candidate) => candidate.method === method && candidate.resource === resource && fits(candidate, call),
  );
  const unserved = SUBRESOURCES.filter((name) => call.query.has(name) && !route?.query?.includes(name));
  const header = Object.keys(UNSUPPORTED_HEADERS).find((name) => {
    const value = headerOf(call, name);
    return value !== undefined && !UNSUPPORTED_HEADERS[name]?.includes(value);
  });
  if (unserved.length > 0) throw notImplemented(`${method} of ${resource}s with ?${unserved.join('&')}`);
  if (header !== undefined) throw notImplemented(`the header ${header}: ${headerOf(call, header)}`);
  if (route === undefined)
    throw new S3Error('MethodNotAllowed', { Method: method, ResourceType: resource.toUpperCase() });
  return route;
}

function resourceOf({ bucket, key }: S3Call): Resource {
  if (bucket === '') return 'account';
  return key === '' ? 'bucket' : 'object';
}

function fits({ query = [], header }: Route, call: S3Call): boolean {
  return query.every((name) => call.query.has(name)) && (header === undefined || headerOf(call, header) !== undefined);
}

function notImplemented(what: string): S3Error {
  return new S3Error('NotImplemented', {}, `The simulator does not implement ${what}.`);
}
