import { Command } from 'commander';
import { expect, test } from 'vitest';
import { projectSettingRows } from '../../domain/project-settings/project-settings.ts';
import { hostLines } from '../lines/project-lines.ts';
import { changeGiven, projectOptions, withHosts } from './project-options.ts';

const never = new AbortController().signal;

/** What the command line makes of these words. */
async function given(...words: string[]) {
  const set = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  for (const option of projectOptions()) set.addOption(option);
  return changeGiven(set.parse(words, { from: 'user' }).opts(), never);
}

const contradictory = { code: 'OPTION_CONTRADICTORY' };

test('R-PROJ-2: each setting has an option of its own, which is read as its row says', async () => {
  const names = projectOptions().map(({ long }) => long);
  expect(new Set(names).size).toBe(names.length);
  for (const [key, { kind, flag, unsetBy }] of projectSettingRows) {
    const [name = ''] = flag.split(' ');
    if (kind === 'switch') {
      expect(await given(name)).toEqual({ [key]: true });
      expect(await given(name.replace('--', '--no-'))).toEqual({ [key]: false });
    } else if (unsetBy !== undefined) {
      expect(await given(name, unsetBy)).toEqual({ [key]: null });
    }
  }
});

test('R-PROJ-2: what is given is sent in the words of the wire, and nothing else', async () => {
  expect(
    await given(
      ...['--limit', '2.50', '--work-order-limit', '3', '--time-limit', '1m', '--base', 'main'],
      ...['--check', 'test=make test', '--label', 'gpu=yes', '--merge', 'green', '--image', 'none'],
      ...['--no-trusted', '--reviewer', 'none', '--subtasks', 'ask', '--director', 'cost_usd=2'],
    ),
  ).toEqual({
    limit_usd: 2.5,
    work_order_limit_usd: 3,
    time_limit_ms: 60_000,
    base: 'main',
    checks: [{ kind: 'test', command: 'make test' }],
    labels: ['gpu=yes'],
    merge: 'green',
    image: 'none',
    trusted: false,
    reviewer: 'none',
    subtasks: 'ask',
    director: { cost_usd: 2 },
  });
  expect(await given()).toEqual({});
});

test('R-SEN-5: --intake takes a label, or the usual one; --no-intake takes no issues', async () => {
  expect(await given('--intake')).toEqual({ intake_label: 'moose' });
  expect(await given('--intake', 'agents')).toEqual({ intake_label: 'agents' });
  expect(await given('--no-intake')).toEqual({ intake_label: null });
});

test('R-UI-7: fear: what is named beside "none" is dropped, and the command reports success', async () => {
  for (const words of [
    ['--check', 'none', '--check', 'test=true'],
    ['--file', '.env', '--file', 'none'],
    ['--file', 'repository', '--file', '.env'],
    ['--forge-program', 'none', '--forge-program', 'renovate[bot]'],
    ['--setup', 'none', '--setup', 'make a'],
    ['--director', 'cost_usd=5', '--director', 'default'],
  ])
    await expect(given(...words)).rejects.toMatchObject(contradictory);
});

test('"none" alone, and "repository" alone, keep their meaning', async () => {
  expect(await given('--file', 'none')).toEqual({ files: [] });
  expect(await given('--file', 'repository')).toEqual({ files: null });
  expect(await given('--file', '.env', '--file', '.npmrc')).toEqual({ files: ['.env', '.npmrc'] });
  expect(await given('--setup', 'none')).toEqual({ setup: [] });
  expect(await given('--setup', 'make a', '--setup', 'make b')).toEqual({ setup: ['make a', 'make b'] });
  expect(await given('--director', 'default')).toEqual({ director: null });
});

test('an unknown word for a choice is refused', async () => {
  await expect(given('--verify', 'lax')).rejects.toThrow('Allowed choices are strict, standard');
});

const daemons = { db: { command: 'postgres', ready: { port: 5432 } } };
const written = 'db:\n  command: postgres\n  ready: { port: 5432 }\n';

test.each<[string, unknown]>([
  ['none', {}],
  ['repository', null],
  [written, daemons],
  [`services:\n${written.replace(/^/gm, '  ')}`, daemons],
  [JSON.stringify(daemons), daemons],
])('R-PROJ-2: the services %j', async (text, expected) => {
  expect(await given('--services', text)).toEqual({ services: expected });
});

test('R-PROJ-2: what is no YAML is refused with its place', async () => {
  await expect(given('--services', 'db: [')).rejects.toMatchObject({
    code: 'PROJECT_SERVICES_INVALID',
    message: expect.stringMatching(/line 1/),
  });
});

const now = { agent_hosts: ['a.example'], private_hosts: null };
const asked = { agents: ['b.example'], private: ['registry.internal'] };

test('R-SEC-6: hosts are added to those that are there; none removes them', async () => {
  const hosts = async (...words: string[]) => withHosts(await given(...words), now, null);
  expect(await hosts()).toEqual({});
  expect(await hosts('--agent-host', 'c.example', '--agent-host', 'a.example')).toEqual({
    agent_hosts: ['a.example', 'c.example'],
  });
  expect(await hosts('--agent-host', 'none')).toEqual({ agent_hosts: [] });
  expect(await hosts('--agent-host', 'none', '--agent-host', 'd.example')).toEqual({
    agent_hosts: ['d.example'],
  });
});

test('R-SEC-6: a person confirms exactly what the file asks for now', () => {
  expect(withHosts({}, now, asked)).toEqual({
    agent_hosts: ['a.example', 'b.example'],
    private_hosts: ['registry.internal'],
  });
});

test('R-SEC-6: a project says which hosts wait for a person, and what to do', () => {
  expect(hostLines({ name: 'api' }, { unconfirmed_hosts: asked }).join('\n')).toContain(
    'for agents: b.example; at private addresses: registry.internal.\n  To confirm them: `moose project set api --confirm-hosts`',
  );
  expect(hostLines({ name: 'api' }, { unconfirmed_hosts: null })).toEqual([]);
});
