// Connects only to public addresses, for hosts that a person names and Moose itself calls. The connection goes to the
// address that was checked, as with sessions: a later answer of a name server has no effect (R-SEC-6).
import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { ownProxy } from '../http/forward-proxy.ts';
import { mayConnect } from './connectable-address.ts';

const consent = { isPrivate: false, closedPorts: [] } as const;

/** The code of a connection that was refused because of its address. */
export const addressNotPublic = 'ADDRESS_NOT_PUBLIC';

class AddressNotPublic extends Error {
  readonly code = addressNotPublic;
}

/** False for an address that is private by its form; a name is checked when it is resolved. */
export function isPublicHost(hostname: string, port: number): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  const version = isIP(host);
  if (version !== 0) return mayConnect({ address: host, family: version === 6 ? 6 : 4 }, port, consent);
  return host.includes('.') && !/(?:^|\.)(?:localhost|internal|local)\.?$/i.test(host);
}

/**
 * Resolves names to their public addresses only. Node does not call it for a host that is an address already. A proxy of the
 * environment has any address: the names of other hosts are then resolved by it.
 */
export function publicLookup(port: number): LookupFunction {
  const proxies = Object.values(ownProxy()).map((given) => URL.parse(given)?.hostname);
  return (hostname, options, done) => {
    if (proxies.includes(hostname)) return systemLookup(hostname, options, done);
    systemLookup(hostname, { ...options, all: true }, (failure, found) => {
      if (failure) return done(failure, '', 0);
      const open = found.filter(({ address, family }) =>
        mayConnect({ address, family: family === 6 ? 6 : 4 }, port, consent),
      );
      const [first] = open;
      if (first === undefined) return done(new AddressNotPublic(`${hostname} has no public address`), '', 0);
      if (options.all) return done(null, open);
      done(null, first.address, first.family);
    });
  };
}
