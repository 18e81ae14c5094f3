// Cuts the power of a disk again and again while Moose works on it, with its PostgreSQL, and judges what has become of the
// work: `npm run test:power -- --cuts 30 --fs ext4,xfs,btrfs --seed 7`. It needs root and loop devices.
import { chmod, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CannotMount, type FileSystem, fileSystems } from './power-disk.ts';
import { type Life, lifeOn } from './power-life.ts';

const { values } = parseArgs({
  options: {
    cuts: { type: 'string', default: '30' },
    fs: { type: 'string', default: fileSystems.join(',') },
    seed: { type: 'string' },
    in: { type: 'string', default: tmpdir() },
    keep: { type: 'boolean', default: false },
    program: { type: 'string' },
  },
});
const cuts = Number(values.cuts);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000_000));
const asked = values.fs.split(',');
const unknown = asked.filter((name) => !fileSystems.some((each) => each === name));
if (!Number.isInteger(cuts) || cuts < 1 || !Number.isInteger(seed) || unknown.length > 0) {
  process.stderr.write(
    `usage: --cuts N --fs ${fileSystems.join(',')} --seed N [--in FOLDER] [--program main.js] [--keep]\n`,
  );
  process.exit(2);
}

const say = (line: string) => process.stdout.write(`${line}\n`);
const columns: ReadonlyArray<[string, (life: Life) => string | number]> = [
  ['cuts', ({ cuts: made }) => made],
  ['files that a cut emptied or took', ({ hurt }) => hurt],
  ['work orders', ({ submitted }) => submitted],
  ['completed', ({ completed }) => completed],
  ['lost', ({ lost }) => lost],
  ['done twice', ({ doubled }) => doubled],
  ['overspent', ({ overspent }) => overspent],
  ['left over', ({ orphaned }) => orphaned],
  ['silent', ({ silent }) => silent],
  ['damage seen by a check', ({ damaged }) => damaged],
  ['wait for a person', ({ waiting }) => waiting],
  ['worktrees made again', ({ renewed }) => renewed],
  ['agents run again', ({ repeated }) => repeated],
  ['starts that failed', ({ failedStarts }) => failedStarts],
  ['s until work moves, at most', ({ movesSecondsMax }) => movesSecondsMax],
];

say(`seed ${seed}`);
const lives: [FileSystem, Life | string][] = [];
for (const name of fileSystems.filter((each) => asked.includes(each))) {
  const root = await mkdtemp(join(values.in, 'moose-power-'));
  await chmod(root, 0o711);
  await mkdir(join(root, 'outside'), { mode: 0o711 });
  try {
    lives.push([
      name,
      await lifeOn({ root, fileSystem: name, cuts, seed, keeps: values.keep, program: values.program, say }),
    ]);
  } catch (cause) {
    if (!(cause instanceof CannotMount)) throw cause;
    lives.push([name, cause.message]);
  }
}

say('');
say(`| file system | ${columns.map(([title]) => title).join(' | ')} |`);
say(`| --- |${columns.map(() => ' --- |').join('')}`);
for (const [name, life] of lives)
  say(
    typeof life === 'string'
      ? `| ${name} | not measured: ${life} |`
      : `| ${name} | ${columns.map(([, of]) => of(life)).join(' | ')} |`,
  );
for (const [name, life] of lives)
  if (typeof life !== 'string') for (const line of life.findings) say(`${name}: ${line}`);
const isBroken = lives.some(([, life]) => typeof life !== 'string' && life.findings.length > 0);
if (isBroken) say(`Repeat it with --seed ${seed}`);
process.exit(isBroken ? 1 : 0);
