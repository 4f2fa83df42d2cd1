import type { FollowUp } from './follow-up.ts';
import { s3Copy } from './s3-copy.ts';

/** Every follow-up that a step can use, by the name that its `uses` says. */
export const FOLLOW_UPS: ReadonlyMap<string, FollowUp> = new Map(
  [s3Copy].map((followUp) => [followUp.name, followUp as FollowUp]),
);
