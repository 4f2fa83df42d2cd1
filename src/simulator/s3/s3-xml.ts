import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import type { z } from 'zod';
import { S3Error } from './s3-error.ts';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const REPEATED = new Set(['Part', 'Object']);

type XmlValue = string | number | boolean | undefined | XmlValue[] | { [element: string]: XmlValue };

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', suppressEmptyNode: false });
const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name) => REPEATED.has(name),
});

// eslint-disable-next-line no-control-regex -- these are what XML cannot hold, or would not keep
const NOT_XML = /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g;

/** A document of S3's; members that are undefined are left out, lists become repeated elements. */
export function toXml(root: string, content: Record<string, XmlValue>, namespace = NAMESPACE): string {
  const attributes = namespace === '' ? {} : { '@xmlns': namespace };
  const xml = builder.build({ [root]: { ...attributes, ...withoutUndefined(content) } });
  const characterReference = (character: string) => `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xml.replace(NOT_XML, characterReference)}`;
}

/** The content of a request's document; MalformedXML where it is not as the schema says. */
export function fromXml<T>(text: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(parser.parse(text, true));
  } catch {
    throw new S3Error('MalformedXML');
  }
}

function withoutUndefined(content: Record<string, XmlValue>): Record<string, XmlValue> {
  return Object.fromEntries(Object.entries(content).filter(([, value]) => value !== undefined));
}
