// Tools that the provider runs itself cost more than tokens, and read the conversation again each time. They are taken out
// of a request that has tools of its client's own beside them; one that is about them is refused.
import { refusedFeature } from './feature.ts';
import { textIn } from './json-value.ts';
import type { Refusal } from './wire.ts';

export interface ToolPolicy {
  /** Run by the client: its description is all that it costs. */
  isClients(tool: unknown): boolean;
  nameOf(tool: unknown): string;
}

/** `kept` is null where all of them stay. */
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

/** Of OpenAI's protocols and Anthropic's: what has a name of its own, or else its type. */
export function toolName(tool: unknown): string {
  return textIn(tool, 'type') ?? textIn(tool, 'name') ?? 'unknown';
}
