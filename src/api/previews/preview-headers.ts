// What a service and a browser may tell each other through a preview: nothing that proves who a person is to Moose, and
// nothing that reaches beyond the host name of the preview.
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';

/** What a preview knows of itself. */
export interface PreviewPlace {
  /** `https://LABEL.preview.example.org`, as the browser sees it. */
  origin: string;
  /** The port of the service, on its own localhost. */
  port: number;
}

type Distinct = Readonly<Record<string, string[] | undefined>>;

/** By name, in lower case. Without a prototype: `constructor` and `__proto__` are names as any other. */
const noHeaders = <Value>(): Record<string, Value> => Object.create(null);

/** In place of Node's `headersDistinct`, which throws in older releases if a name is one of every object's. */
export function headersIn({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): Distinct {
  const given = noHeaders<string[]>();
  for (const [at, name] of rawHeaders.entries()) {
    if (at % 2 === 1) continue;
    const values = given[name.toLowerCase()] ?? [];
    given[name.toLowerCase()] = [...values, rawHeaders[at + 1] ?? ''];
  }
  return given;
}

/** Headers that concern only one connection. */
const hopHeaders: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authorization', 'proxy-authenticate'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade', 'expect', 'http2-settings'],
]);
/** Written by proxies in front of Moose: from where a person comes. */
const proxyHeaders = /^(?:x-forwarded-.*|forwarded|x-real-ip|via)$/;
/**
 * Proof of who a person is: their own, and what proxies that sign people in add (oauth2-proxy, Authelia, authentik,
 * Pomerium, Tailscale, Cloudflare Access, the load balancers of AWS, Google and Azure, client certificates). An agent wrote
 * the service.
 */
const proofHeaders =
  /^(?:authorization|x-auth(?:-.*)?|x-authenticated-.*|x-authentik-.*|(?:x-)?remote-(?:user|email|groups?|name)|x-(?:webauth|user|token)-?.*|x-(?:access|id)-token|x-api-key|x-pomerium-.*|tailscale-.*|cf-access-.*|x-amzn-oidc-.*|x-goog-(?:authenticated|iap)-.*|x-ms-(?:client-principal|token).*|(?:x-)?(?:ssl-)?client-(?:cert|s-dn|verify|dn).*|x-jwt-assertion)$/;
const proofCookies =
  /^(?:_oauth2_proxy|authelia_session|authentik_|_pomerium|CF_Authorization|CF_AppSession|AWSELBAuthSessionCookie|GCP_IA[AP]|AppServiceAuthSession)/i;
/**
 * What would reach beyond the preview: `Clear-Site-Data` ends a person's session at Mission Control, if that shares a
 * domain with the preview.
 */
const farHeaders: ReadonlySet<string> = new Set(['clear-site-data', 'alt-svc', 'public-key-pins']);
const cookiesOfMoose = /^(?:__Host-|__Secure-)?moose_/i;

const plainName = 'moose_preview';

/** Over TLS, with the prefix that keeps every other host name from setting it. */
function cookieName(origin: string): string {
  return origin.startsWith('https:') ? `__Host-${plainName}` : plainName;
}

/** Lax: a person comes from Mission Control or from a terminal, and its page is another site. */
export function previewCookie(origin: string, value: string, maxAgeS: number): string {
  const fields = [
    `${cookieName(origin)}=${value}`,
    'Path=/',
    `Max-Age=${maxAgeS}`,
    'HttpOnly',
    'SameSite=Lax',
  ];
  return [...fields, ...(origin.startsWith('https:') ? ['Secure'] : [])].join('; ');
}

export function previewCookieIn(header: string | undefined, origin: string): string | null {
  const found = pairsIn(header ?? '').find(({ name }) => name === cookieName(origin));
  return found !== undefined && /^[\w-]{43}$/.test(found.value) ? found.value : null;
}

function pairsIn(header: string): { name: string; value: string; text: string }[] {
  return header.split(';').flatMap((each) => {
    const text = each.trim();
    const at = text.indexOf('=');
    return text === '' ? [] : [{ text, name: text.slice(0, Math.max(at, 0)), value: text.slice(at + 1) }];
  });
}

/** The request as if the browser had asked the service on its own localhost. */
export function headersForDaemon(given: Distinct, { origin, port }: PreviewPlace): OutgoingHttpHeaders {
  const sent: OutgoingHttpHeaders = noHeaders();
  const named = namedIn(given.connection);
  for (const [name, values = []] of Object.entries(given)) {
    if (hopHeaders.has(name) || named.has(name) || proxyHeaders.test(name)) continue;
    if (proofHeaders.test(name) || name === 'host') continue;
    const kept = name === 'cookie' ? withoutOurs(values) : values;
    if (kept.length > 0) sent[name] = kept.length === 1 ? kept[0] : [...kept];
  }
  const own = `http://localhost:${port}`;
  sent.host = `localhost:${port}`;
  if (given.origin?.[0] === origin) sent.origin = own;
  const referer = given.referer?.[0];
  if (referer?.startsWith(`${origin}/`)) sent.referer = own + referer.slice(origin.length);
  else delete sent.referer;
  // Node reads the body in chunks, and sends it as it came: with its length, or in chunks again.
  if (given['transfer-encoding'] !== undefined) {
    delete sent['content-length'];
    sent['transfer-encoding'] = 'chunked';
  }
  return sent;
}

/** The answer of the service as one of the preview's host name. */
export function headersForBrowser(given: Distinct, place: PreviewPlace): OutgoingHttpHeaders {
  const sent: OutgoingHttpHeaders = noHeaders();
  const named = namedIn(given.connection);
  for (const [name, values = []] of Object.entries(given)) {
    if (hopHeaders.has(name) || named.has(name) || farHeaders.has(name)) continue;
    const kept = name === 'set-cookie' ? values.flatMap(hostOnly) : values;
    if (kept.length > 0) sent[name] = kept.length === 1 ? kept[0] : [...kept];
  }
  const location = given.location?.[0];
  if (location !== undefined) sent.location = locationIn(location, place);
  return sent;
}

/** Headers that `Connection` names concern only this connection too. */
function namedIn(connection: readonly string[] = []): ReadonlySet<string> {
  return new Set(connection.flatMap((each) => each.split(',')).map((each) => each.trim().toLowerCase()));
}

function withoutOurs(values: readonly string[]): string[] {
  const kept = values
    .flatMap(pairsIn)
    .filter(({ name }) => !cookiesOfMoose.test(name) && !proofCookies.test(name));
  return kept.length === 0 ? [] : [kept.map(({ text }) => text).join('; ')];
}

/** A cookie for this host name only; none in place of one of Moose's. */
function hostOnly(cookie: string): string[] {
  const [pair = '', ...fields] = cookie.split(';');
  if (cookiesOfMoose.test(pair.trim())) return [];
  const kept = fields.filter((field) => !/^\s*domain\s*(?:=|$)/i.test(field));
  return [[pair, ...kept].join(';')];
}

function locationIn(location: string, { origin, port }: PreviewPlace): string {
  const own = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\]):(\d{1,5})(?=[/?#]|$)/i.exec(location);
  if (own === null || Number(own[1]) !== port) return location;
  return origin + location.slice(own[0].length);
}

/**
 * A page of another site gets nothing from a preview, except that it may lead a person there. Null: allowed; otherwise,
 * why not.
 */
export function crossSite(headers: IncomingHttpHeaders, origin: string): string | null {
  if (headers.origin !== undefined && headers.origin !== origin)
    return 'it comes from a page of another site';
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return null;
  const isVisit = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return isVisit ? null : 'it comes from a page of another site';
}
