import { FOLLOW_UPS } from './follow-ups/catalog.ts';
import type { UsesCatalog, UsesEntry } from './pipeline/uses-catalog.ts';
import { CATALOG } from './services/catalog.ts';

const jobs = [...CATALOG.values()].map((service): [string, UsesEntry] => {
  const counts = { total: service.can.progress, invalid: service.can.invalidRecords };
  return [
    service.name,
    {
      kind: 'job',
      with: service.request,
      outputs: {},
      counts,
      endings: { stop: service.can.stop, delete: service.can.delete && !service.can.stop },
    },
  ];
});

const followUps = [...FOLLOW_UPS.values()].map((followUp): [string, UsesEntry] => [
  followUp.name,
  { kind: 'follow-up', with: followUp.with, outputs: followUp.outputs },
]);

/** Everything that a step of a pipeline can use. */
export const USES: UsesCatalog = Object.fromEntries([...jobs, ...followUps]);
