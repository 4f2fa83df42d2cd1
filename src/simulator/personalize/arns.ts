import { arnOf } from '../arn.ts';
import { lookUp } from '../look-up.ts';
import type { Filter, Resources, Solution, SolutionVersion } from './resources.ts';

/** The account and region in which ARNs are looked up: no other one's resources are found. */
export interface Place {
  account: string;
  region: string;
}

export function personalizeArn({ account, region }: Place, resource: string): string {
  return arnOf('personalize', region, account, resource);
}

/** The name behind a resource type, for example `job-1` of `…:batch-inference-job/job-1`. */
export function nameIn(arn: string, type: string, place: Place): string | undefined {
  const prefix = personalizeArn(place, `${type}/`);
  return arn.startsWith(prefix) ? arn.slice(prefix.length) : undefined;
}

export interface FoundVersion {
  arn: string;
  solutionArn: string;
  name: string;
  solution: Solution;
  version: SolutionVersion;
}

/** Every solution version, in the order of resources.yaml. */
export function solutionVersions({ solutions }: Resources, place: Place): FoundVersion[] {
  return Object.entries(solutions).flatMap(([name, solution]) => {
    const solutionArn = personalizeArn(place, `solution/${name}`);
    return Object.entries(solution.versions).map(([id, version]) => ({
      arn: `${solutionArn}/${id}`,
      solutionArn,
      name,
      solution,
      version,
    }));
  });
}

export function findSolutionVersion(resources: Resources, arn: string, place: Place): FoundVersion | undefined {
  return solutionVersions(resources, place).find((found) => found.arn === arn);
}

export function findFilter({ filters }: Resources, arn: string, place: Place): Filter | undefined {
  return lookUp(filters, nameIn(arn, 'filter', place) ?? '');
}
