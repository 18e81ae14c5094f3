// Writes files that a power failure may empty, cut or lose, because no later Moose relies on them: what is given to a
// session before it starts (after another boot there are no sessions), what is in a worktree (after another boot it is
// compared with its commit), what is made again when it is missing, and logs. The functions are those of Node. Everything
// else is written by `durable-files.ts`; `test/write-rule.ts` finds a file that is written around both.
export {
  appendFileSync as appendPassingNow,
  createWriteStream as streamPassing,
  openSync as openPassingNow,
  renameSync as renamePassingNow,
  writeFileSync as writePassingNow,
} from 'node:fs';
export {
  appendFile as appendPassing,
  copyFile as copyPassing,
  cp as copyTreePassing,
  open as openPassing,
  rename as renamePassing,
  writeFile as writePassing,
} from 'node:fs/promises';
