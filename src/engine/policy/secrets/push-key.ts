// The key with which Moose signs its messages to push services (RFC 8292). It is made once, is the same on all machines,
// and its private half is only in memory and, encrypted with the key of secrets, in the database.

import { createECDH } from 'node:crypto';
import type { ConfigurationError } from '../../../domain/failure.ts';
import { rememberSecrets } from '../../../domain/secrets/known-secrets.ts';
import { addPushKey, readPushKey, type SealedPushKey } from '../../../store/access/push-key.ts';
import type { Query } from '../../../store/database.ts';
import { lockVariables } from '../../../store/work/projects/project-variables.ts';
import type { PushKey } from '../../ports/notifier.ts';
import { secretFailures } from './failure-catalogue.ts';
import { keyInUse } from './key-in-use.ts';
import type { KeyRing } from './key-ring.ts';
import { keyMissing } from './project-secrets.ts';
import { type SecretKey, seal, unseal } from './seal.ts';

const what = 'the key of browser notifications';
const curveBytes = 32;

/** Returns the public key, and makes the key if there is none. Needs a transaction. @throws `SECRETS_KEY_MISSING` */
export async function ensurePushKey(query: Query, keyRing: KeyRing): Promise<string> {
  const known = await readPushKey(query);
  if (known !== null) return known.publicKey;
  // Whoever was first has made it.
  await lockVariables(query);
  const made = await readPushKey(query);
  if (made !== null) return made.publicKey;
  const ecdh = createECDH('prime256v1');
  const publicKey = ecdh.generateKeys('base64url', 'uncompressed');
  const key = { publicKey, privateKey: privateKeyOf(ecdh.getPrivateKey()) };
  await addPushKey(query, { publicKey, ...sealPushKey(key, await keyInUse(query, keyRing, what)) });
  return publicKey;
}

/** Null if there is none. @throws ConfigurationError `SECRETS_KEY_MISSING`, `PUSH_KEY_UNREADABLE` */
export async function openPushKey(query: Query, keyRing: KeyRing): Promise<PushKey | null> {
  const row = await readPushKey(query);
  if (row === null) return null;
  const { publicKey, sealed, keyId } = row;
  const key = (await keyRing.read()).find(({ id }) => id === keyId);
  if (key === undefined) throw keyMissing(what, keyRing.path);
  const privateKey = unseal(sealed, placeOf(publicKey), key);
  if (privateKey === null) throw unreadable();
  rememberSecrets([{ name: 'push-key', value: privateKey }]);
  return { publicKey, privateKey };
}

export function sealPushKey(
  { publicKey, privateKey }: PushKey,
  key: SecretKey,
): Omit<SealedPushKey, 'publicKey'> {
  rememberSecrets([{ name: 'push-key', value: privateKey }]);
  return { sealed: seal(privateKey, placeOf(publicKey), key), keyId: key.id };
}

/** No project has this name as its ID, so a variable never opens as this key. */
const placeOf = (publicKey: string) => ({
  projectId: 'push-key',
  name: publicKey,
  isSecret: true,
  audiences: [],
});

/** node:crypto leaves out leading zeros, and JWK wants them. */
function privateKeyOf(bytes: Buffer): string {
  return Buffer.concat([Buffer.alloc(curveBytes - bytes.length), bytes]).toString('base64url');
}

function unreadable(): ConfigurationError {
  return secretFailures.PUSH_KEY_UNREADABLE('open');
}
