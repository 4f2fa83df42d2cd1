import type { JobObservation } from './job.ts';

/** A start that its service would refuse for now: it waits for a place. */
export interface PlaceWait {
  /** ISO 8601. */
  since: string;
  /** Jobs under way at the service, as far as its list tells. */
  running?: number;
  /** Starts of the same worker that get a place first. */
  ahead: number;
}

/** What a wait has seen of its job, as it is handed from worker to worker. Times are ISO 8601. */
export interface Sight {
  /** The last that the service said; its state is the last that Nightscore knew. */
  observation?: JobObservation;
  /** When something in what the service says last moved. */
  progressAt?: string;
  /** Since when the service has sent a status that Nightscore does not know. */
  unknownSince?: string;
  /** Since when the job has been stalled. */
  stalledSince?: string;
  /** Since when looks have told nothing, when the last of them was, and why. */
  unseenSince?: string;
  unseenAt?: string;
  unseenBecause?: string;
}

/** What the activities of a job tell Temporal while they are held; `get` and `watch` read it to show how a job stands. */
export interface JobHeartbeat {
  step: string;
  attempt: number;
  sight?: Sight;
  place?: PlaceWait;
  /** Of a start: what the look before paying found; present once there was one. */
  warnings?: string[];
  /** Of a start: what its next attempt has to know of failures before. */
  failures?: object;
  /** As workers up to 0.1 sent it. */
  observation?: JobObservation;
}
