import { devNull } from 'node:os';

/** Region of the simulated account, as in the examples. */
export const LOCAL_REGION = 'eu-west-1';

/** The SDK's switch for its notice about the version of Node; it says nothing of an account. */
const KEPT = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';

/**
 * Points every AWS client of this process at the simulator, and takes away whatever could lead one to a real account:
 * variables, profile files and the metadata service of a machine at AWS.
 */
export function useSimulatorOnly(environment: NodeJS.ProcessEnv, endpoint: string): void {
  for (const name of Object.keys(environment)) {
    if (name.toUpperCase().startsWith('AWS_') && name !== KEPT) delete environment[name];
  }
  Object.assign(environment, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: 'simulator',
    AWS_SECRET_ACCESS_KEY: 'simulator',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
  });
}
