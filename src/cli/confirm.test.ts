import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { confirmByPerson } from './confirm.ts';

const never = new AbortController().signal;

function terminal(isTTY: boolean) {
  const output = new PassThrough();
  return { input: Object.assign(new PassThrough(), { isTTY }), output: Object.assign(output, { isTTY }) };
}

test('R-SEC-1: fear: an agent that runs the command line raises its own limit', async () => {
  const at = terminal(false);
  at.input.end('yes\n');
  await expect(confirmByPerson('Raising a limit', never, at)).rejects.toMatchObject({
    code: 'PERSON_NEEDED',
  });
});

test.each([
  ['yes', null],
  ['YES ', null],
  ['y', 'NOT_CONFIRMED'],
  ['', 'NOT_CONFIRMED'],
])('R-SEC-1: at a terminal %j is the answer of a person', async (answer, code) => {
  const at = terminal(true);
  at.input.write(`${answer}\n`);
  const asked = confirmByPerson('Raising a limit', never, at);
  if (code === null) await asked;
  else await expect(asked).rejects.toMatchObject({ code });
});
