// All values are encrypted with the same key: another machine that created its own would lock out the first one.
import type { Query } from '../../../store/database.ts';
import { usedKeyIds } from '../../../store/work/projects/project-variables.ts';
import type { KeyRing } from './key-ring.ts';
import { keyMissing } from './project-secrets.ts';
import type { SecretKey } from './seal.ts';

/**
 * The key for the next value, created if there is no value yet. Needs the lock of `lockVariables`.
 * @throws ConfigurationError `SECRETS_KEY_MISSING`
 */
export async function keyInUse(query: Query, keyRing: KeyRing, what: string): Promise<SecretKey> {
  const used = await usedKeyIds(query);
  if (used.length === 0) return keyRing.ensureOne();
  const keys = await keyRing.read();
  const key = keys.findLast(({ id }) => used.includes(id));
  if (key === undefined || used.some((id) => !keys.some((each) => each.id === id)))
    throw keyMissing(what, keyRing.path);
  return key;
}
