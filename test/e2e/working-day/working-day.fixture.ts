// A working day on a forge: while Moose works, people push to its branches, rewrite, rename and delete base branches, close and
// reopen pull requests, and leave CI red. Each work order ends right, or with a question whose offered answers all work.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { Script } from '../../../src/demo/scripted-answer.ts';
import type { WorkOrderId } from '../../../src/domain/ids.ts';
import { seededRandom } from '../../../src/stdx/random.ts';
import { openEscalationOf } from '../../../src/store/failures/escalations.ts';
import { keepForgeHost } from '../../../src/store/work/pull-requests/forge-hosts.ts';
import { longOr } from '../../long.ts';
import { hintAt } from '../ci.fixture.ts';
import { eventually } from '../eventually.fixture.ts';
import { type Ground, openGround } from '../ground.fixture.ts';
import { commitFiles, git, makeRepository } from '../repository.fixture.ts';
import type { DayForge, DayPull, DayRepository } from './day-forge.fixture.ts';

const minuteMs = 60_000;
export const ordersMax = longOr(40, 6);
/** A work order takes as long as its people, its CI and its questions. */
export const dayMs = longOr(40, 8) * minuteMs;
const questionsMax = 4;
export const seed = Number(process.env.MOOSE_TEST_SEED ?? Date.now() % 1_000_000);

const files = {
  'README.md': '# x\n',
  'leaked.txt': 'TOP=1\n',
  'src/a.js': 'export const a = 1;\n',
  '.github/workflows/ci.yml': 'on: pull_request\n',
  '.moose/config.yml': 'merge: green\nchecks:\n  - kind: test\n    command: test -f src/a.js\n',
};

interface Day {
  repository: DayRepository;
  ann: Colleague;
  /** What must be reachable at the end: nobody overwrites it. */
  theirs: string[];
  isCleaned: boolean;
  /** The base branch lost a commit, so the answer to a question may write theirs again on the new one. */
  isRewritten: boolean;
  status(): Promise<string>;
}

/** A colleague with a clone of her own. */
interface Colleague {
  /** The newest commit of the branch. */
  fetch(branch: string): Promise<string | null>;
  /** Pushes a commit with these files; null removes one. */
  commit(branch: string, files: Readonly<Record<string, string | null>>, message: string): Promise<string>;
  git(...args: string[]): Promise<string>;
}

async function colleague(path: string, pushUrl: string): Promise<Colleague> {
  await mkdir(path, { recursive: true });
  await git(path, 'init', '--quiet');
  await git(path, 'remote', 'add', 'origin', pushUrl);
  const asAnn = (...args: string[]) =>
    git(path, '-c', 'user.name=ann', '-c', 'user.email=ann@example.org', ...args);
  const fetch = async (branch: string) => {
    await asAnn('fetch', '--quiet', '--prune', 'origin', '+refs/heads/*:refs/remotes/origin/*');
    const found = await asAnn('for-each-ref', '--format=%(objectname)', `refs/remotes/origin/${branch}`);
    return found === '' ? null : found;
  };
  return {
    fetch,
    git: asAnn,
    commit: async (branch, files, message) => {
      await fetch(branch);
      await asAnn('checkout', '--quiet', '--force', '--detach', `origin/${branch}`);
      for (const [name, content] of Object.entries(files))
        await (content === null
          ? rm(join(path, name), { force: true })
          : writeFile(join(path, name), content));
      await asAnn('add', '--all');
      await asAnn('commit', '--quiet', '--allow-empty', '-m', message);
      await asAnn('push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`);
      return asAnn('rev-parse', 'HEAD');
    },
  };
}

/** Undefined if it is closed, or its base branch is gone. */
async function openPull({ repository, ann }: Day): Promise<DayPull | undefined> {
  const pull = await repository.pull();
  return pull?.isOpen && (await ann.fetch(pull.baseBranch)) !== null ? pull : undefined;
}

async function push({ repository, ann, theirs }: Day, content: Record<string, string>): Promise<void> {
  const pull = await repository.pull();
  if (!pull || pull.isMerged || (await ann.fetch(pull.headBranch)) === null) return;
  theirs.push(await ann.commit(pull.headBranch, content, `style: format ${theirs.length + 1}`));
}

/** What a person does, once its pull request is open. */
const acts: Readonly<Record<string, (day: Day) => Promise<void> | void>> = {
  nothing: () => undefined,
  'push a good commit': (day) => push(day, { 'fmt.txt': 'formatted\n' }),
  'push a red commit': (day) => push(day, { 'red.txt': 'red\n' }),
  'bring the branch to its base': async (day) => {
    const { repository, ann } = day;
    const pull = await openPull(day);
    if (!pull) return;
    await ann.commit(await repository.defaultBranch(), { 'other.txt': 'x\n' }, 'Other work');
    await repository.updateBranch(pull.number);
  },
  'take a file out of the history': async (day) => {
    if (day.isCleaned) return;
    const { repository, ann } = day;
    const branch = await repository.defaultBranch();
    await ann.fetch(branch);
    await ann.git('checkout', '--quiet', '--force', '--detach', `origin/${branch}`);
    await ann.git('rm', '--quiet', '--force', 'leaked.txt');
    const sha = await ann.git('commit-tree', '-m', 'Cleaned', await ann.git('write-tree'));
    await ann.git('push', '--quiet', '--force', 'origin', `${sha}:refs/heads/${branch}`);
    day.isCleaned = true;
    day.isRewritten = true;
  },
  'delete the base branch': async (day) => {
    const { repository, ann } = day;
    if ((await repository.defaultBranch()) !== 'main') return;
    await ann.fetch('main');
    const hasMore = await ann.git('rev-list', '--count', 'origin/main');
    day.isRewritten ||= Number(hasMore) > 1;
    const from = Number(hasMore) > 1 ? 'origin/main~1' : 'origin/main';
    await ann.git('push', '--quiet', 'origin', `${from}:refs/heads/trunk`);
    await repository.replaceDefault('trunk');
    await ann.commit('trunk', { 'trunk.txt': 'trunk\n' }, 'Another line');
  },
  'rename the base branch': async ({ repository }) => {
    if ((await repository.defaultBranch()) === 'main') await repository.renameDefault('trunk');
  },
  'close and open it again': async (day) => {
    const pull = await openPull(day);
    if (!pull) return;
    await day.repository.setState(pull.number, 'closed');
    await eventually(async () => expect(await day.status()).toBe('cancelled'), minuteMs);
    await day.repository.setState(pull.number, 'open');
    await eventually(async () => expect(await day.status()).not.toBe('cancelled'), minuteMs);
  },
};

/** CI of each new commit: red where somebody left it red, and Moose's own first commit of every third day. */
async function runCi(repository: DayRepository, seen: Set<string>, isRedFirst: boolean): Promise<void> {
  const heads = repository.read('for-each-ref', '--format=%(objectname) %(refname:short)', 'refs/heads');
  for (const line of heads.split('\n')) {
    const [sha = '', branch = ''] = line.split(' ');
    if (['', 'main', 'trunk'].includes(branch) || seen.has(sha)) continue;
    const isFirst = seen.size === 0;
    seen.add(sha);
    const has = filesAt(repository, sha).includes('red.txt');
    await repository.reportCi(sha, has || (isFirst && isRedFirst));
  }
}

const filesAt = ({ read }: DayRepository, ref: string) =>
  read('ls-tree', '-r', '--name-only', ref).split('\n');

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

/** Each work order ends right, or with a question whose offered answers all work. */
/** How the work orders ended that did not end right, and why. */
export async function workADay(forge: DayForge): Promise<string[]> {
  const ground = await openGround({ MOOSE_NO_CHECKS_MS: '60000' });
  onTestFinished(() => ground.close());
  const tokenPath = join(ground.directory, 'token');
  await writeFile(tokenPath, forge.token, { mode: 0o600 });
  await keepForgeHost(ground.opened.database.query, {
    host: forge.host,
    kind: forge.kind,
    apiUrl: forge.apiUrl,
    createdBy: 'human:ada',
    credential: JSON.stringify({ source: 'file', path: tokenPath }),
    webhookSecret: null,
  });
  const hinting = setInterval(() => void hintAt(ground).catch(() => undefined), 500);
  onTestFinished(() => clearInterval(hinting));
  const days = Array.from({ length: ordersMax }, (_, number) => workOrderOfDay(ground, forge, number));
  const ends = await Promise.allSettled(days);
  return ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
}

async function workOrderOfDay(ground: Ground, forge: DayForge, number: number): Promise<void> {
  const random = seededRandom(seed + number);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const name = `day-${number}`;
  const path = await makeRepository(join(ground.directory, name), { 'README.md': '# x\n' });
  const { 'leaked.txt': leaked, ...others } = files;
  await commitFiles(path, others, 'Base');
  await commitFiles(path, { 'leaked.txt': leaked }, 'Leak');
  const repository = await forge.addRepository(name, path);
  await git(path, 'remote', 'add', 'origin', repository.url);
  const ann = await colleague(join(ground.directory, `${name}-ann`), repository.pushUrl);
  const seen = new Set<string>();
  const isRedFirst = random() < 0.3;
  const chosen = [pick(Object.keys(acts)), pick(Object.keys(acts))];
  const story = [`${name}: ${chosen.join(', then ')}${isRedFirst ? ', red at first' : ''}`];
  const title = `Change ${name}`;
  const { id } = await ground.submit({ title, repositoryPath: path, agent: 'patch', answer: mends() });
  const find = () => ground.opened.moose.find(id);
  const status = async () => (await find()).status;
  const day: Day = { repository, ann, theirs: [], isCleaned: false, isRewritten: false, status };
  for (let asked = 0; ; ) {
    await eventually(
      async () => {
        await runCi(repository, seen, isRedFirst);
        if (chosen.length > 0 && (await repository.pull())) await acts[chosen.shift() ?? 'nothing']?.(day);
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
  await judge(day, story);
}

async function judge(
  { repository, theirs, isCleaned, isRewritten }: Day,
  story: readonly string[],
): Promise<void> {
  const onBase = filesAt(repository, await repository.defaultBranch());
  if (isCleaned && onBase.includes('leaked.txt')) throw new Error(`${story.join('; ')}: it is back`);
  for (const sha of theirs)
    if (repository.read('branch', '--contains', sha) === '' && !(isRewritten && isMoved(repository, sha)))
      throw new Error(`${story.join('; ')}: a commit of ann is lost`);
}

/** Written again on another base: a commit with the same message, by the same author. */
function isMoved({ read }: DayRepository, sha: string): boolean {
  const format = '--format=%an %s';
  return read('log', '--branches', format)
    .split('\n')
    .includes(read('log', '-1', format, sha));
}
