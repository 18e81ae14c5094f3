// Finds CLI commands about a work order in a text, so that a page can show its own link or button name instead.

/** `id`: the ID of the work order that the command names, often shortened. */
export type TextPart = { text: string } | { verb: string; id: string };

const commands = /(`moose [a-z]+ [0-9a-f-]+(?: [^`]*)?`)/;
const wholeCommand = /^`moose ([a-z]+) ([0-9a-f-]+)(?: [^`]*)?`$/;

/** @param verbs - the commands that the page has an equivalent for; others stay text */
export function textParts(text: string, verbs: ReadonlySet<string>): TextPart[] {
  return text
    .split(commands)
    .filter((part) => part !== '')
    .map((part) => {
      const [, verb = '', id = ''] = wholeCommand.exec(part) ?? [];
      return verbs.has(verb) ? { verb, id } : { text: part };
    });
}
