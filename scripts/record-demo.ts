// Records `moose demo` and creates the animation in the README: `npm run docs:demo`.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { animateFrames } from './demo/animate-frames.ts';
import { recordTerminal } from './demo/record-terminal.ts';

const picturePath = fileURLToPath(new URL('../docs/images/demo.svg', import.meta.url));
const dataPath = mkdtempSync(join(tmpdir(), 'moose-demo-'));

const frames = await recordTerminal(`npm run --silent moose -- --data ${dataPath} demo`);
const command = '$ npm run moose -- demo';
const shown = frames.map(({ atMs, lines }) => ({
  atMs,
  lines: [command, ...lines.map((line) => line.replaceAll(dataPath, '~/.moose/demo'))],
}));
const picture = animateFrames([{ atMs: 0, lines: [command] }, ...shown], 'moose demo');
writeFileSync(picturePath, picture);
process.stdout.write(`${shown.length} screens, ${Math.round(picture.length / 1024)} KiB: ${picturePath}\n`);
