// The person that a reverse proxy names in a header. Only the address of the connection says whether the
// header comes from the proxy; from any other address it is as if it were not there.
import { createAddressList } from './address-list.ts';

export interface ProxySettings {
  /** Addresses and networks: `10.0.0.5`, `10.0.0.0/24`. */
  addresses: readonly string[];
  /** The header with the email address. */
  header: string;
}

/** Returns null if the request does not come from the proxy, or if the proxy names nobody. */
export type PersonOfProxy = (headers: Headers, address: string | undefined) => string | null;

export function createPersonOfProxy({ addresses, header }: ProxySettings): PersonOfProxy {
  const isProxy = createAddressList(addresses);
  return (headers, address) => (isProxy(address) ? headers.get(header)?.trim() || null : null);
}
