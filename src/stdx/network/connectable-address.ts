// Which addresses an allow-listed name may have: public ones, and others only if the project allows it (R-SEC-6).
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

export interface NetworkAddress {
  address: string;
  family: 4 | 6;
}

/**
 * Addresses that are never allowed: the metadata services of clouds, which hand out credentials, link-local ones,
 * multicast, and unspecified ones.
 */
const forbidden = blockList([
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
  ['::', 128],
  // The metadata services that are not link-local: of Azure, of Alibaba, of Oracle, and of AWS and Google over IPv6.
  ['168.63.129.16', 32],
  ['100.100.100.200', 32],
  ['192.0.0.192', 32],
  ['fd00:ec2::', 32],
  ['fd20:ce::', 32],
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
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['2002::', 16],
  ['::', 96],
  ['::ffff:0:0:0', 96],
]);

/** @param own whether an address belongs to this machine */
export function mayConnect(
  { address: given, family }: NetworkAddress,
  port: number,
  consent: { isPrivate: boolean; closedPorts: readonly number[] },
  own: (address: string) => boolean = isOwn,
): boolean {
  const address = given.replace(/%.*$/, '');
  const version = family === 6 ? 'ipv6' : 'ipv4';
  if (!(family === 6 ? isIPv6(address) : isIPv4(address)) || forbidden.check(address, version)) return false;
  const inside = family === 6 ? embeddedIn(address) : null;
  if (inside?.isSame) return mayConnect({ address: inside.ipv4, family: 4 }, port, consent, own);
  if (inside && forbidden.check(inside.ipv4)) return false;
  const isHere = loopback.check(address, version) || own(address);
  if (isHere && consent.closedPorts.includes(port)) return false;
  return consent.isPrivate || !(isHere || internal.check(address, version));
}

/** Reads the addresses each time, because network interfaces come and go. */
function isOwn(address: string): boolean {
  return Object.values(networkInterfaces()).some((all) => all?.some((each) => each.address === address));
}

/** The IPv4 address in an IPv6 address. `isSame`: a connection goes to exactly this IPv4 address. */
function embeddedIn(address: string): { ipv4: string; isSame: boolean } | null {
  const words = wordsOf(address);
  const start = words.slice(0, 6).join(':');
  const [high = 0, low = 0] = words[0] === '2002' ? [words[1], words[2]].map(hex) : words.slice(6).map(hex);
  const ipv4 = [high >> 8, high & 255, low >> 8, low & 255].join('.');
  if (words[0] === '2002') return { ipv4, isSame: false };
  // Mapped addresses, and those that DNS64 makes of public IPv4 addresses in networks without IPv4.
  if (start === '0:0:0:0:0:ffff' || start === '64:ff9b:0:0:0:0') return { ipv4, isSame: true };
  if (start === '0:0:0:0:ffff:0') return { ipv4, isSame: false };
  return start === '0:0:0:0:0:0' && high !== 0 ? { ipv4, isSame: false } : null;
}

const hex = (word: string | undefined) => Number.parseInt(word ?? '0', 16);

/** The eight words of an IPv6 address, in lower case without leading zeros. */
function wordsOf(address: string): string[] {
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const [left, right] = [head, tail ?? ''].map((part) => part.split(':').filter(Boolean));
  if (tail === undefined) return left ?? [];
  const zeros = Array.from({ length: 8 - (left?.length ?? 0) - (right?.length ?? 0) }, () => '0');
  return [...(left ?? []), ...zeros, ...(right ?? [])];
}

function blockList(ranges: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [address, bits] of ranges)
    list.addSubnet(address, bits, address.includes(':') ? 'ipv6' : 'ipv4');
  return list;
}
