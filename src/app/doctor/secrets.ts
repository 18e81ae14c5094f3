// Reports whether this machine can read the variables of projects, and sign its messages to browsers.
import { isMooseError } from '../../domain/failure.ts';
import type { KeyRing } from '../../engine/policy/secrets/key-ring.ts';
import type { Diagnosis } from '../../engine/views/diagnosis.ts';

const name = 'secrets key';

/** Empty if nothing is encrypted. */
export async function diagnoseSecrets(
  keyRing: KeyRing,
  used: readonly { keyId: string; count: number }[],
): Promise<Diagnosis[]> {
  if (used.length === 0) return [];
  try {
    const known = new Set((await keyRing.read()).map(({ id }) => id));
    const lost = used.filter(({ keyId }) => !known.has(keyId)).reduce((sum, { count }) => sum + count, 0);
    if (lost === 0) return [{ name, state: 'ok', found: keyRing.path, advice: null }];
    return [
      {
        name,
        state: 'warning',
        found: `this machine lacks the key of ${lost} ${lost === 1 ? 'secret' : 'secrets'}: variables of projects, or the key of browser notifications`,
        advice: `Copy secrets.keys from the data directory of the machine that has it to ${keyRing.path} (chmod 600), or set MOOSE_SECRETS_KEY.`,
      },
    ];
  } catch (cause) {
    if (!isMooseError(cause)) throw cause;
    return [{ name, state: 'missing', found: cause.message, advice: cause.advice ?? null }];
  }
}
