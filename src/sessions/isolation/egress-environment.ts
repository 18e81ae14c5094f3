// The environment of a session whose only way out is its egress proxy: the variables that make programs use it
// (R-SEC-6).
import type { EgressUpstream } from './egress-connect.ts';
import { egressPort } from './egress-names.ts';

type Environment = Readonly<Record<string, string>>;

const loopbackHosts = ['localhost', '127.0.0.1', '::1'];
/** Proxy variables of the machine: their addresses cannot be reached from the session's network. */
const replaced = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY', 'FTP_PROXY'];
const jvmHosts = ['localhost', '127.*', '[::1]'].join('|');

export function egressEnvironment(env: Environment, port = egressPort): Record<string, string> {
  const url = `http://127.0.0.1:${port}`;
  const rest = Object.entries(env).filter(([name]) => !replaced.includes(name.toUpperCase()));
  return {
    ...Object.fromEntries(rest),
    ...both('HTTP_PROXY', url),
    ...both('HTTPS_PROXY', url),
    ...both('NO_PROXY', loopbackHosts.join(',')),
    // Yarn 2 and later read only these variables.
    YARN_HTTP_PROXY: url,
    YARN_HTTPS_PROXY: url,
    // Node's own fetch and http obey the proxy variables from 22.21 on, if this is set.
    NODE_USE_ENV_PROXY: '1',
    JAVA_TOOL_OPTIONS: [env.JAVA_TOOL_OPTIONS, ...jvmOptions(port)].filter(Boolean).join(' '),
  };
}

/** For Gradle and the JVM's own HTTP client, which do not read HTTPS_PROXY. */
function jvmOptions(port: number): string[] {
  const options = ['http', 'https'].flatMap((scheme) => [
    `-D${scheme}.proxyHost=127.0.0.1`,
    `-D${scheme}.proxyPort=${port}`,
  ]);
  return [...options, `-Dhttp.nonProxyHosts=${jvmHosts}`];
}

function both(name: string, value: string): Record<string, string> {
  return { [name]: value, [name.toLowerCase()]: value };
}

/** The proxy through which the machine itself reaches the internet, from Moose's environment. */
export function upstreamIn(env: Environment): EgressUpstream | undefined {
  const read = (name: string) => env[name.toLowerCase()] || env[name];
  const given = read('HTTPS_PROXY') ?? read('HTTP_PROXY') ?? read('ALL_PROXY');
  if (given === undefined) return undefined;
  const url = given.includes('://') ? given : `http://${given}`;
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return undefined;
  return { url, direct: (read('NO_PROXY') ?? '').split(/[\s,]+/).filter(Boolean) };
}
