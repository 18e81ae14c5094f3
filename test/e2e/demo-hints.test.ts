// What the demo tells people to type, typed as it is printed, by somebody who has a checkout.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { packageRoot } from '../../src/stdx/files/own-files.ts';
import { compiledCode } from '../compiled-code.ts';
import { endGateways } from './gateway-processes.fixture.ts';

const testMsMax = 600_000;

test(
  'R-BASE-4: fear: a command that the demo prints with --verbose fails, or does not show the change that was refused',
  async () => {
    const home = await mkdtemp(join(tmpdir(), "moose-demo-hints-it's-"));
    onTestFinished(async () => {
      await endGateways(join(home, '.moose/demo'));
      await rm(home, { recursive: true, force: true, maxRetries: 3 });
    });
    const type = async (line: string) => {
      const shell = spawn('/bin/sh', ['-c', line], {
        cwd: packageRoot,
        env: {
          ...compiledCode,
          PATH: process.env.PATH,
          HOME: home,
          COLUMNS: '80',
          TERM: 'xterm',
          NO_COLOR: '1',
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const said = text(shell.stdout);
      const [code] = await once(shell, 'close');
      expect(code, `${line}\n${await said}`).toBe(0);
      return said;
    };
    const after = (said: string, label: string) =>
      said.split(`${label} `)[1]?.split('\n')[0]?.trim().replaceAll('`', '') ?? label;
    const quoted = (said: string, words: string) =>
      new RegExp(`\`([^\`]+ ${words} \\w+)\``).exec(said)?.[1] ?? words;

    // npm would draw its own progress.
    const atTerminal = 'stty cols 80 rows 24; exec npm run --progress=false moose -- demo --verbose';
    const end = (await type(`script -qefc '${atTerminal}' /dev/null`)).replaceAll('\r', '');
    // With --verbose, each event is a line, and nothing is drawn over.
    expect(end).toContain('routing done in');
    expect(end).not.toContain('\x1b[');
    expect(end.match(/^✓ \w{8} {2}/gm)).toHaveLength(6);
    expect(end).toContain('    was green only by what it did to a test, was refused, and did the work\n');
    const refusal = await type(after(end, 'Look closer:'));
    expect(refusal).toContain('passes only with the tests and settings of the change');
    expect(refusal).toContain('test/receipt.test.js > a long name is cut');
    const shown = await type(after(refusal, 'Its work order:'));
    expect(shown).toContain('Large prices are hard to read');
    expect(await type(quoted(shown, 'diff'))).toContain('+++ b/src/receipt.js');
    expect(await type(quoted(shown, 'merge'))).toMatch(/^Merged #\d into main/m);
  },
  testMsMax,
);
