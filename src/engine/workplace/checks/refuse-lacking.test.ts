// Fear: an agent is paid although the checks cannot run here: no container engine, no terminal, no input (R-REPO-6).
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import type { Check } from '../../../domain/work-order/check.ts';
import { onRecord } from '../../pipeline/on-record.fixture.ts';
import { preparing } from '../../pipeline/preparing/preparing.ts';
import { atStep } from '../../pipeline/scratch-pipeline.fixture.ts';

const shared = sharedDatabase();

const test1 = (command: string): Check => ({ kind: 'test', command, source: 'given' });

async function ground(script: string, { title = '', readme = '' } = {}) {
  const files = { 'run.sh': script, 'README.md': readme };
  const at = await atStep(shared(), 'preparing', { files, orderSettings: { checks: [test1('sh run.sh')] } });
  if (title) at.work.order.title = title;
  const prepare = () => preparing(at.work).catch((cause: unknown) => cause);
  const sessions = async () => (await onRecord(at.work)).sessions;
  return { ...at, prepare, sessions };
}

const says = (line: string) => `echo "${line}" >&2; echo FAILED; exit 1\n`;

test.each([
  ['CHECK_CONTAINERS_MISSING', says('Cannot connect to the Docker daemon at unix:///var/run/docker.sock.')],
  [
    'CHECK_NEEDS_NAMESPACES',
    `# playwright\n${says('[12:34:FATAL:zygote_host_impl_linux.cc(128)] No usable sandbox!')}`,
  ],
  ['CHECK_NEEDS_TERMINAL', 'cat </dev/tty\n'],
  ['CHECK_NEEDS_INPUT', `python3 -c 'input ("Which? ")'\n`],
  ['CHECK_SHARED_MEMORY_MISSING', says('cannot access /dev/shm/x: Permission denied')],
])('R-REPO-6: %s is said before any agent runs', async (code, script) => {
  const { prepare, sessions } = await ground(script);
  const failure = await prepare();
  expect(failure).toMatchObject({ code, category: 'configuration' });
  // The line that says it, not the last one.
  expect(`${failure}`).not.toContain('FAILED');
  expect(await sessions()).toEqual(['base-1-test exited']);
});

test('R-REPO-6: what a session has is used: a terminal of its own, shared memory, empty input', async () => {
  const script = `# isatty
    set -e; script -qec 'test -t 0 && test -t 1' /dev/null; echo x >/dev/shm/x; cat /dev/shm/x; cat\n`;
  const { prepare, sessions } = await ground(script);
  expect(await prepare()).toMatchObject({ end: 'done' });
  expect(await sessions()).toEqual(['base-1-test exited']);
  expect(await prepare()).toMatchObject({ end: 'done' });
  expect(await sessions()).toEqual(['base-1-test exited']);
});

test('R-REPO-6: shared memory is not cut off at the 64 MB of a container', async () => {
  const { prepare, sessions } = await ground(
    'set -e; head -c 100000000 /dev/zero >/dev/shm/x; test -s /dev/shm/x\n',
  );
  expect(await prepare()).toMatchObject({ end: 'done' });
  expect(await sessions()).toEqual(['base-1-test exited']);
});

test.each([
  ['the project mentions none of it', says('red for another reason'), {}],
  [
    'the work order is about it',
    says('Cannot connect to the Docker daemon'),
    { title: 'Test without Docker' },
  ],
])('R-REPO-6: nothing runs if %s', async (_, script, about) => {
  const { prepare, sessions } = await ground(script, about);
  expect(await prepare()).toMatchObject({ end: 'done' });
  expect(await sessions()).toEqual([]);
});

test('R-REPO-6: a check that is red on the base for another reason stops nothing', async () => {
  const { prepare, sessions } = await ground(says('expected 1, got 2'), { readme: 'Uses docker' });
  expect(await prepare()).toMatchObject({ end: 'done' });
  expect(await sessions()).toEqual(['base-1-test exited']);
});
