import type { Me } from '../../../src/contract/contract.ts';
import { call } from '../api/call.ts';

/** @throws ProblemError */
export function signIn(token: string): Promise<Me> {
  return call<Me>('/api/session', { method: 'POST', body: { token } });
}

/** Anybody can make a link, so it takes nobody's place. @throws ProblemError `SIGNED_IN_AS_ANOTHER` */
export function signInByLink(token: string): Promise<Me> {
  return call<Me>('/api/session', { method: 'POST', body: { token, keep: true } });
}
