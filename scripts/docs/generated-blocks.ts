// Fills the parts of a document that are generated from code. Each is between two marks, alone on their lines: `<!--
// begin: NAME -->` and `<!-- end -->`; NAME is an entry of `generators.ts`.

export type Generators = Readonly<Record<string, () => string>>;

export interface Filled {
  /** The document with every part up to date. */
  text: string;
  /** The names of the document's parts. */
  names: string[];
  /** Parts that cannot be filled, as sentences that begin with the line number. */
  problems: string[];
}

const beginMark = /^<!-- begin: (.*) -->$/;
const endMark = '<!-- end -->';

export function fillBlocks(text: string, generators: Generators): Filled {
  const filled: Filled = { text: '', names: [], problems: [] };
  const lines: string[] = [];
  let openLine: number | null = null;
  for (const [index, line] of text.split('\n').entries()) {
    const name = beginMark.exec(line)?.[1];
    if (name !== undefined && openLine !== null) {
      filled.problems.push(`line ${index + 1}: begins a part inside the one of line ${openLine}`);
    }
    if (name !== undefined) {
      openLine = index + 1;
      lines.push(line, '', ...generate(name, openLine, generators, filled), '');
    } else if (line === endMark) {
      if (openLine === null) filled.problems.push(`line ${index + 1}: ends a part that has no beginning`);
      openLine = null;
      lines.push(line);
    } else if (openLine === null) lines.push(line);
  }
  if (openLine !== null) filled.problems.push(`line ${openLine}: begins a part that has no end`);
  // A document with a problem stays unchanged: filling it might lose text.
  return { ...filled, text: filled.problems.length > 0 ? text : lines.join('\n') };
}

function generate(name: string, line: number, generators: Generators, filled: Filled): string[] {
  const generator = Object.hasOwn(generators, name) ? generators[name] : undefined;
  if (generator === undefined) {
    const known = Object.keys(generators).join(', ');
    filled.problems.push(`line ${line}: there is no generator '${name}'; there are ${known}`);
    return [];
  }
  filled.names.push(name);
  try {
    return generator().trim().split('\n');
  } catch (cause) {
    filled.problems.push(`line ${line}: ${cause instanceof Error ? cause.message : String(cause)}`);
    return [];
  }
}
