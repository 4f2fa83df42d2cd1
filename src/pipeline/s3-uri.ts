export interface S3Location {
  bucket: string;
  /** A key, or the beginning of keys; may be empty. */
  key: string;
}

/** Bucket names as S3 documents them, less the rare forms that it reserves. */
const S3_URI = /^s3:\/\/(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(?<key>.*))?$/su;

/** The bucket and key of `s3://bucket/key`; undefined for any other text. */
export function parseS3Uri(uri: string): S3Location | undefined {
  const { bucket, key = '' } = S3_URI.exec(uri)?.groups ?? {};
  return bucket === undefined ? undefined : { bucket, key };
}

export function s3Uri({ bucket, key }: S3Location): string {
  return `s3://${bucket}/${key}`;
}
