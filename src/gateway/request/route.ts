// What a URL asks for: `/s/<key id>/<provider>` followed by the provider's own path, or nothing.
import { type CloudAccess, cloudTitles } from '../../domain/agents/cloud.ts';
import type { WireName } from '../../domain/agents/model-call.ts';
import type { Wire } from '../wire/wire.ts';

export interface Upstream {
  /** Without the version segment, which belongs to each protocol's own path. */
  baseUrl: string;
  /** The base URL contains the version or needs none, so the version in the client's path is dropped. */
  saysVersion?: boolean | undefined;
  apiKey: string | null;
  wires: readonly WireName[];
  /**
   * True if the input count at the start of an answer is what is billed; otherwise it may be a placeholder. The default
   * is true for the hosts of the protocols' makers.
   */
  isFirstWordTrue?: boolean | undefined;
  /** True if its limit on an answer includes the model's thinking, regardless of its address. */
  isThinkingWithin?: boolean | undefined;
  /**
   * True if each of its models answers by itself, at its price, whatever name it gives: then no first answer is waited
   * for.
   */
  answersAsAsked?: boolean | undefined;
  /** True if it bills what it states in dollars, regardless of its address. */
  billsItsCharge?: boolean | undefined;
  /** True if a request can name the highest price at which it may be answered, regardless of its address. */
  takesPriceCap?: boolean | undefined;
  /** Set if a cloud carries the protocol: it has paths, credentials and answers of its own. */
  cloud?: CloudAccess | undefined;
}

export interface Route {
  /** In lower case, the only form under which the ledger, the brake and the limits of a key know it. */
  keyId: string;
  provider: string;
  upstream: Upstream;
  wire: Wire;
  /** The provider's own path, `/v1/messages`. */
  path: string;
  /** Including the leading `?`. */
  search: string;
}

export interface Unroutable {
  /** The protocol for the answer; null if not even the provider is known. */
  wire: Wire | null;
  message: string;
}

/** A key's ID is a UUID with dashes, in letters of either case; every other spelling of it is the ID of no key. */
const shape = /^\/s\/([0-9a-zA-Z-]{1,64})\/([0-9a-z][0-9a-z._-]{0,63})(\/[^?#]*)(\?[^#]*)?$/;
/** Anything that the provider might interpret differently: `..`, double or encoded slashes, control characters. */
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
  const { cloud } = upstream;
  if (cloud !== undefined && path.endsWith('/count_tokens'))
    return { wire, message: `Tokens cannot be counted at ${cloudTitles[cloud.name]}.` };
  return { keyId: keyId.toLowerCase(), provider, upstream, wire, path, search };
}

/**
 * The provider's URL. Only the parameters that set the form of the answer are passed on: not the key, and not the
 * selection of fields.
 */
export function upstreamUrl({ upstream, path, search }: Pick<Route, 'upstream' | 'path' | 'search'>): URL {
  const kept = search
    .slice(1)
    .split('&')
    .filter((pair) => passed.test(pair));
  const query = kept.length === 0 ? '' : `?${kept.join('&')}`;
  const below = upstream.saysVersion ? path.replace(/^\/v1(?:alpha|beta)?(?=\/)/, '') : path;
  return new URL(`${upstream.baseUrl.replace(/\/+$/, '')}${below}${query}`);
}

/** Anthropic's clients send `beta`, Google's send `alt`. */
const passed = /^(?:beta=true|alt=(?:sse|json))$/;
