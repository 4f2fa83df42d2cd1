/** An object, or all objects whose keys begin so. */
export interface S3Location {
  bucket: string;
  /** Without a leading slash; may be empty. */
  key: string;
}

/** Splits `s3://bucket/key`; undefined for anything else. */
export function parseS3Uri(uri: string): S3Location | undefined {
  const [, bucket, key = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(uri) ?? [];
  return bucket === undefined ? undefined : { bucket, key };
}

export function toS3Uri({ bucket, key }: S3Location): string {
  return `s3://${bucket}/${key}`;
}

/** The location of a file in a folder that is written with or without its slash. */
export function fileIn({ bucket, key }: S3Location, name: string): S3Location {
  const folder = key === '' || key.endsWith('/') ? key : `${key}/`;
  return { bucket, key: `${folder}${name}` };
}
