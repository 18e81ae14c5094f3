// The one key with which Moose signs its messages to push services; the private half is encrypted.
import { sql } from 'kysely';
import type { Query } from '../database.ts';

export interface SealedPushKey {
  publicKey: string;
  sealed: Buffer;
  keyId: string;
}

/** Null if nobody has turned notifications on yet. */
export async function readPushKey(query: Query): Promise<SealedPushKey | null> {
  const { rows } = await sql<SealedPushKey>`select public_key, sealed, key_id from push_key`.execute(query);
  return rows[0] ?? null;
}

export async function addPushKey(query: Query, { publicKey, sealed, keyId }: SealedPushKey): Promise<void> {
  await sql`insert into push_key (public_key, sealed, key_id) values (${publicKey}, ${sealed}, ${keyId})`.execute(
    query,
  );
}

/** Replaces the encryption after a change of the key of secrets; the push key itself stays. */
export async function resealPushKey(query: Query, { sealed, keyId }: Omit<SealedPushKey, 'publicKey'>) {
  await sql`update push_key set sealed = ${sealed}, key_id = ${keyId}`.execute(query);
}
