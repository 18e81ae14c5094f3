// Records `moose demo` and creates the animation in the README: `npm run docs:demo`.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { animateLines } from './demo/animate-lines.ts';
import { recordTerminal } from './demo/record-terminal.ts';

const picturePath = fileURLToPath(new URL('../docs/images/demo.svg', import.meta.url));
const dataPath = mkdtempSync(join(tmpdir(), 'moose-demo-'));

const lines = await recordTerminal(`npm run --silent moose -- --data ${dataPath} demo`);
const shown = lines.map(({ atMs, text }) => ({ atMs, text: text.replaceAll(dataPath, '~/.moose/demo') }));
const picture = animateLines([{ atMs: 0, text: '$ npm run moose -- demo' }, ...shown], 'moose demo');
writeFileSync(picturePath, picture);
process.stdout.write(`${shown.length} lines, ${Math.round(picture.length / 1024)} KiB: ${picturePath}\n`);
