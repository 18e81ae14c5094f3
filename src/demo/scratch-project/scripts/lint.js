import { readdirSync, readFileSync } from 'node:fs';

// The project's few rules of style. Prints file, line and rule, and exits 1 when one is broken.

const rules = [
  { name: 'no-var', pattern: /^\s*var\s/ },
  { name: 'no-tabs', pattern: /\t/ },
  { name: 'no-trailing-space', pattern: /[ \t]$/ },
  { name: 'no-loose-equality', pattern: /[^=!]==[^=]|!=[^=]/ },
  { name: 'no-console', pattern: /^\s*console\./ },
];

let problems = 0;
for (const folder of ['src', 'test']) {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.js'))) {
    const path = `${folder}/${file}`;
    for (const [index, line] of readFileSync(path, 'utf8').split('\n').entries()) {
      for (const { name } of rules.filter(({ pattern }) => pattern.test(line))) {
        process.stderr.write(`${path}:${index + 1}: ${name}\n`);
        problems += 1;
      }
    }
  }
}
process.exitCode = problems === 0 ? 0 : 1;
