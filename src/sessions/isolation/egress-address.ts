// Which addresses an allow-listed name may have: public ones, and others only if the project allows it (R-SEC-6).
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

export interface EgressAddress {
  address: string;
  family: 4 | 6;
}

/**
 * Addresses that are never allowed: link-local ones with the metadata services of clouds, multicast, and unspecified
 * ones.
 */
const forbidden = blockList([
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
  ['::', 128],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
]);

const loopback = blockList([
  ['127.0.0.0', 8],
  ['::1', 128],
]);

const internal = blockList([
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['fc00::', 7],
  // IPv6 addresses that contain an IPv4 address, to which routers on the way would connect.
  ['64:ff9b::', 16],
  ['2001::', 32],
  ['2002::', 16],
  ['::', 96],
]);

/** @param own whether an address belongs to this machine */
export function mayConnect(
  { address, family }: EgressAddress,
  port: number,
  consent: { isPrivate: boolean; closedPorts: readonly number[] },
  own: (address: string) => boolean = isOwn,
): boolean {
  const mapped = family === 6 ? mappedIn(address) : null;
  if (mapped !== null) return mayConnect({ address: mapped, family: 4 }, port, consent, own);
  const version = family === 6 ? 'ipv6' : 'ipv4';
  if (!(family === 6 ? isIPv6(address) : isIPv4(address)) || forbidden.check(address, version)) return false;
  const isHere = loopback.check(address, version) || own(address);
  if (isHere && consent.closedPorts.includes(port)) return false;
  return consent.isPrivate || !(isHere || internal.check(address, version));
}

/** Read each time, because network interfaces come and go. */
function isOwn(address: string): boolean {
  return Object.values(networkInterfaces()).some((all) => all?.some((each) => each.address === address));
}

/** The IPv4 address in an IPv4-mapped IPv6 address; null if there is none. */
function mappedIn(address: string): string | null {
  const canonical = new URL(`http://[${address.replace(/%.*$/, '')}]/`).hostname.slice(1, -1);
  const words = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  if (words === null) return null;
  const [high, low] = [Number.parseInt(words[1] ?? '', 16), Number.parseInt(words[2] ?? '', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function blockList(ranges: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [address, bits] of ranges)
    list.addSubnet(address, bits, address.includes(':') ? 'ipv6' : 'ipv4');
  return list;
}
