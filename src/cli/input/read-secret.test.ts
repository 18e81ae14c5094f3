import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { readSecret } from './read-secret.ts';

function terminal(isTTY: boolean) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  return { input: Object.assign(input, { isTTY, setRawMode: () => undefined }), output };
}

const signal = new AbortController().signal;

test('R-PROJ-5: a piped value is used unchanged, without one line end', async () => {
  const { input, output } = terminal(false);
  input.end('one\ntwo \r\n');
  expect(await readSecret('Value: ', signal, { input, output })).toBe('one\ntwo ');
});

test('fear: bytes that are not text are stored as another value', async () => {
  const { input, output } = terminal(false);
  input.end(Buffer.from([0x61, 0xff, 0xfe]));
  await expect(readSecret('Value: ', signal, { input, output })).rejects.toMatchObject({
    code: 'VALUE_NOT_TEXT',
    advice: expect.stringContaining('base64'),
  });
});

test('text that is typed at a terminal is never shown, and can be corrected', async () => {
  const { input, output } = terminal(true);
  const reading = readSecret('Value: ', signal, { input, output });
  for (const key of ['s', 'x', '\x7f', 'e', 'é', '\r']) input.write(key);
  expect(await reading).toBe('seé');
  expect(String(output.read())).toBe('Value: \n');
});

test('fear: an abandoned prompt keeps the terminal, or stores an empty value', async () => {
  const { input, output } = terminal(true);
  const reading = readSecret('Value: ', signal, { input, output });
  input.write('half\x03');
  await expect(reading).rejects.toMatchObject({ code: 'VALUE_NOT_GIVEN' });
});

test('fear: a prompt whose terminal is gone waits forever', async () => {
  const { input, output } = terminal(true);
  const reading = readSecret('Value: ', signal, { input, output });
  input.end('half');
  await expect(reading).rejects.toMatchObject({ code: 'VALUE_NOT_GIVEN' });
});

test('R-SEC-3: fear: a piped value without an end fills the memory', async () => {
  const { input, output } = terminal(false);
  const reading = readSecret('Value: ', signal, { input, output });
  input.end(Buffer.alloc(2 * 1024 * 1024, 'x'));
  await expect(reading).rejects.toMatchObject({ message: expect.stringContaining('more than') });
});
