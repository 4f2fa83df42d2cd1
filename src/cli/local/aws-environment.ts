import { devNull } from 'node:os';
import { isLoopbackUrl } from '../../loopback.ts';

/** The region is that of the examples; who calls a simulator need not be anybody. */
const STAND_IN = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'simulator', AWS_SECRET_ACCESS_KEY: 'simulator' };

const ENDPOINT = 'AWS_ENDPOINT_URL';

/** The SDK's switch for its notice about the version of Node; it says nothing of an account. */
const NODE_NOTICE = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';

/** What an AWS of the user's own on this machine may go by, beside its endpoints. */
const KEPT_FOR_OWN_AWS = ['AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

/** A stand-in for AWS of the user's own, which runs on this machine already. */
export interface OwnAws {
  /** Scheme, host and port of that for all services. */
  endpoint: string;
  /** Variables of endpoints on this machine: that of all services, and those of single ones. */
  variables: readonly string[];
}

/**
 * What the user's `AWS_ENDPOINT_URL` and the like mean to a command that must never call a real account: a stand-in for AWS if it is on
 * this machine, and otherwise nothing.
 */
export function awsOfUser(environment: NodeJS.ProcessEnv): { own?: OwnAws; ignored: readonly string[] } {
  const given = Object.keys(environment).filter((name) => name.startsWith(ENDPOINT) && environment[name]);
  const variables = given.filter((name) => isLoopbackUrl(environment[name] ?? ''));
  if (!variables.includes(ENDPOINT)) return { ignored: given };
  const ignored = given.filter((name) => !variables.includes(name));
  return { own: { endpoint: new URL(environment[ENDPOINT] ?? '').origin, variables }, ignored };
}

/**
 * Points every AWS client of this process at the simulator, and takes away whatever could lead one to a real account:
 * variables, profile files and the metadata service of a machine at AWS.
 *
 * @returns the region
 */
export function useSimulator(environment: NodeJS.ProcessEnv, endpoint: string): string {
  return useLocalAws(environment, { ...STAND_IN, [ENDPOINT]: endpoint });
}

/**
 * The same for the user's own stand-in for AWS. The region and the keys of the variables are used with it: they do not leave this machine.
 *
 * @returns the region
 */
export function useOwnAws(environment: NodeJS.ProcessEnv, { variables }: OwnAws): string {
  const kept = [...variables, ...KEPT_FOR_OWN_AWS].filter((name) => environment[name]);
  return useLocalAws(environment, {
    ...STAND_IN,
    ...Object.fromEntries(kept.map((name) => [name, environment[name]])),
  });
}

function useLocalAws(environment: NodeJS.ProcessEnv, variables: typeof STAND_IN & NodeJS.ProcessEnv): string {
  for (const name of Object.keys(environment)) {
    if (name.toUpperCase().startsWith('AWS_') && name !== NODE_NOTICE) delete environment[name];
  }
  Object.assign(environment, variables, {
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
  });
  return variables.AWS_REGION;
}
