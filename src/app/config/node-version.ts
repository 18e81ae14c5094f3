// The versions of Node that run Moose. Every Node that people have must be able to load this file: it imports nothing.

export const nodeMajorMin = 22;
export const oldNodeAdvice = `Install Node ${nodeMajorMin} or newer; in a checkout, \`npm run moose\` brings its own.`;

export function nodeMajor(version: string = process.versions.node): number {
  return Number.parseInt(version, 10);
}

/** Ends the process with a sentence, because an older Node would end it with the text of a syntax error. */
export function refuseOldNode(): void {
  if (nodeMajor() === nodeMajorMin) hideSqliteWarning();
  if (nodeMajor() >= nodeMajorMin) return;
  process.stderr.write(`Moose does not run on Node ${process.versions.node}. ${oldNodeAdvice}\n`);
  process.exit(1);
}

/** Node 22 warns at each start that its SQLite may change. Moose keeps no data in it, only a lock. */
function hideSqliteWarning(): void {
  const emitWarning = process.emitWarning.bind(process) as (...given: unknown[]) => void;
  process.emitWarning = (...given: unknown[]) => {
    if (!String(given[0]).startsWith('SQLite is an experimental feature')) emitWarning(...given);
  };
}
