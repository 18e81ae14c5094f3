// Home-made linter: line length, function length, forbidden words.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const config = JSON.parse(readFileSync('lint.config.json', 'utf8'));
const problems = [];

function* files(dir) {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (path.endsWith('.js')) yield path;
  }
}

for (const path of config.dirs.flatMap((dir) => [...files(dir)])) {
  const lines = readFileSync(path, 'utf8').split('\n');
  let start = -1;
  lines.forEach((line, i) => {
    const report = (text) => problems.push(`${path}:${i + 1}: ${text}`);
    if (line.length > config.maxLineLength) report(`line has ${line.length} characters`);
    for (const word of config.forbidden) if (line.includes(word)) report(`${word} is forbidden`);
    if (/^(export )?(async )?function/.test(line)) start = i;
    if (line === '}' && start >= 0) {
      if (i - start + 1 > config.maxFunctionLines) report(`function has ${i - start + 1} lines`);
      start = -1;
    }
  });
}

for (const problem of problems) console.error(problem);
process.exitCode = problems.length ? 1 : 0;
