// Where a request comes from. Anybody can write a header, so `X-Forwarded-For` counts only as far as trusted proxies have
// written it: from its right end, up to the first address that is not one of theirs.
import { isIP } from 'node:net';
import { createAddressList } from './address-list.ts';

export interface CameFrom {
  /** The address of the connection: only this one proves anything. */
  connection: string | undefined;
  /** The address of the client, for limits: the one that a trusted proxy names, otherwise that of the connection. */
  client: string | undefined;
}

export type FindOrigin = (headers: Headers, connection: string | undefined) => CameFrom;

/** How many proxies may be behind each other. */
const proxiesMax = 20;

/** @param proxies - addresses and networks */
export function createFindOrigin(proxies: readonly string[] = []): FindOrigin {
  const isProxy = createAddressList(proxies);
  return (headers, connection) => {
    if (!isProxy(connection)) return { connection, client: connection };
    const named = (headers.get('x-forwarded-for') ?? '').split(',').reverse().slice(0, proxiesMax);
    let client = connection;
    for (const each of named) {
      const address = bareAddress(each.trim());
      // What stands before something that is no address was not checked by anybody.
      if (address === null) break;
      client = address;
      if (!isProxy(address)) break;
    }
    return { connection, client };
  };
}

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. Null if it is not an address. */
function bareAddress(given: string): string | null {
  const inBrackets = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(given)?.[1];
  const address = inBrackets ?? (given.includes('.') ? given.replace(/(?<=^[\d.]+):\d{1,5}$/, '') : given);
  return isIP(address) === 0 ? null : address;
}
