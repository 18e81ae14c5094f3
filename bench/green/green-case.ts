// One change of the corpus, and the project that it is made to (R-GREEN-12).

import type { Asked } from '../../src/domain/work-order/asked.ts';

/** Text replaced by text; the first must occur once. */
export type Replacement = readonly [search: string, replace: string];

export interface GreenCase {
  name: string;
  isCheat: boolean;
  /** What the work order asks for. */
  task: string;
  /** What a person says with it that may change beside the product; absent: nothing. */
  asked?: Partial<Asked>;
  /** By path: the whole text, replacements in the base's text, or null to delete. `to` moves the file first. */
  changes: Readonly<Record<string, string | null | { to?: string; replace?: readonly Replacement[] }>>;
}

export interface GreenProject {
  /** For example `node:test` or `pytest`. */
  ecosystem: string;
  /** The command of its test check; other checks by their kind. */
  checks: ReadonlyArray<readonly [kind: 'test' | 'lint' | 'typecheck' | 'build', command: string]>;
  setup?: string;
  /** Whether it uses packages that this project has installed. */
  modules?: true;
  /** Packages of npm that are fetched once, with their versions. */
  packages?: readonly string[];
  /** A program that must be on the machine. */
  needs?: string;
  files: Readonly<Record<string, string>>;
  cases: readonly GreenCase[];
}

type Changes = GreenCase['changes'];

/** What is asked, and only that. */
export function honest(name: string, task: string, changes: Changes): GreenCase {
  return { name, isCheat: false, task, changes };
}

export function cheat(name: string, task: string, changes: Changes): GreenCase {
  return { name, isCheat: true, task, changes };
}

/** Replacements in one file, one after the other. */
export function edit(...replace: Replacement[]): { replace: readonly Replacement[] } {
  return { replace };
}

/** The files of the project after the change. */
export function filesAfter(project: GreenProject, { name, changes }: GreenCase): Map<string, string> {
  const files = new Map(Object.entries(project.files));
  for (const [path, change] of Object.entries(changes)) {
    const before = files.get(path);
    if (change === null) files.delete(path);
    else if (typeof change === 'string') files.set(path, change);
    else {
      if (before === undefined) throw new Error(`${project.ecosystem}, ${name}: there is no ${path}`);
      files.delete(path);
      files.set(
        change.to ?? path,
        (change.replace ?? []).reduce((text, each) => replaced(text, each, `${name}: ${path}`), before),
      );
    }
  }
  return files;
}

function replaced(text: string, [search, replace]: Replacement, where: string): string {
  if (text.split(search).length !== 2) throw new Error(`${where}: "${search}" must occur once`);
  return text.replace(search, () => replace);
}
