// The commands that verify a change, and whether the change altered them.
import type { Check } from '../../domain/check.ts';
import { committedFiles } from '../../finder/committed-files.ts';
import { definitionsIn, findChecks } from '../../finder/find-checks.ts';
import type { ProjectFiles } from '../../finder/project-files.ts';
import { listFiles, readFiles } from '../../git/tree.ts';
import { configAt } from '../policy/config-at.ts';
import { projectValues } from '../policy/project-values.ts';
import type { Work } from '../run/work.ts';

const manifestsMax = 500;

export interface CheckPlan {
  /** Setup and checks, in the order in which they run. */
  checks: Check[];
  /** What the repository adds to their environment. */
  environment: Readonly<Record<string, string>>;
}

/** From the settings and files as they were before the change. */
export async function checkPlan(work: Work, commit: string): Promise<CheckPlan> {
  const { project, settings, order, signal } = work;
  const file = await configAt(project.repositoryPath, commit, signal);
  const isGiven = (order.settings.checks ?? project.settings.checks) !== undefined;
  const { setup, checks } = projectValues({
    order: order.settings,
    project: project.settings,
    file,
    found: isGiven ? [] : findChecks(await filesAt(work, commit)),
    defaults: { agent: settings.defaultAgent },
  });
  return { checks: [...setup.value, ...checks.value], environment: file?.environment ?? {} };
}

/** The commands that now expand to something else in the files that they judge: another script, another target. */
export async function rewrittenChecks(
  work: Work,
  checks: readonly Check[],
  { base, head }: { base: string; head: string },
): Promise<ReadonlySet<string>> {
  const [before, after] = [await filesAt(work, base), await filesAt(work, head)].map(definitionsIn);
  const isRewritten = ({ command }: Check) =>
    before?.has(command) && before.get(command) !== after?.get(command);
  return new Set(checks.filter(isRewritten).map(({ command }) => command));
}

async function filesAt({ project, signal }: Work, commit: string): Promise<ProjectFiles> {
  const { repositoryPath } = project;
  const paths = (await listFiles(repositoryPath, commit, signal)).map(({ path }) => path);
  const wanted = [...paths.filter((path) => !path.includes('/')), ...manifestsOf(paths)];
  return committedFiles(paths, await readFiles(repositoryPath, commit, wanted, signal));
}

/** For packages below the root, the shallow ones first: a fixture deep in a test is not a package. */
function manifestsOf(paths: readonly string[]): string[] {
  const depth = (path: string) => path.split('/').length;
  return paths
    .filter((path) => path.endsWith('/package.json') && !path.includes('node_modules/'))
    .sort((a, b) => depth(a) - depth(b))
    .slice(0, manifestsMax);
}
