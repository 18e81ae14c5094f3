// A working day on a forge: while Moose works, people push to its branches, rewrite, rename and delete base branches, close and
// reopen pull requests, and leave CI red. Each work order ends right, or with a question whose offered answers all work.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Script } from '../../src/demo/scripted-answer.ts';
import type { WorkOrderId } from '../../src/domain/ids.ts';
import { seededRandom } from '../../src/stdx/random.ts';
import { openEscalationOf } from '../../src/store/failures/escalations.ts';
import { keepForgeHost } from '../../src/store/work/pull-requests/forge-hosts.ts';
import { type GitHub, startGitHub } from '../github-double/github.ts';
import type { TestRepository } from '../github-double/test-repository.ts';
import { longOr } from '../long.ts';
import { hintAt } from './ci.fixture.ts';
import { eventually } from './eventually.fixture.ts';
import { type Ground, openGround } from './ground.fixture.ts';
import { commitFiles, git, makeRepository } from './repository.fixture.ts';

const minuteMs = 60_000;
const ordersMax = longOr(40, 6);
/** A work order takes as long as its people, its CI and its questions. */
const dayMs = longOr(40, 8) * minuteMs;
const questionsMax = 4;
const seed = Number(process.env.MOOSE_TEST_SEED ?? Date.now() % 1_000_000);

const files = {
  'README.md': '# x\n',
  'leaked.txt': 'TOP=1\n',
  'src/a.js': 'export const a = 1;\n',
  '.github/workflows/ci.yml': 'on: pull_request\n',
  '.moose/config.yml': 'merge: green\nchecks:\n  - kind: test\n    command: test -f src/a.js\n',
};

interface Day {
  repository: TestRepository;
  github: GitHub;
  name: string;
  /** What must be reachable at the end: nobody overwrites it. */
  theirs: string[];
  isCleaned: boolean;
  status(): Promise<string>;
}

/** The newest: a base branch that is deleted closes the one before. */
const pullOf = ({ repository }: Pick<Day, 'repository'>) => [...repository.state.pulls.values()].at(-1);
const isOpen = (day: Day) =>
  day.repository.state.issues.get(pullOf(day)?.number ?? 0)?.state === 'open' &&
  day.repository.git('for-each-ref', `refs/heads/${pullOf(day)?.baseBranch}`) !== '';

function push({ repository, theirs }: Day, content: Record<string, string>): void {
  const pull = pullOf({ repository });
  if (!pull || pull.mergedAt !== null) return;
  const message = `style: format ${theirs.length + 1}`;
  theirs.push(repository.commit(pull.headBranch, content, { by: 'ann', message }));
}

const setPull = async (day: Day, state: 'open' | 'closed') => {
  const { github, name } = day;
  await github.as('ann', `PATCH /repos/acme/${name}/pulls/${pullOf(day)?.number}`, { state });
};

/** What a person does, once its pull request is open. */
const acts: Readonly<Record<string, (day: Day) => Promise<void> | void>> = {
  nothing: () => undefined,
  'push a good commit': (day) => push(day, { 'fmt.txt': 'formatted\n' }),
  'push a red commit': (day) => push(day, { 'red.txt': 'red\n' }),
  'bring the branch to its base': async (day) => {
    if (!isOpen(day)) return;
    const { repository, github, name } = day;
    const { defaultBranch } = repository.state.settings;
    repository.commit(defaultBranch, { 'other.txt': 'x\n' }, { by: 'ann', message: 'Other work' });
    await github.as('ann', `PUT /repos/acme/${name}/pulls/${pullOf(day)?.number}/update-branch`, {});
  },
  'take a file out of the history': (day) => {
    const { repository } = day;
    if (day.isCleaned) return;
    const { defaultBranch } = repository.state.settings;
    const cleaned = { 'leaked.txt': null };
    repository.commit('cleaning', cleaned, { by: 'ann', from: defaultBranch, message: 'Clean' });
    const tree = repository.git('rev-parse', 'cleaning^{tree}');
    repository.git('update-ref', '-d', 'refs/heads/cleaning');
    const who = ['-c', 'user.name=ann', '-c', 'user.email=ann@example.org'];
    const sha = repository.git(...who, 'commit-tree', '-m', 'Cleaned', tree);
    repository.git('update-ref', `refs/heads/${defaultBranch}`, sha);
    repository.notice();
    day.isCleaned = true;
  },
  'delete the base branch': (day) => {
    const { repository } = day;
    if (repository.git('for-each-ref', 'refs/heads/main') === '') return;
    repository.git('update-ref', 'refs/heads/trunk', repository.git('rev-parse', 'main~1'));
    repository.git('symbolic-ref', 'HEAD', 'refs/heads/trunk');
    repository.state.settings.defaultBranch = 'trunk';
    repository.git('update-ref', '-d', 'refs/heads/main');
    repository.notice();
    repository.commit('trunk', { 'trunk.txt': 'trunk\n' }, { by: 'ann', message: 'Another line' });
  },
  'rename the base branch': (day) => {
    const { repository } = day;
    const pull = pullOf(day);
    if (repository.git('for-each-ref', 'refs/heads/main') === '') return;
    repository.git('update-ref', 'refs/heads/trunk', repository.sha('main'));
    repository.git('symbolic-ref', 'HEAD', 'refs/heads/trunk');
    repository.state.settings.defaultBranch = 'trunk';
    if (pull) pull.baseBranch = 'trunk';
    repository.state.heads.delete('main');
    repository.git('update-ref', '-d', 'refs/heads/main');
    repository.notice();
  },
  'close and open it again': async (day) => {
    if (!isOpen(day)) return;
    await setPull(day, 'closed');
    await eventually(async () => expect(await day.status()).toBe('cancelled'), minuteMs);
    await setPull(day, 'open');
    await eventually(async () => expect(await day.status()).not.toBe('cancelled'), minuteMs);
  },
};

let github: GitHub;
let ground: Ground;
beforeAll(async () => {
  github = await startGitHub();
  ground = await openGround({ MOOSE_NO_CHECKS_MS: '60000' });
  const tokenPath = join(ground.directory, 'token');
  await writeFile(tokenPath, github.tokenOf('moose'), { mode: 0o600 });
  await keepForgeHost(ground.opened.database.query, {
    host: github.host,
    kind: 'github',
    apiUrl: github.world.api,
    createdBy: 'human:ada',
    credential: JSON.stringify({ source: 'file', path: tokenPath }),
    webhookSecret: null,
  });
}, 3 * minuteMs);
afterAll(async () => {
  await ground?.close();
  await github?.stop();
});

/** CI of each new commit: red where somebody left it red, and Moose's own first commit of every third day. */
function runCi(repository: TestRepository, seen: Set<string>, isRedFirst: boolean): void {
  for (const [branch, sha] of repository.state.heads) {
    if (['main', 'trunk'].includes(branch) || seen.has(sha)) continue;
    const isFirst = seen.size === 0;
    seen.add(sha);
    const has = repository.git('ls-tree', '-r', '--name-only', sha).split('\n').includes('red.txt');
    if (!has && !(isFirst && isRedFirst)) {
      repository.reportCheck(sha, 'test', { conclusion: 'success' });
      continue;
    }
    const run = repository.startRun(sha, ['test']);
    const log = 'FAIL a.test: expected 2, got 3\n##[error]Process completed with exit code 1.\n';
    repository.reportJob(run, 'test', { conclusion: 'failure', log, failedStep: 'npm test' });
  }
}

/** Mends what is red, and makes another change each time. */
const mends = (): Script => {
  let count = 0;
  return ({ prompt }) => {
    count += 1;
    const made = { kind: 'write' as const, path: 'src/a.js', content: `export const a = ${count + 1};\n` };
    const isRed = prompt.includes('red.txt') || prompt.includes('expected 2, got 3');
    const edits = isRed
      ? [made, { kind: 'write' as const, path: 'mended.txt', content: `${count}\n` }]
      : [made];
    return { plan: `Try ${count}`, edits, risks: [] };
  };
};

test(
  `R-SEN-3, R-SEN-4, R-SEN-8: people change the ground of ${ordersMax} work orders at random (seed ${seed})`,
  async () => {
    const hinting = setInterval(() => void hintAt(ground).catch(() => undefined), 500);
    onTestFinished(() => clearInterval(hinting));
    const days = Array.from({ length: ordersMax }, (_, number) => workingDay(number));
    const ends = await Promise.allSettled(days);
    const wrong = ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
    expect(wrong, `seed ${seed}`).toEqual([]);
  },
  dayMs,
);

async function workingDay(number: number): Promise<void> {
  const random = seededRandom(seed + number);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const name = `day-${number}`;
  const repository = github.addRepository(`acme/${name}`, { files: { 'README.md': '# x\n' } });
  for (const login of ['moose', 'ann']) repository.grant(login, 'write');
  const path = await makeRepository(join(ground.directory, name), { 'README.md': '# x\n' });
  const url = repository.cloneUrl.replace('http://', `http://x-access-token:${github.tokenOf('moose')}@`);
  const { 'leaked.txt': leaked, ...others } = files;
  await commitFiles(path, others, 'Base');
  await commitFiles(path, { 'leaked.txt': leaked }, 'Leak');
  await git(path, 'push', '--quiet', '--force', url, 'main:refs/heads/main');
  repository.notice();
  await git(path, 'remote', 'add', 'origin', repository.cloneUrl);
  const seen = new Set<string>();
  const isRedFirst = random() < 0.3;
  const chosen = [pick(Object.keys(acts)), pick(Object.keys(acts))];
  const story = [`${name}: ${chosen.join(', then ')}${isRedFirst ? ', red at first' : ''}`];
  const { id } = await ground.submit({
    title: `Change ${name}`,
    repositoryPath: path,
    agent: 'patch',
    answer: mends(),
  });
  const find = () => ground.opened.moose.find(id);
  const status = async () => (await find()).status;
  const day: Day = { repository, github, name, theirs: [], isCleaned: false, status };
  for (let asked = 0; ; ) {
    await eventually(
      async () => {
        runCi(repository, seen, isRedFirst);
        if (pullOf(day) && chosen.length > 0) await acts[chosen.shift() ?? 'nothing']?.(day);
        const { status } = await find();
        if (['pending', 'in_progress'].includes(status) || chosen.length > 0)
          throw new Error(`${story.join('; ')}: ${(await ground.opened.moose.view(id)).explain}`);
      },
      dayMs / 2,
      700,
    );
    const { status } = await find();
    if (status !== 'needs_review') break;
    asked += 1;
    if (asked > questionsMax) throw new Error(`${story.join('; ')}: asked again and again`);
    const question = await openEscalationOf(ground.opened.database.query, id as WorkOrderId);
    if (!question) throw new Error(`${story.join('; ')}: nobody is asked`);
    const option = pick(question.options);
    story.push(`asked '${question.title}', answered '${option.label}'`);
    const note = option.needsNote ? 'Mend red.txt.' : undefined;
    await ground.opened.moose.escalations.answer(question.id, option.id, { ...(note ? { note } : {}) });
    if (option.kind === 'undo' || option.kind === 'cancel')
      await eventually(async () => expect((await find()).status).toBe('cancelled'), minuteMs);
  }
  judge(day, story);
}

function judge(day: Day, story: readonly string[]): void {
  const { repository, theirs, isCleaned } = day;
  const base = repository.state.settings.defaultBranch;
  const onBase = repository.git('ls-tree', '-r', '--name-only', base).split('\n');
  if (isCleaned && onBase.includes('leaked.txt')) throw new Error(`${story.join('; ')}: it is back`);
  for (const sha of theirs)
    if (repository.git('branch', '--contains', sha) === '' && !(isCleaned && isMoved(repository, sha)))
      throw new Error(`${story.join('; ')}: a commit of ann is lost`);
}

/** What a file was taken out of is written again: a commit with the same message, by the same author. */
function isMoved({ git }: TestRepository, sha: string): boolean {
  const format = '--format=%an %s';
  return git('log', '--branches', format)
    .split('\n')
    .includes(git('log', '-1', format, sha));
}
