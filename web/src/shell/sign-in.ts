import type { Me } from '../../../src/contract/contract.ts';
import { ask } from '../api/ask.ts';

/** @throws ProblemError */
export function signIn(token: string): Promise<Me> {
  return ask('post /api/session', { body: { token } });
}

/** Anybody can make a link, so it takes nobody's place. @throws ProblemError `SIGNED_IN_AS_ANOTHER` */
export function signInByLink(token: string): Promise<Me> {
  return ask('post /api/session', { body: { token, keep: true } });
}
