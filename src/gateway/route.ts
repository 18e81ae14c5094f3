// What a URL asks for: `/s/<key id>/<provider>` and the provider's own path below it, or nothing.
import type { WireName } from '../domain/model-call.ts';
import type { Wire } from './wire/wire.ts';

export interface Upstream {
  /** Without the version segment, which is a part of each protocol's own path. */
  baseUrl: string;
  /** The base says the version itself, or that there is none: that of the path is left out. */
  saysVersion?: boolean | undefined;
  apiKey: string | null;
  wires: readonly WireName[];
  /**
   * What the beginning of an answer says of its input is what is billed for it; elsewhere it may be a placeholder. Where this
   * is not said, it is so at the hosts of those who made the protocols.
   */
  isFirstWordTrue?: boolean | undefined;
}

export interface Route {
  keyId: string;
  provider: string;
  upstream: Upstream;
  wire: Wire;
  /** The provider's own, `/v1/messages`. */
  path: string;
  /** With its `?`. */
  search: string;
}

export interface Unroutable {
  /** To word the answer in; null where not even the provider is known. */
  wire: Wire | null;
  message: string;
}

const shape = /^\/s\/([0-9a-zA-Z-]{1,64})\/([0-9a-z][0-9a-z._-]{0,63})(\/[^?#]*)(\?[^#]*)?$/;
/** What may be read differently here and at the provider: a step upwards, two slashes, a hidden slash, a control character. */
const ambiguousPath = /\/\.{0,2}(?:\/|$)|\\|%2e|%2f|%5c|%00|[^\x21-\x7e]/i;

export function routeOf(
  method: string,
  url: string,
  upstreams: ReadonlyMap<string, Upstream>,
  wires: ReadonlyMap<WireName, Wire>,
): Route | Unroutable {
  const [, keyId, provider, path, search = ''] = shape.exec(url) ?? [];
  if (keyId === undefined || provider === undefined || path === undefined) {
    return {
      wire: null,
      message: 'The gateway serves nothing at this path: a session calls /s/<key>/<provider>/….',
    };
  }
  const upstream = upstreams.get(provider);
  if (upstream === undefined)
    return { wire: null, message: `The gateway does not know the provider ${provider}.` };
  const spoken = upstream.wires.flatMap((name) => wires.get(name) ?? []);
  const fallback = spoken[0] ?? null;
  if (ambiguousPath.test(path)) return { wire: fallback, message: 'The path of the request is ambiguous.' };
  const wire = spoken.find((each) => each.matches(method, path));
  if (wire === undefined) {
    return { wire: fallback, message: `The gateway does not forward ${method} ${path} to ${provider}.` };
  }
  return { keyId, provider, upstream, wire, path, search };
}

/** Where the provider answers. Only what asks for a form of the answer goes on: not the key, and not which fields are wanted. */
export function upstreamUrl({ upstream, path, search }: Pick<Route, 'upstream' | 'path' | 'search'>): URL {
  const kept = search
    .slice(1)
    .split('&')
    .filter((pair) => passed.test(pair));
  const query = kept.length === 0 ? '' : `?${kept.join('&')}`;
  const below = upstream.saysVersion ? path.replace(/^\/v1(?:alpha|beta)?(?=\/)/, '') : path;
  return new URL(`${upstream.baseUrl.replace(/\/+$/, '')}${below}${query}`);
}

/** `beta` is of Anthropic's clients, `alt` of Google's. */
const passed = /^(?:beta=true|alt=(?:sse|json))$/;
