// Tools that the provider runs cost more than tokens, and each reads the conversation again. They are removed from a
// request that also has client tools; a request that only uses them is refused.
import { refusedFeature } from './feature.ts';
import { textIn } from './json-value.ts';
import type { Refusal } from './wire.ts';

export interface ToolPolicy {
  /** The client runs this tool: only its description costs money. */
  isClients(tool: unknown): boolean;
  nameOf(tool: unknown): string;
}

/** `kept` is null if no tool is removed. */
export function keepClientsTools(
  tools: readonly unknown[],
  choice: unknown,
  { isClients, nameOf }: ToolPolicy,
): { kept: readonly unknown[] | null; refusal?: never } | { refusal: Refusal } {
  const hosted = tools.filter((tool) => !isClients(tool));
  const [first] = hosted;
  if (first === undefined) return { kept: null };
  const kept = tools.filter(isClients);
  const chosen = choice === undefined || choice === null ? '' : JSON.stringify(choice);
  const isForced = hosted.some((tool) => chosen.includes(JSON.stringify(nameOf(tool))));
  if (kept.length > 0 && !isForced) return { kept };
  return { refusal: refusedTool(nameOf(first)) };
}

export function refusedTool(name: string): Refusal {
  return refusedFeature(
    `the tool \`${name}\``,
    'it runs at the provider and is billed separately from tokens',
  );
}

/** The tool's name for the protocols of OpenAI and Anthropic: its type, or else its name. */
export function toolName(tool: unknown): string {
  return textIn(tool, 'type') ?? textIn(tool, 'name') ?? 'unknown';
}
