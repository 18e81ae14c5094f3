// Finds the part of a command that decided its exit code. The exit code of a part before `|| true` is ignored.

const forgiven = /^.{0,400}\|\|\s{0,4}(?:true|:)\s{0,4}(?:;|&&|\n)\s{0,4}/s;
const script = /^(?:npm|pnpm|yarn|bun)(?: run)? (?<name>[\w:.-]{1,60})/;
const commandCharsMax = 500;

export function decidingCommand(command: string): string {
  return command.slice(0, commandCharsMax).replace(forgiven, '');
}

/**
 * The output of the deciding part. Script runners print a heading such as `> app@1.0.0 lint` before the output of each
 * script.
 */
export function decidingOutput(command: string, stdout: string): string {
  const rest = decidingCommand(command);
  if (rest === command.slice(0, commandCharsMax)) return stdout;
  const name = script.exec(rest)?.groups?.name;
  if (name === undefined) return stdout;
  const heads = [...stdout.matchAll(/^> (?:\S{1,120} )?([\w:.-]{1,60})$/gm)];
  const own = heads.findLast(([, title]) => title === name);
  return own ? stdout.slice(own.index) : stdout;
}

const ordinary =
  /^\s{0,4}(?:\S{0,80}\/)?(?:(?:node|python3?|ruby|perl|php|bash|sh|deno|bun)\s{1,4}(?:--?[\w=-]{1,40}\s{1,4}){0,4}?-?-(?:e|c|p|r|eval)\b|(?:perl|ruby|php|go run)\s|(?:e?grep|rg|ag|diff|cmp|cat|head|tail|find|sed|awk|jq|yq|test|ls|cp|mv|rm|mkdir|tar|unzip|sort|wc|xargs|patch|tr|cut|stat|touch|date|printf|echo)\s)/;

/**
 * Whether it is a command that an agent runs to look around or to try something: its output is not the agent's own
 * message.
 */
export function isOrdinaryTool(command: string): boolean {
  return ordinary.test(command);
}
