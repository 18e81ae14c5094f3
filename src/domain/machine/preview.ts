// Previews: a person looks at a service of a work order through Moose, on a host name of its own. A page of a service is
// hostile: it may not get the cookies of Mission Control, or set one that Mission Control trusts.

/** What a person opens: a port on loopback, of the service's network, and the first page there. */
export interface PreviewTarget {
  port: number;
  /** Begins with `/`; with its query. */
  path: string;
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Null if the address leads anywhere but to a service that speaks HTTP on loopback. */
export function previewTarget(address: string | null): PreviewTarget | null {
  const url = address === null ? null : URL.parse(address);
  if (url?.protocol !== 'http:' || !loopback.has(url.hostname)) return null;
  const port = Number(url.port || 80);
  return port === 0 ? null : { port, path: `${url.pathname}${url.search}` };
}

/** The characters of a label: it is part of a host name, and hard to guess. */
const labelPattern = /^[a-z0-9]{20}$/;

/** @param pattern - as in `https://*.preview.example.org` */
export function previewOrigin(pattern: string, label: string): string {
  return pattern.replace('*', label);
}

/** The label of a preview in the header `Host`; null if the host name belongs to no preview. */
export function labelIn(host: string, pattern: string): string | null {
  const suffix = hostOf(pattern).slice(1);
  const given = host.toLowerCase();
  if (!given.endsWith(suffix)) return null;
  const label = given.slice(0, -suffix.length);
  return labelPattern.test(label) ? label : null;
}

/** Null if it is not an origin whose first label, and nothing else, is `*`. */
export function parsePreviewPattern(given: string): string | null {
  const url = URL.parse(given);
  if (url === null || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) return null;
  return /^\*(?:\.[a-z0-9-]+)+$/.test(url.hostname) ? url.origin : null;
}

/**
 * What is wrong with an address for previews beside the address of Mission Control; null if nothing is. Mission Control
 * also answers on the names of loopback, which are never below another name.
 */
export function previewProblem(pattern: string, baseUrl: string | null): string | null {
  if (baseUrl === null) return null;
  const own = new URL(baseUrl);
  const parent = new URL(pattern).hostname.slice(2);
  if (own.hostname.endsWith(`.${parent}`))
    return `${own.hostname} is itself below ${parent}, so a preview could have the name of Mission Control`;
  // A page may set cookies for every name above its own that has two labels or more. Mission Control accepts only a
  // cookie that no other host can set, and that exists over TLS alone.
  if (own.protocol === 'https:' || sharedLabels(own.hostname, parent) < 2) return null;
  return `${own.hostname} and ${parent} end in the same name, so a preview could set cookies for Mission Control`;
}

/**
 * The name that both addresses end in, if a page of a preview may set cookies for it; null if there is none. Mission
 * Control trusts none of them, but its browser sends them too, and with too many of them a request is refused.
 */
export function sharedParent(pattern: string, baseUrl: string | null): string | null {
  if (baseUrl === null) return null;
  const parent = new URL(pattern).hostname.slice(2);
  const count = sharedLabels(new URL(baseUrl).hostname, parent);
  return count < 2 ? null : parent.split('.').slice(-count).join('.');
}

function sharedLabels(one: string, other: string): number {
  if (/^[\d.]+$|^\[/.test(one)) return 0;
  const [left, right] = [one.split('.').reverse(), other.split('.').reverse()];
  const differs = left.findIndex((label, index) => label !== right[index]);
  return differs === -1 ? left.length : differs;
}

function hostOf(pattern: string): string {
  return new URL(pattern).host;
}
