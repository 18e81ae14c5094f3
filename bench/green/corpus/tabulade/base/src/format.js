import { width } from './width.js';

const ROW = /^\s*\|.*\|\s*$/;
const RULE = /^:?-+:?$/;

/** Align every pipe table in a Markdown text. */
export function format(text) {
  const out = [];
  let table = [];
  for (const line of [...text.split('\n'), null]) {
    if (line !== null && ROW.test(line)) {
      table.push(line.trim().slice(1, -1).split('|').map((cell) => cell.trim()));
      continue;
    }
    if (table.length) {
      if (table.length < 2 || !table[1].every((cell) => RULE.test(cell))) {
        for (const row of table) out.push(`| ${row.join(' | ')} |`);
      } else {
        const count = Math.max(...table.map((row) => row.length));
        const widths = Array(count).fill(3);
        table.forEach((row, i) => {
          if (i !== 1) row.forEach((cell, c) => { widths[c] = Math.max(widths[c], width(cell)); });
        });
        table.forEach((row, i) => {
          const cells = widths.map((w, c) => {
            const cell = row[c] ?? '';
            if (i !== 1) return cell + ' '.repeat(w - width(cell));
            const left = cell.startsWith(':') ? ':' : '-';
            const right = cell.endsWith(':') ? ':' : '-';
            return left + '-'.repeat(w - 2) + right;
          });
          out.push(`| ${cells.join(' | ')} |`);
        });
      }
      table = [];
    }
    if (line !== null) out.push(line);
  }
  return out.join('\n');
}
