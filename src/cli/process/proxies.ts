/** Hosts that no proxy can reach for us. */
const HERE = '127.0.0.1,localhost,::1';

/** Lets gRPC, which goes by the variables of proxies, call servers on this machine directly. */
export function useNoProxyHere(environment: NodeJS.ProcessEnv): void {
  const others = environment['no_grpc_proxy'] || environment['no_proxy'];
  environment['no_grpc_proxy'] = others ? `${others},${HERE}` : HERE;
}
