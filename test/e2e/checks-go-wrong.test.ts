// A check can hang, die, print too much, modify the worktree or be missing: the change is judged only by what the check
// really said.
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ground, openGround, writes } from './ground.fixture.ts';
import { leftovers, nothing } from './nothing-left.fixture.ts';
import { git } from './repository.fixture.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await openGround({ MOOSE_CHECK_TIME_LIMIT_MS: '5000', MOOSE_RETURN_MS: '1000' });
});
afterAll(() => ground.close());

/** The check fails after the first answer, and passes after the second one, which writes `good.txt`. */
async function checkedBy(command: string, kind: 'test' | 'lint' | 'setup' = 'test') {
  const prompts: string[] = [];
  const submitted = await ground.submit({
    checks: [{ kind, command, source: 'given' }],
    answer: ({ prompt }) => {
      prompts.push(prompt);
      return prompts.length === 1 ? writes('first.txt', 'First\n') : writes('good.txt', 'Good\n');
    },
  });
  const detail = await ground.settled(submitted.id);
  return { ...submitted, detail, prompts };
}

const unlessGood = (bad: string) => `test -e good.txt || { ${bad}; }`;

test.concurrent.each([
  ['floods its output', unlessGood('yes'), 'wrote too much output and was stopped'],
  [
    'writes bytes that are no text',
    unlessGood("head -c 3000000 /dev/urandom; printf 'last \\0\\377 words'; false"),
    'ended with exit code 1',
  ],
  [
    'rewrites tracked files and leaves new ones',
    `echo more >>README.md; echo junk >junk.txt; ${unlessGood('false')}`,
    'ended with exit code 1',
  ],
  [
    'throws the change away',
    unlessGood('git checkout --quiet main && rm -f first.txt; false'),
    'ended with exit code 1',
  ],
])(
  'a check that %s goes back to the model, and its side effects are not part of the change',
  async (_, command, how) => {
    const { detail, prompts, repositoryPath } = await checkedBy(command);
    expect(detail).toMatchObject({ status: 'completed', counters: { refinement_cycles: 1 } });
    expect(detail.errors).toMatchObject([{ code: 'CHECK_FAILED', recovery_strategy: 'refine' }]);
    expect(prompts[1]).toContain(`The test check \`${command}\` ${how}.`);
    const changed = await git(repositoryPath, 'diff', '--name-only', `main...${detail.branch}`);
    expect(changed.split('\n')).toEqual(['first.txt', 'good.txt']);
  },
);

test.concurrent('a check that seems to be killed by the machine is run twice more, and then the change is blamed', async () => {
  const { detail, prompts } = await checkedBy(unlessGood('test ! -e first.txt || kill -KILL $$'));
  expect(detail).toMatchObject({ status: 'completed', counters: { refinement_cycles: 1 } });
  expect(detail.errors.map(({ code, recovery_strategy }) => [code, recovery_strategy])).toEqual([
    ['CHECK_INTERRUPTED', 'retry'],
    ['CHECK_INTERRUPTED', 'retry'],
    ['CHECK_INTERRUPTED', 'refine'],
  ]);
  expect(prompts[1]).toContain('was killed by SIGKILL');
});

test.concurrent('the end of a check’s output reaches the model as text', async () => {
  const { prompts } = await checkedBy(
    unlessGood("head -c 100000 /dev/zero; printf 'last \\0\\377 words'; false"),
  );
  expect(prompts[1]).toContain('words');
  expect(prompts[1]?.length).toBeLessThan(60_000);
});

test.concurrent('a check that is killed every time needs review, and retry from there completes', async () => {
  const flag = `${ground.shared}/mended`;
  const { id, detail } = await checkedBy(`test -e ${flag} || kill -KILL 0`);
  expect(detail).toMatchObject({
    status: 'needs_review',
    step: 'verifying',
    failure: { code: expect.stringMatching(/^CHECK_(LOST|KILLED)$/) },
  });
  await writeFile(flag, '');
  await ground.opened.moose.retry(id, { from: 'verifying' });
  expect(await ground.settled(id)).toMatchObject({ status: 'completed' });
  expect(ground.callsFor(id)).toBe(1);
});

test.concurrent('a check that finds the disk full is the machine’s fault too', async () => {
  const flag = `${ground.shared}/room`;
  const { id, detail } = await checkedBy(
    `test -e ${flag} || { echo 'No space left on device' >&2; exit 1; }`,
  );
  expect(detail).toMatchObject({
    status: 'needs_review',
    failure: { code: 'DISK_FULL' },
    counters: { refinement_cycles: 0 },
  });
  await writeFile(flag, '');
  await ground.opened.moose.retry(id, { from: 'verifying' });
  expect(await ground.settled(id)).toMatchObject({ status: 'completed' });
});

test.concurrent.each([
  ['leaves processes behind', 'sleep 300 & setsid sleep 301 & true'],
  ['reads what nobody types', 'cat'],
  ['deletes the repository that it sees', 'rm -rf .git'],
  ['commits', 'git -c user.name=Check -c user.email=c@example.org commit --quiet --allow-empty -m Mine'],
  ['switches branches', 'git checkout --quiet -b moose/elsewhere'],
])('a check that %s and succeeds does not spoil the change', async (_, command) => {
  const { detail, repositoryPath, title } = await checkedBy(command);
  expect(detail).toMatchObject({ status: 'completed', counters: { refinement_cycles: 0 } });
  expect(await git(repositoryPath, 'log', '--format=%s', `main..${detail.branch}`)).toBe(title);
});

test('at the end no money is reserved, and no process or worktree is left', async () => {
  expect(await leftovers(ground.opened.database, ground.config.dataDirectory)).toEqual(nothing);
});
