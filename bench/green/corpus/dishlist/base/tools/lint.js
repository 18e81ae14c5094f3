import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [root] = process.argv.slice(2);
const files = readdirSync(root, { recursive: true })
  .filter((name) => name.endsWith('.js') && !name.startsWith('vendor'))
  .map((name) => join(root, name));
let found = 0;
const report = (file, line, text) => {
  found += 1;
  process.stderr.write(`${file}:${line}: ${text}\n`);
};
for (const file of files) {
  let began = 0;
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (/\bconsole\b/.test(line) && !file.endsWith('log.js')) report(file, index + 1, 'no console');
    if (/[^=!]==[^=]/.test(line)) report(file, index + 1, 'no ==');
    if (/^(?:export )?(?:async )?function/.test(line)) began = index;
    if (line === '}' && index - began > 30) report(file, began + 1, 'the function has more than 30 lines');
  }
}
process.exit(found === 0 ? 0 : 1);
