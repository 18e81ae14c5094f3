// Removes the name that a task runner writes before each line of a task's output, and puts the lines of each task
// together: tasks that run at the same time print between each other's lines. Takes linear time.

const name = String.raw`@?\w[\w@./-]{0,80}`;
const task = String.raw`\w[\w:.-]{0,60}`;

interface Announcement {
  line: RegExp;
  /** What the runner writes before the lines of the task that the groups of the pattern name. */
  prefix: (name: string, task: string) => string;
}

/** The lines by which a runner tells that it runs a task, or how the task ended. */
const announcements: readonly Announcement[] = [
  // Turborepo: '@acme/app:test: cache miss, executing 381ff3d3066c649a', and at the end 'Failed:    @acme/app#test'
  {
    line: new RegExp(`^(${name}):(${task}): (?:cache (?:miss|hit|bypass)|ERROR: command finished)`, 'gm'),
    prefix: (of, what) => `${of}:${what}: `,
  },
  {
    line: new RegExp(`(?:^Failed: {2,8}|, )(${name})#(${task})(?=,|$)`, 'gm'),
    prefix: (of, what) => `${of}:${what}: `,
  },
  // pnpm: 'packages/app test$ node --test', and at the end 'packages/app test: Failed'
  { line: new RegExp(`^(\\.|${name}) (${task})\\$ `, 'gm'), prefix: (of, what) => `${of} ${what}: ` },
  {
    line: new RegExp(`^(\\.|[@\\w][\\w@.-]{0,80}\\/[\\w@./-]{1,80}) (${task}): (?:Failed|Done)$`, 'gm'),
    prefix: (of, what) => `${of} ${what}: `,
  },
  // Nx and Lerna: '> nx run app:test', '> @acme/app:test', and below 'Failed tasks:' '- app:test'
  {
    line: new RegExp(`^> (?:nx run )?(${name}):(${task})(?: --.{0,200})?$`, 'gm'),
    prefix: (of) => `${of}: `,
  },
  {
    line: new RegExp(`(?<=^Failed tasks:\\s{1,4}(?:- .{1,160}\\n){0,20})- (${name}):(${task})$`, 'gm'),
    prefix: (of) => `${of}: `,
  },
  { line: new RegExp(`^lerna ERR! .{1,200} in '(${name})'`, 'gm'), prefix: (of) => `${of}: ` },
  // A script of npm or pnpm under any runner: '@acme/app: > @acme/app@1.0.0 test'
  { line: new RegExp(`^(\\S.{0,80}?[:|\\]] {0,2})> ${name}@\\d\\S{0,40} ${task}`, 'gm'), prefix: (of) => of },
];

/** Prefixes that no runner announces: '[test] ', '[@acme/app]: ', 'app:test | '. */
const marks =
  /^(?:(?:➤ YN0000: )?\[[\w@][\w@./:-]{0,60} {0,30}\]:? |(?=[\d.]{0,8}[a-zA-Z@])[\w@][\w@./:-]{0,60} {1,30}\| )/gm;
/** Levels of a log, which rules read. */
const levels =
  /^\[(?:errors?|err|warn|warning|info|notice|debug|trace|fatal|fail|failed|failure|ok|pass(?:ed)?|skip(?:ped)?|severe|critical|[A-Z]) *\]/i;
/** A mark is a prefix only if it is on this many lines, and if most lines have one. */
const markedLinesMin = 3;
const markedShareMin = 0.6;
const prefixesMax = 50;

export function withoutTaskNames(text: string): string {
  const prefixes = [...announcedIn(text), ...marksIn(text)].slice(0, prefixesMax);
  return prefixes.length === 0 ? text : gatheredByTask(text, prefixes);
}

function announcedIn(text: string): Set<string> {
  return new Set(
    announcements.flatMap(({ line, prefix }) =>
      [...text.matchAll(line)].map(([, of = '', what = '']) => prefix(of, what)),
    ),
  );
}

function marksIn(text: string): string[] {
  const counts = new Map<string, number>();
  for (const [mark] of text.matchAll(marks))
    if (!levels.test(mark)) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  const common = [...counts].filter(([, count]) => count >= markedLinesMin);
  if (common.length === 0) return [];
  const marked = common.reduce((sum, [, count]) => sum + count, 0);
  const written = text.match(/^.*\S/gm)?.length ?? 0;
  return marked >= written * markedShareMin ? common.map(([mark]) => mark) : [];
}

/**
 * The task that ended first comes first, because a runner ends the others when one has failed. Lines without a name stay
 * before or after those of the tasks.
 */
function gatheredByTask(text: string, prefixes: readonly string[]): string {
  const longestFirst = prefixes.map((each) => each.trimEnd()).sort((one, other) => other.length - one.length);
  const named = new RegExp(`^(${longestFirst.map(escaped).join('|')})(?: (.*)| *)$`);
  const before: string[] = [];
  const after: string[] = [];
  const byTask = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [, of, said = ''] = named.exec(line) ?? [];
    if (of === undefined) {
      (byTask.size === 0 ? before : after).push(line);
      continue;
    }
    const lines = byTask.get(of) ?? [];
    lines.push(said);
    // A map keeps the order in which its keys were added.
    byTask.delete(of);
    byTask.set(of, lines);
  }
  return byTask.size === 0 ? text : [...before, ...[...byTask.values()].flat(), ...after].join('\n');
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
