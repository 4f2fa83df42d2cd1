import { FOLLOW_UPS } from './follow-ups/catalog.ts';
import { CATALOG } from './services/catalog.ts';
import type { BatchService } from './services/service.ts';

/** What a step can use: the services with what each can do with a job, and the follow-ups by name. */
export function usesOverview(): { services: Pick<BatchService, 'name' | 'can'>[]; followUps: string[] } {
  const services = [...CATALOG.values()].map(({ name, can }) => ({ name, can }));
  return { services, followUps: [...FOLLOW_UPS.keys()] };
}
