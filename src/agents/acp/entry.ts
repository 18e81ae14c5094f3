// An agent that speaks the Agent Client Protocol, as the owner of the machine describes it: how it is started, and how it
// finds its model.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { agentFailures } from '../../domain/agents/agent-failure-catalogue.ts';
import { wireNames } from '../../domain/agents/model-call.ts';
import { issueText } from '../../domain/text/plain-issues.ts';
import { findProgram } from '../program.ts';

/**
 * `{url}`, `{key}`, `{model}`, `{output_tokens}` and `{home}` stand for what a session gets: the base URL and the key of its
 * gateway, the model's name there, the longest answer, and the agent's own home.
 */
const template = z.string().max(100_000);

const entrySchema = z.strictObject({
  /** Program and arguments. The program is looked for on the search path of agents. */
  command: z.array(z.string().min(1).max(4_096)).min(1).max(64),
  /** The protocols in which it can call a model, the best one first. */
  wires: z.array(z.enum(wireNames)).min(1),
  /** Added to the environment of the session, which has nothing else of Moose's. */
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), template).default({}),
  /** Written into its home before each session, by their paths there. */
  files: z.record(z.string().regex(/^(?!\/)(?!(.*\/)?\.\.(\/|$)).+$/), template).default({}),
});

export type AcpEntry = z.infer<typeof entrySchema>;

const fileSchema = z.record(z.string().regex(/^[a-z][a-z0-9-]{0,39}$/), entrySchema);

/**
 * The entries of a file, by the names of the agents.
 * @throws ConfigurationError `AGENT_ENTRIES_INVALID`
 */
export function readAcpEntries(path: string, taken: readonly string[]): Map<string, AcpEntry> {
  const entries = fileSchema.safeParse(jsonOf(path));
  if (!entries.success) throw invalid(path, sentenceOf(entries.error));
  const known = Object.keys(entries.data).find((name) => taken.includes(name));
  if (known !== undefined)
    throw invalid(path, `the name ${known} is taken by an agent that Moose knows already`);
  return new Map(Object.entries(entries.data));
}

function jsonOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw invalid(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function sentenceOf({ issues: [issue] }: z.ZodError): string {
  const place = issue?.path.map(String).join('.') ?? '';
  return issueText({ path: place, message: issue?.message ?? 'is not as expected' }, 'the file');
}

function invalid(path: string, because: string, cause?: unknown) {
  return agentFailures.AGENT_ENTRIES_INVALID({ operation: 'read', cause }, { path, because });
}

/** Null if the program is not there or cannot be executed. */
export function programOf({ command: [command = ''] }: AcpEntry, searchPath: string): string | null {
  const programPath = command.includes('/') ? command : null;
  return findProgram({ command: basename(command) }, { programPath, searchPath });
}

/** Fills in what a session gets. */
export function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(
    /\{(url|key|model|output_tokens|home)\}/g,
    (whole, name: string) => values[name] ?? whole,
  );
}
