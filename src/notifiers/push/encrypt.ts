// Encrypts a message so that only one browser can read it (RFC 8291, with the content encoding of RFC 8188).
import { createCipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';

export interface PushReceiver {
  /** The browser's public key: an uncompressed P-256 point. */
  p256dh: Buffer;
  /** The secret that the browser shares with Moose. */
  auth: Buffer;
}

const curve = 'prime256v1';
const saltBytes = 16;
const tagBytes = 16;
const recordBytes = 4_096;
/** Marks the last record; padding would follow it. */
const lastRecord = Buffer.from([2]);
/** Push services accept bodies of 4096 bytes: what is left beside header, mark and tag. */
export const plainBytesMax = recordBytes - 86 - lastRecord.length - tagBytes;

/** `ephemeral`: only the RFC's example chooses what is otherwise random. @throws RangeError */
export function encryptPush(
  plain: Buffer,
  { p256dh, auth }: PushReceiver,
  ephemeral: { salt: Buffer; privateKey?: Buffer } = { salt: randomBytes(saltBytes) },
): Buffer {
  if (plain.length > plainBytesMax) throw new RangeError(`A push message has at most ${plainBytesMax} bytes`);
  const { salt, privateKey } = ephemeral;
  const sender = createECDH(curve);
  if (privateKey === undefined) sender.generateKeys();
  else sender.setPrivateKey(privateKey);
  const publicKey = sender.getPublicKey();
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), p256dh, publicKey]);
  const secret = derive(sender.computeSecret(p256dh), auth, info, 32);
  const key = derive(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = derive(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(plain), cipher.update(lastRecord), cipher.final()]);
  const size = Buffer.alloc(5);
  size.writeUInt32BE(recordBytes);
  size.writeUInt8(publicKey.length, 4);
  return Buffer.concat([salt, size, publicKey, sealed, cipher.getAuthTag()]);
}

function derive(key: Buffer, salt: Buffer, info: Buffer, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, info, bytes));
}
