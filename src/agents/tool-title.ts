// Says in one line what a call of a tool does. Agents name their tools and arguments differently; what an argument contains
// tells more than the tool’s name.
import type { ToolCall, ToolKind } from '../domain/agents/transcript-part.ts';
import { isJsonObject, type JsonEvent } from './json-lines.ts';
import { idOf, limited } from './transcript-parts.ts';

const titleCharsMax = 300;

const paths = [
  'file_path',
  'path',
  'filePath',
  'absolute_path',
  'notebook_path',
  'filename',
  'file',
  'dir_path',
];
const before = ['old_string', 'oldString', 'oldText', 'old_str', 'search'];
const after = ['new_string', 'newString', 'newText', 'new_str', 'replace'];
const contents = ['content', 'contents', 'file_text', 'text', 'new_source'];
const patches = ['patch', 'patchText', 'diff'];
const patterns = ['pattern', 'query', 'glob', 'regex', 'search_term'];

export function toolCall(id: unknown, name: unknown, given: unknown): ToolCall {
  const input = isJsonObject(given) ? given : {};
  return { kind: 'call', id: idOf(id), ...described(typeof name === 'string' ? name : 'tool', input) };
}

function described(name: string, input: JsonEvent): Omit<ToolCall, 'kind' | 'id'> {
  const command = commandIn(input);
  if (command !== null) return called('run', `$ ${command}`);
  const path = firstText(input, paths);
  const change = changeIn(input) ?? patchIn(input);
  if (change !== null) return called('edit', `edit ${path ?? pathsIn(change) ?? ''}`, change);
  const content = firstText(input, contents);
  if (path !== null && content !== null && !/read|view|search|grep/i.test(name))
    return called('edit', `write ${path}`, added(content));
  const url = firstText(input, ['url', 'uri']);
  if (url !== null) return called('fetch', `fetch ${url}`);
  const pattern = firstText(input, patterns);
  if (pattern !== null) {
    const isOfWeb = /web|fetch|internet/i.test(name);
    return called(
      isOfWeb ? 'fetch' : 'search',
      `search ${isOfWeb ? 'the web for ' : ''}${pattern}${path === null ? '' : ` in ${path}`}`,
    );
  }
  if (path !== null) return called(/delete|remove/i.test(name) ? 'edit' : 'read', `${verbOf(name)} ${path}`);
  return called('other', [name, firstOf(input)].filter(Boolean).join(' '));
}

function called(tool: ToolKind, title: string, change: string | null = null): Omit<ToolCall, 'kind' | 'id'> {
  return { tool, title: oneLine(title), change: change === null ? null : limited(change) };
}

const verbs = /delete|remove|list|glob|find|view|read/i;

function verbOf(name: string): string {
  const verb = verbs.exec(name)?.[0].toLowerCase();
  if (verb === undefined || verb === 'view') return /^ls$/i.test(name) ? 'list' : 'read';
  return verb;
}

export function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > titleCharsMax ? `${line.slice(0, titleCharsMax - 1)}…` : line;
}

/** A shell that only runs a text is left out: `bash -lc "npm test"` is `npm test`. */
function commandIn({ command, cmd, script }: JsonEvent): string | null {
  const found = command ?? cmd ?? script;
  if (typeof found === 'string') return withoutShell(found);
  if (!Array.isArray(found) || found.length === 0 || !found.every((word) => typeof word === 'string'))
    return null;
  const [shell = '', option = '', text] = found;
  return /(?:^|\/)(?:ba|z|da)?sh$/.test(shell) && /^-\w*c$/.test(option) && text !== undefined
    ? text
    : found.join(' ');
}

function withoutShell(command: string): string {
  const found = /^(?:\S*\/)?(?:ba|z|da)?sh -\w*c (['"])([\s\S]*)\1$/.exec(command);
  return found?.[2]?.replaceAll(/\\(["'$`\\])/g, '$1') ?? command;
}

/** An edit, or several of one file. */
function changeIn(input: JsonEvent): string | null {
  if (!Array.isArray(input.edits)) return oneChangeIn(input);
  const each = input.edits
    .filter(isJsonObject)
    .map(oneChangeIn)
    .filter((change) => change !== null);
  return each.length === 0 ? null : each.join('\n');
}

function oneChangeIn(input: JsonEvent): string | null {
  const [old, fresh] = [firstText(input, before), firstText(input, after)];
  if (old === null || fresh === null) return null;
  return [...lines(old).map((line) => `-${line}`), ...lines(fresh).map((line) => `+${line}`)].join('\n');
}

export function added(content: string): string {
  return lines(content)
    .map((line) => `+${line}`)
    .join('\n');
}

export function replaced(old: string, fresh: string): string {
  return oneChangeIn({ old_string: old, new_string: fresh }) ?? '';
}

function lines(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** A patch, also one that is given as the only text of a tool. */
function patchIn(input: JsonEvent): string | null {
  const text = firstText(input, [...patches, 'input']);
  return text !== null && /^(?:\*\*\* (?:Begin|Update|Add|Delete)|--- |diff --git |@@ )/m.test(text)
    ? text
    : null;
}

function pathsIn(change: string): string | null {
  const found = [...change.matchAll(/^(?:\*\*\* (?:Update|Add|Delete) File: |\+\+\+ (?:b\/)?)(.+)$/gm)];
  return found.length === 0 ? null : found.map(([, path]) => path).join(', ');
}

function firstText(input: JsonEvent, names: readonly string[]): string | null {
  for (const name of names) if (typeof input[name] === 'string') return input[name];
  return null;
}

function firstOf(input: JsonEvent): string | null {
  for (const value of Object.values(input)) {
    if (typeof value === 'string') return value;
    if (Array.isArray(value) && value.every((word) => typeof word === 'string')) return value.join(', ');
  }
  return null;
}
