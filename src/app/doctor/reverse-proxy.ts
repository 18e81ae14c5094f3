// Checks that limits for one address apply to clients, not to the reverse proxy in front of Moose.
import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import type { InterfaceSettings } from '../config/interface-settings.ts';

/** Moose itself does not speak TLS, so an https address belongs to a proxy. */
export function diagnoseReverseProxy({
  baseUrl,
  trustedProxies,
}: Pick<InterfaceSettings, 'baseUrl' | 'trustedProxies'>): Diagnosis[] {
  if (!baseUrl?.startsWith('https:')) return [];
  const name = 'reverse proxy';
  if (trustedProxies.length > 0)
    return [{ name, state: 'ok', found: trustedProxies.join(', '), advice: null }];
  return [
    {
      name,
      state: 'warning',
      found: 'not known, so all clients without a token share one limit, and one of them can use it up',
      advice:
        'Set MOOSE_TRUSTED_PROXIES to the address from which the proxy connects, if it writes X-Forwarded-For.',
    },
  ];
}
