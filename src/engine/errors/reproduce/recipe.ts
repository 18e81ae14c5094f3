// What a failure must record for its reproduction, in addition to what the database holds anyway.
import { z } from 'zod';
import type { MooseError } from '../../../domain/failure.ts';

const checkRecipe = z.object({
  kind: z.literal('check'),
  baseSha: z.string(),
  /** The tree on which the check ran. */
  treeSha: z.string(),
  /** The commands in order: all but the last passed in the same worktree, and the last one failed. */
  commands: z.array(z.string()).min(1),
  environment: z.record(z.string(), z.string()),
  /** Why Moose ended the command; null if it ended by itself. */
  stoppedBecause: z.string().nullable(),
  /** Ignored files of the checkout that were in the worktree; absent: none. */
  copied: z.array(z.string()).optional(),
});

const patchRecipe = z.object({
  kind: z.literal('patch'),
  baseSha: z.string(),
  /** The tree to which the edits were applied. */
  treeSha: z.string(),
  cycle: z.number(),
  allowCiChanges: z.boolean(),
  outcome: z.string(),
});

const answerRecipe = z.object({
  kind: z.literal('answer'),
  schemaName: z.string(),
  answer: z.enum(['malformed', 'empty', 'refused', 'truncated']),
  text: z.string(),
});

const recipeSchema = z.discriminatedUnion('kind', [checkRecipe, patchRecipe, answerRecipe]);
export type Recipe = z.infer<typeof recipeSchema>;
export type CheckRecipe = z.infer<typeof checkRecipe>;
export type PatchRecipe = z.infer<typeof patchRecipe>;
export type AnswerRecipe = z.infer<typeof answerRecipe>;

/** Null if the failure has no recipe, or one of another version. */
export function readRecipe(metadata: Record<string, unknown>): Recipe | null {
  const parsed = recipeSchema.safeParse(metadata.recipe);
  return parsed.success ? parsed.data : null;
}

/** Adds known facts to the failure; facts that it already has stay. */
export function withFacts<E extends MooseError>(
  error: E,
  facts: Record<string, unknown> & { recipe?: Recipe },
): E {
  for (const [name, value] of Object.entries(facts)) error.metadata[name] ??= value;
  return error;
}

/** The variables that may be shown, because their values contain no secrets. Proxy addresses may contain a password. */
const shownVariables = new Set([
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'CI', 'NODE_ENV'],
  ...['JAVA_HOME', 'GOPATH', 'GOFLAGS', 'CARGO_HOME', 'RUSTUP_HOME', 'VIRTUAL_ENV', 'PYENV_ROOT'],
]);

export function shownEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const told = Object.entries(environment).filter(
    ([name, value]) => shownVariables.has(name) && value !== undefined,
  );
  return Object.fromEntries(told) as Record<string, string>;
}
