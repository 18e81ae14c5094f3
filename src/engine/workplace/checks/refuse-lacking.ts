// Before a model is paid: a check that may need what a session does not have, such as containers, the sandbox of a browser,
// a terminal, shared memory or an answer on standard input, runs once on the base (R-REPO-6). What it lacks there, no
// change can provide.
import type { Check } from '../../../domain/work-order/check.ts';
import type { Lack } from '../../../domain/work-order/seen-failure.ts';
import { mentions } from '../../../git/read/mentions.ts';
import type { Work } from '../../run/work.ts';
import { firstOnBase } from './base-check.ts';
import { lackFailure } from './check-lacks.ts';
import { checkPlan } from './project-checks.ts';

const ofEnvironment: ReadonlySet<Lack['kind']> = new Set([
  'container',
  'namespace',
  'terminal',
  'input',
  'shared memory',
]);

/** A project without any of these words needs none of it, and pays for no run. */
const hints =
  'docker|podman|testcontainers|playwright|puppeteer|selenium|webdriver|cypress|chromium|google-chrome|/dev/shm|shm_open|shared_?memory|/dev/tty|isatty|termios|pexpect|node-pty|setRawMode|inquirer|stdin|[^a-z_]input *[(]';

/** Such a work order may itself change what the checks need. */
const isAbout =
  /docker|podman|container|playwright|puppeteer|selenium|webdriver|cypress|chrom|browser|sandbox|\btty\b|terminal|stdin|standard input|\bprompts?\b|\bshm\b|shared memory/i;

/** All checks of the work order, if one of them may need any of it; otherwise null. */
export async function doubtedChecks(work: Work, baseSha: string): Promise<readonly Check[] | null> {
  const { order, run, project, signal } = work;
  const text = [order.title, order.description, order.acceptance, run.settings.note ?? ''].join('\n');
  if (isAbout.test(text)) return null;
  const { checks } = await checkPlan(work, baseSha);
  const commands = checks.filter(({ kind }) => kind !== 'setup').map(({ command }) => command);
  if (commands.length === 0) return null;
  const isHinted =
    new RegExp(hints, 'i').test(commands.join('\n')) ||
    (await mentions(project.repositoryPath, { commit: baseSha, pattern: hints }, { signal }));
  return isHinted ? checks : null;
}

/** Runs those that no work order has run yet. @throws ConfigurationError what one of them lacks */
export async function refuseLacking(work: Work, checks: readonly Check[], baseSha: string): Promise<void> {
  for (const [index, check] of checks.entries()) {
    if (check.kind === 'setup') continue;
    const before = checks.slice(0, index).filter(({ kind }) => kind === 'setup' || kind === 'build');
    const ran = await firstOnBase(work, { check, before, index, baseSha });
    const seen = ran?.seen;
    if (ran && seen?.lack && ofEnvironment.has(seen.lack.kind))
      throw lackFailure(work, ran.result, seen.lack, seen.failureClass, { onBase: baseSha }, 'preparing');
  }
}
