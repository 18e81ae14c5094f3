// A build log of any length, in colour, with words of failure everywhere and the real cause in the middle.

const chatter = [
  '\x1b[90m[12:00:00]\x1b[0m compiled module %d in 3 ms',
  'warning: deprecated call in module %d, retrying failed fetch: not found, cannot connect, error ignored',
  'src/module-%d.js 1.2 kB │ gzip: 0.4 kB',
  '  at step %d (/app/node_modules/tool/index.js:12:3)',
];
const cause = "src/a.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.";

export function longLog(bytes: number): string {
  const lines: string[] = [];
  let length = 0;
  for (let count = 0; length < bytes; count += 1) {
    const line = (chatter[count % chatter.length] ?? '').replace('%d', String(count));
    lines.push(line);
    length += line.length + 1;
  }
  lines.splice(lines.length / 2, 0, cause);
  return lines.join('\n');
}
