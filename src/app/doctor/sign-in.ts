// Checks that the OpenID Connect provider answers, and that people can come back from it.
import { randomUUID } from 'node:crypto';
import { createOidcProvider } from '../../api/sign-in/oidc-provider.ts';
import { isMooseError } from '../../domain/failure.ts';
import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import type { InterfaceSettings } from '../config/interface-settings.ts';

/** A provider that does not answer must not hold up the doctor. */
const answerMsMax = 5_000;

/** Empty if people sign in with tokens only. */
export async function diagnoseSignIn({
  signIn,
  baseUrl,
}: Pick<InterfaceSettings, 'signIn' | 'baseUrl'>): Promise<Diagnosis[]> {
  const { oidc } = signIn;
  if (oidc === null) return [];
  const name = 'sign-in provider';
  const proof = { state: randomUUID(), nonce: randomUUID(), verifier: randomUUID() };
  const callback = `${baseUrl ?? 'http://127.0.0.1'}/api/session/oidc/callback`;
  try {
    await createOidcProvider(oidc).addressFor(callback, proof, AbortSignal.timeout(answerMsMax));
  } catch (cause) {
    const advice =
      (isMooseError(cause) ? cause.advice : null) ??
      'Check that this machine reaches the address in MOOSE_OIDC_ISSUER.';
    const found = cause instanceof Error ? cause.message : 'does not answer';
    return [{ name, state: 'warning', found, advice }];
  }
  if (baseUrl !== null) return [{ name, state: 'ok', found: oidc.issuer, advice: null }];
  const advice =
    'Set MOOSE_BASE_URL to the address that people use: until then, sign-in works on this machine only.';
  return [{ name, state: 'warning', found: oidc.issuer, advice }];
}
