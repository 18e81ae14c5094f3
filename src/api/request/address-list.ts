// A list of addresses and networks, such as those from which a reverse proxy connects: `10.0.0.5`, `10.0.0.0/24`.
import { BlockList, isIP } from 'node:net';

/** Whether an address is in the list. */
type IsListed = (address: string | undefined) => boolean;

export function createAddressList(addresses: readonly string[]): IsListed {
  const listed = new BlockList();
  for (const one of addresses) {
    const { address, bits, family } = partsOf(one) ?? {};
    if (address === undefined || family === undefined) continue;
    if (bits === undefined) listed.addAddress(address, family);
    else listed.addSubnet(address, bits, family);
  }
  return (address = '') => {
    const plain = plainAddress(address);
    const family = isIP(plain);
    return family !== 0 && listed.check(plain, family === 6 ? 'ipv6' : 'ipv4');
  };
}

export function isAddressOrNetwork(given: string): boolean {
  return partsOf(given) !== undefined;
}

/** A server that listens for IPv6 sees IPv4 addresses in another form; a local address may name its interface. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
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
