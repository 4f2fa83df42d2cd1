import { ScheduleClient, type ScheduleDescription } from '@temporalio/client';

/**
 * A client whose updates Temporal drops, without a word, when the schedule is no longer what it was at a description. The SDK (1.24) sends no
 * conflict token by itself, so its update would undo a pause that comes between the look and the write.
 */
export function clientAsOf({ connection, options }: ScheduleClient, { raw }: ScheduleDescription): ScheduleClient {
  const { workflowService } = connection;
  const updateSchedule = (request: object) =>
    workflowService.updateSchedule({ ...request, conflictToken: raw.conflictToken ?? null });
  const service = Object.create(workflowService, {
    updateSchedule: { value: updateSchedule },
  }) as typeof workflowService;
  const guarded = Object.create(connection, { workflowService: { value: service } }) as typeof connection;
  return new ScheduleClient({ ...options, connection: guarded });
}
