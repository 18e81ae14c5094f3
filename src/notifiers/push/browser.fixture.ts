// For tests: a browser that subscribes with real keys, and decrypts what a push service gives it (RFC 8291, section 3.4).
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';

export interface Browser {
  keys: { p256dh: string; auth: string };
  /** @throws if the body was not made for this browser */
  decrypt(body: Buffer): string;
}

export function makeBrowser(given: { privateKey?: Buffer; auth?: Buffer } = {}): Browser {
  const ecdh = createECDH('prime256v1');
  if (given.privateKey === undefined) ecdh.generateKeys();
  else ecdh.setPrivateKey(given.privateKey);
  const auth = given.auth ?? randomBytes(16);
  const own = ecdh.getPublicKey();
  return {
    keys: { p256dh: own.toString('base64url'), auth: auth.toString('base64url') },
    decrypt: (body) => {
      const salt = body.subarray(0, 16);
      const idEnd = 21 + body.readUInt8(20);
      const sender = body.subarray(21, idEnd);
      const sealed = body.subarray(idEnd, -16);
      const derive = (key: Uint8Array, with_: Buffer, info: Buffer, bytes: number) =>
        Buffer.from(hkdfSync('sha256', key, with_, info, bytes));
      const info = Buffer.concat([Buffer.from('WebPush: info\0'), own, sender]);
      const secret = derive(ecdh.computeSecret(sender), auth, info, 32);
      const key = derive(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
      const nonce = derive(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
      const opening = createDecipheriv('aes-128-gcm', key, nonce);
      opening.setAuthTag(body.subarray(-16));
      const padded = Buffer.concat([opening.update(sealed), opening.final()]);
      const end = padded.lastIndexOf(2);
      if (end < 0 || padded.subarray(end + 1).some((byte) => byte !== 0)) throw new Error('No last record');
      return padded.subarray(0, end).toString('utf8');
    },
  };
}
