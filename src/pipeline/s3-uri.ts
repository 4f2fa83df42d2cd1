export interface S3Location {
  bucket: string;
  /** A key, or the beginning of keys; may be empty. */
  key: string;
}

/** Bucket names as S3 documents them; buckets made in us-east-1 before 2018 may also have capitals and underscores and be longer. */
const S3_URI = /^s3:\/\/(?<bucket>[A-Za-z0-9][A-Za-z0-9._-]{1,254})(?:\/(?<key>.*))?$/su;

/** The bucket and key of `s3://bucket/key`; undefined for any other text. */
export function parseS3Uri(uri: string): S3Location | undefined {
  const { bucket, key = '' } = S3_URI.exec(uri)?.groups ?? {};
  return bucket === undefined ? undefined : { bucket, key };
}

/** Whether a text that calls itself an S3 URI is one; others are not judged. */
export function isPossibleS3Uri(uri: string): boolean {
  return !uri.startsWith('s3://') || parseS3Uri(uri) !== undefined;
}
