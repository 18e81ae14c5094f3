import { createECDH } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeBrowser } from './browser.fixture.ts';
import { encryptPush, plainBytesMax } from './encrypt.ts';

const bytes = (text: string) => Buffer.from(text, 'base64url');

test('RFC 8291: encrypts the example of section 5 to its exact bytes', () => {
  const p256dh = bytes(
    'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  );
  const auth = bytes('BTBZMqHH6r4Tts7J_aSIgg');
  const body = encryptPush(
    Buffer.from('When I grow up, I want to be a watermelon'),
    { p256dh, auth },
    {
      salt: bytes('DGv6ra1nlYgDCS1FRnbzlw'),
      privateKey: bytes('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw'),
    },
  );
  expect(body.toString('base64url')).toBe(
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
  );
  const browser = makeBrowser({ privateKey: bytes('q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94'), auth });
  expect(browser.decrypt(body)).toBe('When I grow up, I want to be a watermelon');
});

test('only the browser of the keys decrypts a message, and each message has a key of its own', () => {
  const [browser, other] = [makeBrowser(), makeBrowser()];
  const to = { p256dh: bytes(browser.keys.p256dh), auth: bytes(browser.keys.auth) };
  const [first, second] = [encryptPush(Buffer.from('hello'), to), encryptPush(Buffer.from('hello'), to)];
  expect(browser.decrypt(first)).toBe('hello');
  expect(second.equals(first)).toBe(false);
  expect(() => other.decrypt(first)).toThrow();
  first[first.length - 20] = (first[first.length - 20] ?? 0) ^ 1;
  expect(() => browser.decrypt(first)).toThrow();
});

test('a message that no push service has to accept, and a key that is no point of the curve, are refused', () => {
  const browser = makeBrowser();
  const to = { p256dh: bytes(browser.keys.p256dh), auth: bytes(browser.keys.auth) };
  expect(encryptPush(Buffer.alloc(plainBytesMax), to)).toHaveLength(4_096);
  expect(() => encryptPush(Buffer.alloc(plainBytesMax + 1), to)).toThrow(RangeError);
  const ecdh = createECDH('prime256v1');
  const wrong = ecdh.generateKeys();
  wrong[40] = (wrong[40] ?? 0) ^ 1;
  expect(() => encryptPush(Buffer.from('x'), { ...to, p256dh: wrong })).toThrow();
});
