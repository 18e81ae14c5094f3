// The person that a reverse proxy names in a header. Only the address of the connection says whether the
// header comes from the proxy; from any other address it is as if it were not there.
import { BlockList, isIP } from 'node:net';

export interface ProxySettings {
  /** Addresses and networks: `10.0.0.5`, `10.0.0.0/24`. */
  addresses: readonly string[];
  /** The header with the email address. */
  header: string;
}

/** Returns null if the request does not come from the proxy, or if the proxy names nobody. */
export type PersonOfProxy = (headers: Headers, address: string | undefined) => string | null;

export function createPersonOfProxy({ addresses, header }: ProxySettings): PersonOfProxy {
  const trusted = new BlockList();
  for (const one of addresses) {
    const { address, bits, family } = partsOf(one) ?? {};
    if (address === undefined || family === undefined) continue;
    if (bits === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, bits, family);
  }
  return (headers, address = '') => {
    // A server that listens for IPv6 sees IPv4 addresses in this form.
    const bare = address.replace(/^::ffff:(?=\d+\.)/i, '');
    const family = isIP(bare);
    if (family === 0 || !trusted.check(bare, family === 6 ? 'ipv6' : 'ipv4')) return null;
    return headers.get(header)?.trim() || null;
  };
}

export function isProxyAddress(given: string): boolean {
  return partsOf(given) !== undefined;
}

function partsOf(
  given: string,
): { address: string; bits: number | undefined; family: 'ipv4' | 'ipv6' } | undefined {
  const [address = '', prefix, ...more] = given.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return undefined;
  const bits = prefix === undefined ? undefined : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (bits !== undefined && !(bits <= (version === 6 ? 128 : 32))) return undefined;
  return { address, bits, family: version === 6 ? 'ipv6' : 'ipv4' };
}
