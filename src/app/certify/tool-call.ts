// Finds out how an unknown agent changes a file: which of the tools that it offers to its model runs a command or writes a
// file, and with which arguments.
import type { ChatCompletionRequest } from '@copilotkit/aimock';

export interface ToolCall {
  name: string;
  /** JSON. */
  arguments: string;
}

type Tools = ChatCompletionRequest['tools'];

interface Parameter {
  type?: unknown;
  enum?: unknown;
}

interface Tool {
  name: string;
  parameters: Record<string, Parameter>;
  required: ReadonlySet<string>;
}

const commandNames = ['command', 'cmd', 'commands', 'script', 'code'];
const pathNames = [
  'path',
  'file_path',
  'filePath',
  'filepath',
  'absolute_path',
  'file',
  'target_file',
  'filename',
];
const contentNames = ['content', 'contents', 'text', 'file_text', 'fileText', 'code_edit', 'new_string'];
const shellPattern = /shell|bash|exec|terminal|command|run/i;
const writePattern = /write|create|edit|save/i;

/** A call that runs a command in the worktree; null if no tool does. */
export function callShell(tools: Tools, command: string): ToolCall | null {
  for (const tool of toolsIn(tools)) {
    const parameter = commandNames.find((name) => name in tool.parameters);
    if (!shellPattern.test(tool.name) || parameter === undefined) continue;
    const isList = tool.parameters[parameter]?.type === 'array';
    return callOf(tool, { [parameter]: isList ? ['sh', '-c', command] : command });
  }
  return null;
}

/** A call that writes a file: by a command, or by a tool for it; null if no tool does. */
export function callToWrite(
  tools: Tools,
  { worktreePath, name, text }: { worktreePath: string; name: string; text: string },
): ToolCall | null {
  const shell = callShell(tools, `printf '%s\\n' '${text}' > ${name}`);
  if (shell !== null) return shell;
  for (const tool of toolsIn(tools)) {
    const path = pathNames.find((each) => each in tool.parameters);
    const content = contentNames.find((each) => each in tool.parameters);
    if (!writePattern.test(tool.name) || path === undefined || content === undefined) continue;
    return callOf(tool, { [path]: `${worktreePath}/${name}`, [content]: `${text}\n` });
  }
  return null;
}

/** An edit in the text of an answer, for an agent that offers its model no tools but asks for such blocks. */
export function editInText(system: string, name: string, text: string): string | null {
  if (!/SEARCH/.test(system) || !/REPLACE/.test(system)) return null;
  return `I add it.\n\n${name}\n\`\`\`\n<<<<<<< SEARCH\n=======\n${text}\n>>>>>>> REPLACE\n\`\`\`\n`;
}

function toolsIn(tools: Tools): Tool[] {
  return (tools ?? []).map(({ function: { name, parameters } }) => {
    const { properties, required } = (parameters ?? {}) as {
      properties?: Record<string, Parameter>;
      required?: unknown;
    };
    return {
      name,
      parameters: properties ?? {},
      required: new Set(Array.isArray(required) ? required.map(String) : []),
    };
  });
}

/** What else the tool requires gets the simplest value of its type. */
function callOf({ name, parameters, required }: Tool, given: Record<string, unknown>): ToolCall {
  const rest = [...required].filter((each) => !(each in given));
  const filled = Object.fromEntries(rest.map((each) => [each, simplest(parameters[each] ?? {})]));
  return { name, arguments: JSON.stringify({ ...filled, ...given }) };
}

function simplest({ type, enum: choices }: Parameter): unknown {
  if (Array.isArray(choices) && choices.length > 0) return choices[0];
  switch (Array.isArray(type) ? type[0] : type) {
    case 'boolean':
      return false;
    case 'number':
    case 'integer':
      return 60_000;
    case 'array':
      return [];
    case 'object':
      return {};
    default:
      return 'Certify';
  }
}
