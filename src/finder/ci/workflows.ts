// The commands that a project's GitHub workflows run: what CI really does is the best evidence for its checks.
import type { CheckKind } from '../../domain/work-order/check.ts';
import { readYaml } from '../../stdx/text/bounded-yaml.ts';
import type { ProjectFiles } from '../project-files.ts';
import { kindOfCommand } from './classify-command.ts';

export interface CiCommand {
  kind: CheckKind;
  /** The command as CI runs it in `folder`. */
  command: string;
  /** Relative to the root; empty for the root. */
  folder: string;
  /** The path of the workflow file. */
  source: string;
}

const workflowFolder = '.github/workflows';
const ciLimits = {
  workflowsMax: 20,
  charsMax: 64 * 1024,
  aliasesMax: 20,
  jobsMax: 50,
  stepsMax: 100,
  linesMax: 50,
  commandsMax: 60,
};

/** Events of workflows that judge changes; a workflow that only other events start does not. */
const changeEvents = ['push', 'pull_request', 'pull_request_target', 'merge_group', 'workflow_call'];
const otherPurpose = /\b(deploy|publish|release|nightly|benchmark|stale|docs?|pages)\b/i;

export function ciCommands(files: ProjectFiles): CiCommand[] {
  const names = files.list(workflowFolder).filter((name) => /\.ya?ml$/.test(name));
  const found = names
    .slice(0, ciLimits.workflowsMax)
    .map((name) => `${workflowFolder}/${name}`)
    .flatMap((path) => commandsOf(path, files.read(path)));
  const seen = new Set<string>();
  return found
    .filter(({ folder, command }) => {
      const key = `${folder}\0${command}`;
      return seen.has(key) ? false : seen.add(key) && true;
    })
    .slice(0, ciLimits.commandsMax);
}

function commandsOf(source: string, text: string | null): CiCommand[] {
  const read = readYaml(text ?? '', ciLimits);
  // GitHub does not run an unreadable workflow either.
  if ('problem' in read) return [];
  const workflow = mapOf(read.value);
  if (!startsForChanges(workflow.on) || otherPurpose.test(String(workflow.name ?? ''))) return [];
  return Object.entries(mapOf(workflow.jobs))
    .slice(0, ciLimits.jobsMax)
    .flatMap(([id, job]) => ofJob(id, mapOf(job), workflow))
    .map((each) => ({ ...each, source }));
}

function startsForChanges(on: unknown): boolean {
  const events = typeof on === 'string' ? [on] : Array.isArray(on) ? on.map(String) : Object.keys(mapOf(on));
  if (events.length === 1 && events[0] === 'push') return !isForTagsOnly(mapOf(on).push);
  return events.some((event) => changeEvents.includes(event));
}

function isForTagsOnly(push: unknown): boolean {
  const { tags, branches } = mapOf(push);
  return tags !== undefined && branches === undefined;
}

type Map = Readonly<Record<string, unknown>>;
type Found = Omit<CiCommand, 'source'>;

function ofJob(id: string, job: Map, workflow: Map): Found[] {
  // A reusable workflow has its own file, a deployment has an environment, and other systems have other shells.
  if (job.uses !== undefined || job.environment !== undefined) return [];
  if (otherPurpose.test(`${id} ${textOf(job.name)}`) || needsSecret(job.env) || needsSecret(job.if))
    return [];
  if (/^(windows|macos)/.test(textOf(job['runs-on']))) return [];
  const steps = Array.isArray(job.steps) ? job.steps.slice(0, ciLimits.stepsMax).map(mapOf) : [];
  const folderOfJob = defaultFolder(job) ?? defaultFolder(workflow) ?? '';
  return steps.flatMap((step) => ofStep(step, folderOfJob));
}

function defaultFolder({ defaults }: Map): string | undefined {
  const folder = mapOf(mapOf(defaults).run)['working-directory'];
  return typeof folder === 'string' ? folder : undefined;
}

function ofStep(step: Map, folderOfJob: string): Found[] {
  const { run, shell } = step;
  if (typeof run !== 'string' || (shell !== undefined && !/^(ba)?sh\b/.test(String(shell)))) return [];
  if (needsSecret(step.env) || needsSecret(run) || /failure\(\)|secrets\.|refs\/tags/.test(textOf(step.if)))
    return [];
  const folder = insideFolder(textOf(step['working-directory']) || folderOfJob);
  if (folder === null || isProgram(run)) return [];
  const lines = run.replaceAll(/[ \t]{0,8}\\\r?\n[ \t]*/g, ' ').split(/\r?\n/, ciLimits.linesMax);
  return lines.flatMap((line) => ofLine(line.trim(), folder));
}

/** True for scripts with loops, conditions, functions or embedded files: a single line of these means nothing. */
function isProgram(run: string): boolean {
  return /^\s*(if|for|while|until|case|function|set \+e|trap)\b|<<|\{\s*$|\b(do|then)\s*$/m.test(run);
}

function ofLine(line: string, folderOfStep: string): Found[] {
  if (line === '' || line.startsWith('#')) return [];
  let folder: string | null = folderOfStep;
  const found: Found[] = [];
  for (const part of line.split('&&').map((each) => each.trim())) {
    const [, into] = /^cd ([\w./-]+)$/.exec(part) ?? [];
    if (into !== undefined) folder = folder === null ? null : insideFolder(`${folder}/${into}`);
    const kind = kindOfCommand(part);
    if (kind !== null && folder !== null) found.push({ kind, command: part, folder });
  }
  return found;
}

/** Null if the path is outside the repository, or is only known at run time. */
function insideFolder(path: string): string | null {
  if (path.includes('$') || path.startsWith('/') || path.includes('\0')) return null;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..' && parts.pop() === undefined) return null;
    if (part !== '' && part !== '.' && part !== '..') parts.push(part);
  }
  return parts.join('/');
}

function needsSecret(value: unknown): boolean {
  return value !== undefined && /secrets\.|github\.token/.test(JSON.stringify(value) ?? '');
}

function mapOf(value: unknown): Map {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Map) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
