// Finds CLI commands about a work order in a text, so that a page can show its own link or button name instead.

export type TextPart = { text: string } | { verb: string };

const command = '`moose [a-z]+ [0-9a-f-]+(?: [^`]*)?`';
const commands = new RegExp(`(${command})`);
const wholeCommand = new RegExp(`^${command}$`);

/** @param verbs - the commands that the page has an equivalent for; others stay text */
export function textParts(text: string, verbs: ReadonlySet<string>): TextPart[] {
  return text
    .split(commands)
    .filter((part) => part !== '')
    .map((part) => {
      const verb = wholeCommand.test(part) ? (part.split(' ')[1] ?? '') : '';
      return verbs.has(verb) ? { verb } : { text: part };
    });
}
