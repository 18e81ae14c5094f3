// A session reaches nothing through its provider that it cannot reach itself (R-SEC-6). So everything that a model is
// shown must be in the request: no file by its address or ID, no stored conversation, prompt or cache. The exception
// is an address at a host that a person has allowed to the agents of the project.
import { type EgressEntry, entriesFor, normalHost } from '../../domain/machine/egress.ts';
import { isObject } from './json-value.ts';
import type { Reach, Shape } from './shape.ts';
import type { Refusal, WireRequest } from './wire.ts';

/** A part of a request, and where it is, as a client would write it. */
export interface Placed {
  place: string;
  value: unknown;
  shape: Shape;
}

/** @param references members that refer to something at the provider, by their names */
export function refusedElsewhere(
  { hosts }: Pick<WireRequest, 'hosts'>,
  content: readonly Placed[],
  references: Readonly<Record<string, unknown>> = {},
): Refusal | null {
  if (hosts === undefined) return null;
  const reach = reachOf(hosts);
  for (const [name, value] of Object.entries(references)) {
    if (value !== undefined && value !== null) return elsewhere(name);
  }
  for (const { place, value, shape } of content) {
    const { strange } = shape(value, reach);
    if (strange !== null) return elsewhere(`${place}${strange}`);
  }
  return null;
}

/** Schemas, which some servers complete from the addresses in them. */
export function refusedSchemas(
  { hosts }: Pick<WireRequest, 'hosts'>,
  schemas: Readonly<Record<string, unknown>>,
): Refusal | null {
  if (hosts === undefined) return null;
  const reach = reachOf(hosts);
  for (const [name, value] of Object.entries(schemas)) {
    const found = referenceIn(value, reach);
    if (found !== null) return elsewhere(`${name}${found}`);
  }
  return null;
}

export function placed(place: string, values: readonly unknown[], shape: Shape): Placed[] {
  return values.map((value, index) => ({ place: `${place}[${index}]`, value, shape }));
}

const placeCharsMax = 120;

function elsewhere(place: string): Refusal {
  return {
    failure: 'refused_feature',
    message: `\`${place.slice(0, placeCharsMax)}\` is neither text nor bytes in the request: the provider would fetch it from elsewhere for a session that cannot. Send its content in the request. If it is the address of a public file, a person can allow its host: \`moose project set PROJECT --agent-host HOST\`.`,
  };
}

/**
 * Only the plainest form of an address: what is read in two ways (user names, backslashes, escapes in a host, other
 * alphabets), and an address within another one, through which a host may redirect, is no address.
 */
const plainAddress =
  /^(https?):\/\/(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\.?)(?::(\d{1,5}))?(?:[/?][\x21\x24-\x5b\x5d-\x7e]*)?$/i;
const addressWithin = /\/\/|%(?:25)*2f%(?:25)*2f|:%(?:25)*2f|%(?:25)*3a/i;
const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** Redirects of an allowed host are the host's own: the provider follows them as it likes. */
export function reachOf(hosts: readonly EgressEntry[]): Reach {
  return (address) => {
    const [whole, scheme = '', host = '', port] = plainAddress.exec(address) ?? [];
    if (whole === undefined || addressWithin.test(address.slice(`${scheme}://`.length))) return false;
    const name = normalHost(host.replace(/^\[|\]$/g, ''));
    const number = port === undefined ? defaultPorts[scheme.toLowerCase()] : Number(port);
    return number !== undefined && entriesFor(hosts, name, number).length > 0;
  };
}

/** Members of a schema with data of the client's own. */
const data = new Set(['default', 'const', 'enum', 'examples', 'example', 'input_examples']);

/** @returns where a schema refers to something outside of itself */
function referenceIn(value: unknown, reach: Reach): string | null {
  if (!isObject(value) && !Array.isArray(value)) return null;
  for (const [name, each] of Object.entries(value)) {
    const place = Array.isArray(value) ? `[${name}]` : `.${name}`;
    const isReference = /^\$(?:ref|dynamicRef|recursiveRef)$/.test(name) && typeof each === 'string';
    if (isReference && !each.startsWith('#') && !reach(each)) return place;
    const below = data.has(name) ? null : referenceIn(each, reach);
    if (below !== null) return `${place}${below}`;
  }
  return null;
}
