import { parseDuration } from './duration.js';

export class ParseError extends Error {
  constructor(line, reason) {
    super('line ' + line + ': ' + reason);
    this.line = line;
  }
}

function clock(text) {
  const [hours, minutes] = text.split(':').map(Number);
  return hours * 60 + minutes;
}

function minutesOf(time) {
  if (!time.includes('-')) return parseDuration(time);
  const [from, to] = time.split('-').map(clock);
  return to - from;
}

function parseLine(line, number) {
  const [date, time, project, ...note] = line.split(/\s+/);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) throw new ParseError(number, 'no date');
  if (!project) throw new ParseError(number, 'no project');
  return { date, minutes: minutesOf(time), project, note: note.join(' ') };
}

export function parse(text) {
  const entries = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    entries.push(parseLine(line, index + 1));
  }
  return entries;
}
