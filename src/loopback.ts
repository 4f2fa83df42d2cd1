/** Host names that can only be this machine. One that merely resolves to it is none of them: that can change. */
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i;

export function isLoopbackHost(host: string): boolean {
  return LOOPBACK_HOST.test(host);
}

/** Whether a text is the URL of a server on this machine. */
export function isLoopbackUrl(text: string): boolean {
  return URL.canParse(text) && isLoopbackHost(new URL(text).hostname.replace(/^\[(.*)\]$/, '$1'));
}
