// Writes the literals of the classifier's rules. `npm run docs` does it first: a program that classifies does not start
// with a rule whose literals are unknown, and the programs that write documents classify.
//   node scripts/classifier/write-literals.ts

import { writeFileSync } from 'node:fs';
import { literalsPath, literalsText } from './literals-file.ts';

writeFileSync(new URL(`../../${literalsPath}`, import.meta.url), literalsText());
