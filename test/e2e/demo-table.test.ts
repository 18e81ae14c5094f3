// The table of `moose demo`, on a real terminal.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { compiledCode } from '../compiled-code.ts';
import { mooseProgram } from '../moose-program.ts';
import { eventually } from './eventually.fixture.ts';
import { endGateways } from './gateway-processes.fixture.ts';

const testMsMax = 600_000;
/** A usual terminal. */
const columns = 80;
const rowCount = 24;
const ctrlC = '\x03';

async function demoAtTerminal() {
  const home = await mkdtemp(join(tmpdir(), 'moose-demo-table-'));
  const data = join(home, 'demo');
  const moose = `"${process.execPath}" "${mooseProgram}" demo --data ${data}`;
  const terminal = spawn(
    'script',
    ['-qefc', `stty cols ${columns} rows ${rowCount}; exec ${moose}`, '/dev/null'],
    {
      env: { ...compiledCode, PATH: process.env.PATH, HOME: home, TERM: 'xterm', NO_COLOR: '1' },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const said = { text: '' };
  terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.text += text;
  });
  const ended = once(terminal, 'close');
  onTestFinished(async () => {
    // It ends everything that it has started; a kill would leave that running.
    if (terminal.exitCode === null) terminal.stdin.write(ctrlC);
    await ended;
    await endGateways(data);
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  });
  return { terminal, said, ended };
}

/** The rows of the table as they were drawn last. */
function lastFrame(text: string): string[] {
  return (
    text
      .slice(text.lastIndexOf('   WORK ORDER'))
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for the escape character
      .replaceAll(/\x1b\[\d*[A-Z]/g, '')
      .split(/\r*\n/)
      .slice(0, 6)
  );
}

/** What is on the screen after the last frame of the table was drawn. */
function endOf(text: string): string[] {
  return text
    .slice(text.lastIndexOf('   WORK ORDER'))
    .trimEnd()
    .split(/\r*\n/)
    .map((line) => stripVTControlCharacters(line));
}

test(
  'a newcomer sees one line for each work order, which changes in place, and at the end what went wrong, uncut',
  async () => {
    const { said, ended } = await demoAtTerminal();
    expect(await ended, said.text).toEqual([0, null]);
    const [, ...rows] = lastFrame(said.text);
    for (const row of rows) expect(row).toMatch(/^✓ {2}.+ {2}completed {5}\$\d.+ {2}pull request \d$/);
    // No event was printed beside the table.
    expect(said.text).not.toContain('routing done in');
    expect(said.text).toContain('asking the model');
    const end = endOf(said.text);
    expect(end.join('\n')).toMatch(/^✓ \w{8} {2}Durations with days\n {4}failed its checks at first, .+$/m);
    expect(end.at(-4)).toMatch(/^6 of 6 work orders completed in [\d.]+ s, 3 of them after a failure\.$/);
    expect(end.at(-2)).toMatch(/^Look closer: .+ errors \w{8}$/);
    expect(end.at(-1)).toMatch(/^Real work: .+ up$/);
    // Nothing is cut, and all of it is on the screen.
    expect(end.join('\n')).not.toContain('…');
    expect(end.length).toBeLessThan(rowCount);
    for (const line of end) if (!line.startsWith('Look closer')) expect(line.length).toBeLessThan(columns);
  },
  testMsMax,
);

test(
  'Ctrl-C leaves the last state on the screen, and the cursor below it',
  async () => {
    const { terminal, said, ended } = await demoAtTerminal();
    await eventually(async () => expect(said.text).toContain('verifying'), testMsMax);
    terminal.stdin.write(ctrlC);
    expect(await ended, said.text).toEqual([130, null]);
    expect(lastFrame(said.text).slice(1).join('\n')).toMatch(/^▸ {2}.+ \$0\.\d/m);
    expect(said.text, 'the cursor is never hidden').not.toContain('\x1b[?25l');
  },
  testMsMax,
);
