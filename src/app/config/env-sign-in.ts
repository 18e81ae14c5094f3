// Reads how people sign in without a token: at an OpenID Connect provider, or at a reverse proxy.

import { isAddressOrNetwork } from '../../api/request/address-list.ts';
import type { SignInElsewhere } from '../../api/sign-in/sign-in-elsewhere.ts';
import type { ConfigurationError } from '../../domain/failure.ts';
import { type AllowRule, parseAllowRule } from '../../domain/people/sign-in-allow.ts';
import { appFailures } from '../failure-catalogue.ts';

/** What is read, by variable. */
interface Given {
  issuer: string | null;
  clientId: string | undefined;
  clientSecret: string | undefined;
  scope: string;
  proxyAddresses: readonly string[];
  proxyHeader: string;
  allow: readonly AllowRule[];
}

/** @throws ConfigurationError `SETTING_INVALID` if a provider is only half set, or if nobody could sign in */
export function signInElsewhere(given: Given): SignInElsewhere {
  const { issuer, clientId, clientSecret = null, scope, proxyAddresses, proxyHeader, allow } = given;
  if ((issuer === null) !== (clientId === undefined))
    throw invalid(
      'Of MOOSE_OIDC_ISSUER and MOOSE_OIDC_CLIENT_ID, only one is set.',
      'Set both to let people sign in at an OpenID Connect provider, or unset both.',
    );
  const oidc = issuer === null || clientId === undefined ? null : { issuer, clientId, clientSecret, scope };
  const proxy = proxyAddresses.length === 0 ? null : { addresses: proxyAddresses, header: proxyHeader };
  if ((oidc !== null || proxy !== null) && allow.length === 0)
    throw invalid(
      'People can sign in at a provider or a proxy, but MOOSE_SIGN_IN_ALLOW lets nobody in.',
      'Set it to addresses, domains or groups, each with a role, as in `@example.org=operator`.',
    );
  return { oidc, proxy, allow };
}

/** Plain HTTP is for a provider on this machine only: others could read the tokens. */
export function oidcIssuer(given: string, name: string): string | null {
  if (given === '') return null;
  const url = URL.canParse(given) ? new URL(given) : null;
  const isLocal = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal);
  if (isSafe && url?.username === '' && url.password === '' && url.search === '' && url.hash === '')
    return given;
  throw invalid(
    `${name} is not the address of an issuer.`,
    'Write it as https://…, without a query, or unset it.',
  );
}

export function allowRules(given: string, name: string): AllowRule[] {
  return wordsOf(given).map((word) => {
    const rule = parseAllowRule(word);
    if (rule !== undefined) return rule;
    throw invalid(
      `${name} contains "${word}", which lets nobody in.`,
      'Write ada@example.org, @example.org or group:NAME, each with =viewer, =operator or =admin after it.',
    );
  });
}

export function proxyAddresses(given: string, name: string): string[] {
  const words = wordsOf(given);
  const wrong = words.find((word) => !isAddressOrNetwork(word));
  if (wrong === undefined) return words;
  throw invalid(
    `${name} contains "${wrong}", which is not an address.`,
    'Write the addresses from which the proxy connects, as in 10.0.0.5 or 10.0.0.0/24, separated by commas.',
  );
}

export function headerName(given: string, name: string, fallback: string): string {
  const header = given || fallback;
  if (/^[A-Za-z][A-Za-z0-9-]{0,99}$/.test(header) && !/^(?:authorization|cookie|host|origin)$/i.test(header))
    return header;
  throw invalid(
    `${name} is "${given}", which is not the name of such a header.`,
    `Unset it for ${fallback}.`,
  );
}

function wordsOf(given: string): string[] {
  return given
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function invalid(message: string, advice: string): ConfigurationError {
  return appFailures.SETTING_INVALID_SIGN_IN('read', { message, advice });
}
