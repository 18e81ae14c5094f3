// Encrypts the value of a variable with AES-256-GCM and authenticates its context: if the project, name, kind or
// sessions of a row are changed in the database, the value can no longer be decrypted.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

export const keyBytes = 32;
const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
const idChars = 16;

export interface SecretKey {
  /** Identifies the key without revealing anything about it. */
  id: string;
  bytes: Buffer;
}

export interface SealedFor {
  projectId: string;
  name: string;
  isSecret: boolean;
  audiences: readonly string[];
}

export function keyOf(bytes: Buffer): SecretKey {
  return {
    id: createHash('sha256').update('moose-key-id:').update(bytes).digest('hex').slice(0, idChars),
    bytes,
  };
}

/** Returns nonce, ciphertext and tag. */
export function seal(value: string, place: SealedFor, { bytes }: SecretKey): Buffer {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, bytes, nonce);
  sealing.setAAD(boundTo(place));
  return Buffer.concat([nonce, sealing.update(value, 'utf8'), sealing.final(), sealing.getAuthTag()]);
}

/** Null if the value was encrypted with another key or for another context, or was changed. */
export function unseal(sealed: Buffer, place: SealedFor, { bytes }: SecretKey): string | null {
  if (sealed.length < nonceBytes + tagBytes) return null;
  const opening = createDecipheriv(cipher, bytes, sealed.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  opening.setAAD(boundTo(place));
  opening.setAuthTag(sealed.subarray(-tagBytes));
  const begun = opening.update(sealed.subarray(nonceBytes, -tagBytes));
  try {
    return Buffer.concat([begun, opening.final()]).toString('utf8');
  } catch {
    // `final` fails only if the tag does not match.
    return null;
  }
}

function boundTo({ projectId, name, isSecret, audiences }: SealedFor): Buffer {
  return Buffer.from(JSON.stringify(['moose-variable', 1, projectId, name, isSecret, audiences]));
}
