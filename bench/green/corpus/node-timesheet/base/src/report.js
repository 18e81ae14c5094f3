import { roundTo } from './duration.js';

export function billed(entries) {
  const sums = new Map();
  for (const { project, minutes } of entries) {
    sums.set(project, (sums.get(project) ?? 0) + roundTo(minutes));
  }
  return sums;
}

export function render(entries, format) {
  const rows = [...billed(entries)].sort(([a], [b]) => a.localeCompare(b));
  rows.push(['total', rows.reduce((sum, [, minutes]) => sum + minutes, 0)]);
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.map(([name, minutes]) => name.padEnd(width) + format(minutes) + '\n').join('');
}

export function today(entries) {
  const date = new Date().toISOString().slice(0, 10);
  return entries.filter((entry) => entry.date === date);
}
