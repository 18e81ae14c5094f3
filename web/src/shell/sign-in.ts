import type { Me } from '../../../src/contract/contract.ts';
import { call } from '../api/call.ts';

/** @throws ProblemError */
export function signIn(token: string): Promise<Me> {
  return call<Me>('/api/session', { method: 'POST', body: { token } });
}
