// Runs one benchmark; `--help` shows how.
// Exit code 0: it was measured and met its goals; 1: it did not meet them, or could not be measured; 2: wrong usage.

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { hasErrorCode } from '../src/stdx/system-error.ts';
import type { Bench } from './measuring/bench.ts';
import { linesOf } from './measuring/lines.ts';
import { listBenches, usageLines } from './measuring/list-benches.ts';

const options = {
  json: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  table: { type: 'string' },
  orders: { type: 'string' },
  machines: { type: 'string' },
  engines: { type: 'string' },
  parts: { type: 'string' },
  corpus: { type: 'string' },
} as const;

const badArguments = ['ERR_PARSE_ARGS_UNKNOWN_OPTION', 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE'] as const;

type Given = NonNullable<ReturnType<typeof readArguments>>;

const given = readArguments();
const benches = listBenches();
const name = given?.positionals[0] ?? '';
if (given?.values.help) {
  process.stdout.write(`${usageLines(benches).join('\n')}\n`);
} else if (given === null || !benches.some((bench) => bench.name === name)) {
  if (name !== '') process.stderr.write(`There is no benchmark "${name}".\n\n`);
  process.stderr.write(`${usageLines(benches).join('\n')}\n`);
  process.exitCode = 2;
} else {
  await measure(name, given);
}

/** Null, with the reason on stderr, if an option is unknown or lacks its value. */
function readArguments() {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (cause) {
    if (!hasErrorCode(cause, ...badArguments)) throw cause;
    process.stderr.write(`${(cause as Error).message}\n\n`);
    return null;
  }
}

async function measure(name: string, { values }: Given): Promise<void> {
  // Stdout is only for the document: output of libraries goes to stderr.
  const print = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  const { bench }: { bench: Bench } = await import(new URL(`./${name}.ts`, import.meta.url).href);
  const note = (line: string) => void process.stderr.write(`${line}\n`);
  const { quick, table, orders, machines, engines, parts, corpus } = values;
  const wanted = {
    isQuick: quick,
    signal: interrupted.signal,
    note,
    ...(table === undefined ? {} : { table }),
    ...(orders === undefined ? {} : { orders: Number(orders) }),
    ...(machines === undefined ? {} : { machines: machines.split(',').map(Number) }),
    ...(engines === undefined ? {} : { engines: engines.split(',') }),
    ...(corpus === undefined ? {} : { corpus: resolve(corpus) }),
    ...(parts === undefined ? {} : { parts: parts.split(',') }),
  };
  const { figures, goals } = await bench.run(wanted);
  const document = { name, figures, goals, holds: Object.values(goals).every(({ holds }) => holds) };
  const text = values.json ? JSON.stringify(document, null, 2) : linesOf(bench.about, document).join('\n');
  print(`${text}\n`);
  process.exitCode = document.holds ? 0 : 1;
}
