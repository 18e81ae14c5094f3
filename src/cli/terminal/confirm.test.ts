import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { askYesNo, confirmByPerson } from './confirm.ts';

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

test('R-SEC-2: fear: a server or a repository that a question quotes controls the terminal, or asks something else', async () => {
  const label = `Raise the limit\x1b[2J\x1b]52;c;b3duZWQ=\x07\x9b1A\u202e\nMend a typo`;
  for (const ask of [confirmByPerson, askYesNo]) {
    const at = terminal(true);
    let said = '';
    at.output.on('data', (part: Buffer) => {
      said += part.toString();
    });
    at.input.write('yes\n');
    await ask(label, never, at);
    expect(said).toContain('Raise the limit[2J]52;c;b3duZWQ=1A\ufffd Mend a typo');
    for (const sign of ['\x1b]', '\x07', '\x9b', '\u202e']) expect(said).not.toContain(sign);
  }
});

test('R-UI-7: fear: Ctrl-C at a question is reported as a bug in Moose', async () => {
  const stop = new AbortController();
  const interrupt = () => stop.abort(new DOMException('Stopped by a signal', 'AbortError'));
  for (const ask of [confirmByPerson, askYesNo]) {
    const at = { ...terminal(true), interrupt };
    const asked = ask('Raising a limit', stop.signal, at);
    at.input.write('\x03');
    await expect(asked).rejects.toBe(stop.signal.reason);
  }
});

test.each([
  ['Ctrl-D', '\x04'],
  ['the end of the input', null],
])(
  'R-UI-7: fear: after %s at a question, the command waits forever or is reported as a bug',
  async (_, key) => {
    const end = ({ input }: ReturnType<typeof terminal>) =>
      void (key === null ? input.end() : input.write(key));
    const confirming = terminal(true);
    const confirmed = confirmByPerson('Raising a limit', never, confirming);
    end(confirming);
    await expect(confirmed).rejects.toMatchObject({ code: 'NOT_CONFIRMED' });
    const asking = terminal(true);
    const asked = askYesNo('Write it?', never, asking);
    end(asking);
    expect(await asked).toBe(false);
  },
);
