// Judges a case without the pipeline: the same runs and the same judgement, in plain folders. For work on the rules.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Finding } from '../../src/domain/work-order/finding.ts';
import { readGround } from '../../src/engine/workplace/judge/read-ground.ts';
import { layOver } from '../../src/git/worktree/lay-over.ts';
import { isEmpty, type Overlay } from '../../src/verification/parts/compose.ts';
import { readReport } from '../../src/verification/reports/read-report.ts';
import { reportRequest } from '../../src/verification/reports/report-request.ts';
import type { CheckRun, CheckRuns } from '../../src/verification/verdict/check-runs.ts';
import { decide } from '../../src/verification/verdict/decide.ts';
import { modulesOf } from './modules.ts';
import { commitChange, type GreenCase, type GreenProject, makeBase } from './read-corpus.ts';

export interface Judgement {
  /** `red`: a check of the change fails, so nothing has to be judged. */
  verdict: 'red' | 'refused' | 'verified';
  findings: Finding[];
}

/** Without the variables of a test runner that runs this: theirs would report for it. */
const plain = Object.fromEntries(
  ['PATH', 'HOME', 'LANG', 'TMPDIR', 'USER'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  }),
);
export async function judgeDirectly(project: GreenProject, green: GreenCase): Promise<Judgement> {
  const root = mkdtempSync(join(tmpdir(), 'green-'));
  const signal = AbortSignal.timeout(600_000);
  try {
    const repositoryPath = join(root, 'project');
    const baseSha = makeBase(repositoryPath, project);
    const headSha = commitChange(repositoryPath, green);
    const modules = modulesOf(project);
    let runs = 0;
    const run = async (
      command: string,
      sha: string,
      over?: { from: string } & Overlay,
    ): Promise<CheckRun> => {
      runs += 1;
      const path = join(root, `run${runs}`);
      execFileSync('git', ['clone', '-q', repositoryPath, path]);
      execFileSync('git', ['checkout', '-q', '--detach', sha], { cwd: path });
      if (over) await layOver(path, over, { signal });
      if (modules) symlinkSync(modules, join(path, 'node_modules'));
      const folder = join(root, `report${runs}`);
      const asked = reportRequest(folder, plain);
      write(folder, Object.entries(asked.files));
      const startedAt = new Date();
      const env = { ...plain, ...asked.environment, PYTHONDONTWRITEBYTECODE: '1' };
      if (project.setup) spawnSync('sh', ['-c', project.setup], { cwd: path, env: plain });
      const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
        cwd: path,
        env,
        timeout: 120_000,
      });
      const output = `${stdout}${stderr}`;
      const report = await readReport({ folder, worktree: path, output, startedAt });
      return { passed: status === 0, report, outputTail: output };
    };
    const commands = project.checks.map(({ command }) => command);
    const { ground, unread } = await readGround({ repositoryPath, baseSha, headSha, commands });
    const checks: CheckRuns[] = [];
    for (const { kind, command } of project.checks) {
      const change = await run(command, headSha);
      if (!change.passed) return { verdict: 'red', findings: [] };
      checks.push({ kind, command, change, more: {} });
    }
    for (;;) {
      const decision = await decide({
        ground,
        unread,
        task: green.task,
        asked: green.asked,
        level: 'standard',
        checks,
      });
      if (!('run' in decision)) {
        const isRefused = decision.findings.some(({ weight }) => weight === 'refuses');
        return { verdict: isRefused ? 'refused' : 'verified', findings: decision.findings };
      }
      const { check, name, of, overlay } = decision.run;
      const [sha, from] = of === 'base' ? [baseSha, headSha] : [headSha, baseSha];
      const judged = checks[check];
      if (judged)
        judged.more[name] = await run(
          judged.command,
          sha,
          isEmpty(overlay) ? undefined : { from, ...overlay },
        );
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function write(folder: string, files: Iterable<[string, string]>): void {
  mkdirSync(folder, { recursive: true });
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
