import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { addressOf } from './address.ts';
import { isBucketName } from './bucket-name.ts';
import { S3Error } from './s3-error.ts';
import type { S3Address } from './address.ts';
import type { MultipartUploads } from './multipart-uploads.ts';
import type { ObjectStore } from './object-store.ts';

/** One request, and what an operation needs to answer it. */
export interface S3Call extends S3Address {
  store: ObjectStore;
  uploads: MultipartUploads;
  request: IncomingMessage;
}

export interface S3Answer {
  /** HTTP status; 200 when absent. */
  status?: number;
  headers?: Record<string, string>;
  /** XML, or the bytes of an object, which are read only if they are to be sent. */
  body?: string | (() => Readable);
  /** To be called when the body is sent, or cannot be. */
  close?: () => Promise<void>;
}

export type S3Operation = (call: S3Call) => Promise<S3Answer>;

export function toCall(store: ObjectStore, uploads: MultipartUploads, request: IncomingMessage): S3Call {
  const address = addressOf(request.headers.host ?? '', request.url ?? '/');
  if (address.bucket !== '' && !isBucketName(address.bucket)) {
    throw new S3Error('InvalidBucketName', { BucketName: address.bucket });
  }
  return { store, uploads, request, ...address };
}

/** A header of the request, by its lower-case name. */
export function headerOf(call: { request: IncomingMessage }, name: string): string | undefined {
  const value = call.request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

/** The region of the request's signature: a simulated bucket is in every region. */
export function regionOf(call: S3Call): string {
  const credential = headerOf(call, 'authorization') ?? call.query.get('X-Amz-Credential') ?? '';
  return /[^/=\s]+\/\d{8}\/([^/]+)\/s3\/aws4_request/.exec(credential)?.[1] ?? 'us-east-1';
}

/** In the form of S3's own. */
export function newRequestId(): string {
  return randomBytes(8).toString('hex').toUpperCase();
}
