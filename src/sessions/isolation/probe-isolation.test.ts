import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { probeIsolation } from './probe-isolation.ts';

const { way } = await probeIsolation();

test.runIf(way?.kind === 'privileged')(
  'a Moose whose process has a number that sessions have too isolates them, as in a container',
  () => {
    const url = new URL('./probe-isolation.ts', import.meta.url).href;
    const script = `const { tryIsolation } = await import(${JSON.stringify(url)});
      console.log(process.pid, (await tryIsolation('privileged')).level);`;
    const node = [process.execPath, '--input-type=module', '--eval', script];
    const inside = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', ...node];
    expect(execFileSync('unshare', inside, { encoding: 'utf8' }).trim()).toBe('1 files');
  },
);
