// The proxy of a company's network, from the standard variables: requests to this machine never go through it.
import { Agent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type Socket } from 'node:net';

/** As Node's agents read it: `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`; empty without a proxy. */
export type ForwardProxy = Readonly<Partial<Record<'HTTP_PROXY' | 'HTTPS_PROXY' | 'NO_PROXY', string>>>;

export const noProxy: ForwardProxy = {};

/** A proxy that does not speak HTTP is ignored. */
export function forwardProxyIn(env: Readonly<Record<string, string | undefined>>): ForwardProxy {
  // As in curl and Node, the name in lower case comes first.
  const read = (name: string) => env[name.toLowerCase()] || env[name] || '';
  const [http, https] = ['HTTP_PROXY', 'HTTPS_PROXY'].map((name) => httpUrl(read(name)));
  if (http === undefined && https === undefined) return noProxy;
  return {
    ...(http !== undefined && { HTTP_PROXY: http }),
    ...(https !== undefined && { HTTPS_PROXY: https }),
    NO_PROXY: read('NO_PROXY'),
  };
}

/** The one by which Moose itself, and git, reach other hosts. */
export function ownProxy(): ForwardProxy {
  return forwardProxyIn(process.env);
}

function httpUrl(given: string): string | undefined {
  const url = URL.parse(given.includes('://') || given === '' ? given : `http://${given}`);
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : undefined;
}

/**
 * The host and port of the proxy by which a request to this URL goes, without its password; null if it goes straight. Only for
 * texts: the agents themselves read `NO_PROXY` in Node's way.
 */
export function proxyOf({ HTTP_PROXY, HTTPS_PROXY, NO_PROXY = '' }: ForwardProxy, url: URL): string | null {
  const proxy = url.protocol === 'https:' ? HTTPS_PROXY : HTTP_PROXY;
  const isExempt = NO_PROXY.split(/[\s,]+/).some((each) => {
    const name = each
      .toLowerCase()
      .replace(/:\d+$/, '')
      .replace(/^\*?\./, '');
    return each === '*' || (name !== '' && (url.hostname === name || url.hostname.endsWith(`.${name}`)));
  });
  return proxy === undefined || isExempt || isLoopback(url.hostname) ? null : new URL(proxy).host;
}

/** This machine, by any of its own names. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (isIP(host) === 4) return host.startsWith('127.');
  if (isIP(host) === 6) return host === '::1' || host.startsWith('::ffff:7f');
  return host === 'localhost' || host.endsWith('.localhost');
}

export interface Agents {
  of(url: URL): Agent;
  destroy(): void;
}

/** Agents that go through the proxy, or straight to this machine. */
export function agentsThrough(proxy: ForwardProxy, options: AgentOptions): Agents {
  const through = { ...options, proxyEnv: { ...proxy } };
  const agents = {
    direct: { http: new Agent(options), https: new HttpsAgent(options) },
    proxied: { http: new Agent(through), https: new HttpsAgent(through) },
  };
  return {
    of: ({ hostname, protocol }) => {
      const { http, https } = isLoopback(hostname) ? agents.direct : agents.proxied;
      return protocol === 'https:' ? https : http;
    },
    destroy: () => {
      for (const { http, https } of Object.values(agents)) {
        http.destroy();
        https.destroy();
      }
    },
  };
}

/** Through a tunnel, a connection is ready when a request gets it. */
export function isReady(socket: Socket & { secureConnecting?: boolean }): boolean {
  return !socket.connecting && socket.secureConnecting !== true;
}
