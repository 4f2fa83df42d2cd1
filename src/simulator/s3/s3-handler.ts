import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { MultipartUploads } from './multipart-uploads.ts';
import type { ObjectStore } from './object-store.ts';
import { routeOf } from './routes.ts';
import { newRequestId, toCall } from './s3-call.ts';
import type { S3Answer } from './s3-call.ts';
import { S3Error } from './s3-error.ts';
import { toXml } from './s3-xml.ts';

/** What came of a request, for the simulator's ledger. */
export interface S3Handled {
  /** S3's name of the operation, or the method where there is no such operation. */
  operation: string;
  bucket?: string;
  key?: string;
  /** S3's code of the error that was answered. */
  error?: string;
  /** What went wrong in the simulator itself. */
  cause?: unknown;
}

/** Answers requests for the S3 API from a store. The signature has been checked by the caller. */
export function createS3Handler(
  store: ObjectStore,
): (request: IncomingMessage, response: ServerResponse) => Promise<S3Handled> {
  const uploads = new MultipartUploads(store);
  return async (request, response) => {
    const handled: S3Handled = { operation: request.method ?? '' };
    const requestId = newRequestId();
    response.setHeader('server', 'AmazonS3');
    response.setHeader('x-amz-request-id', requestId);
    response.setHeader('x-amz-id-2', Buffer.from(requestId).toString('base64'));
    try {
      const call = toCall(store, uploads, request);
      if (call.bucket !== '') handled.bucket = call.bucket;
      if (call.key !== '') handled.key = call.key;
      const route = routeOf(call);
      handled.operation = route.operation;
      await send(response, await route.run(call));
    } catch (error) {
      const refusal = toS3Error(error, request);
      handled.error = refusal.code;
      if (refusal.code === 'InternalError') handled.cause = error;
      await refuse(request, response, refusal, requestId);
    }
    return handled;
  };
}

async function send(response: ServerResponse, { status = 200, headers = {}, body, close }: S3Answer): Promise<void> {
  try {
    response.writeHead(status, typeof body === 'string' ? { ...headers, 'content-type': 'application/xml' } : headers);
    if (body === undefined || typeof body === 'string') response.end(body);
    else await pipeline(body(), response);
  } catch (error) {
    // Whether the client still listens is the client's business: it asked, and was being answered.
    if (!response.destroyed) throw error;
  } finally {
    await close?.();
  }
}

function toS3Error(error: unknown, request: IncomingMessage): S3Error {
  if (error instanceof S3Error) return error;
  return new S3Error(request.destroyed && !request.complete ? 'IncompleteBody' : 'InternalError');
}

async function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  error: S3Error,
  requestId: string,
): Promise<void> {
  // What the client still sends must be taken, or it never reads the answer.
  request.resume();
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const hostId = Buffer.from(requestId).toString('base64');
  const content = { Code: error.code, Message: error.message, ...error.details, RequestId: requestId, HostId: hostId };
  const isHead = request.method === 'HEAD';
  response.writeHead(error.status, isHead ? {} : { 'content-type': 'application/xml' });
  response.end(isHead ? undefined : toXml('Error', content, ''));
}
