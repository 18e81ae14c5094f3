#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { formatDecimal, formatDuration } from '../src/duration.js';
import { ParseError, parse } from '../src/parse.js';
import { render, today } from '../src/report.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { decimal: { type: 'boolean' }, today: { type: 'boolean' } },
});
const [file] = positionals;
if (!file) {
  console.error('usage: timesheet [--today] [--decimal] <file>');
  process.exit(2);
}
try {
  let entries = parse(readFileSync(file, 'utf8'));
  if (values.today) entries = today(entries);
  process.stdout.write(render(entries, values.decimal ? formatDecimal : formatDuration));
} catch (error) {
  if (!(error instanceof ParseError)) throw error;
  console.error(file + ': ' + error.message);
  process.exit(1);
}
