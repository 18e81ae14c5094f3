// Git, in the languages that it prints: failures of the infrastructure, unless a hook reports the real cause.
import { precedence, type Rule } from '../../match/rule.ts';
import { machinery, missing } from '../../verdicts.ts';

const { orchestration } = precedence;
const base = orchestration;

export const gitRules: readonly Rule[] = [
  {
    id: 'git.lock',
    is: machinery.passing,
    precedence: base + 26,
    line: /\.lock'?:? ?(?:File exists|.{0,10}existiert bereits|Die Datei existiert|Le fichier existe|文件已存在|ファイルが存在します|El fichero ya existe)|Another git process seems to be running|could not lock config file .{0,200}File exists/,
    from: 'git',
    sample: "fatal: Unable to create '/app/.git/index.lock': File exists.",
  },
  {
    id: 'git.host',
    is: machinery.full,
    precedence: base + 28,
    line: /^(?:fatal|error|warning|remote|Fatal|Schwerwiegend)?:? ?.{0,300}(?:No space left on device|Too many open files|Read-only file system|kein Speicherplatz|Aucun espace disponible|设备上没有空间|空き領域がありません|Disk quota exceeded|Cannot allocate memory)/,
    purposes: ['git'],
    from: 'git',
    sample: "fatal: Unable to create '/app/.git/index.lock': Read-only file system",
  },
  {
    id: 'git.conflict',
    is: machinery.refused,
    precedence: base + 20,
    line: /^(?:CONFLICT|KONFLIKT|CONFLIT|冲突|競合|CONFLICTO) ?[(（][^)）]{1,60}[)）].{0,60}? (?:in|dans|en) (?<file2>[\w@./+-]{1,250})$|^(?:CONFLICT|KONFLIKT|CONFLIT|冲突|競合|CONFLICTO) ?[(（][^)）]{1,60}[)）].{0,60}? (?:in|dans|en)? ?(?<file>[\w@./+-]+\.\w+)$|^(?:Automatic merge failed|Automatischer Merge fehlgeschlagen|La fusion automatique a échoué|自动合并失败|自動マージに失敗)|could not apply |needs merge|unmerged files|^(?:CONFLICT|KONFLIKT|CONFLIT|冲突|競合)/,
    near: [
      /^(?:CONFLICT|KONFLIKT|CONFLIT|CONFLICTO) \([^)]{1,60}\): .{0,60}? (?:in|dans|en) (?<file>[\w@./+-]{1,250})$/,
    ],
    from: 'git merge, git rebase',
    sample: 'CONFLICT (content): Merge conflict in src/a.ts',
    reads: { file: 'src/a.ts' },
  },
  {
    id: 'git.overwrite',
    is: machinery.refused,
    precedence: base + 20,
    line: /would be overwritten by|würden (?:durch|von)|seraient écrasés|contains modified or untracked files|(?:uncommitted|unstaged|local) changes/,
    near: [/^\t(?<file>\S.{0,250})$/],
    from: 'git',
    sample: 'error: The following untracked working tree files would be overwritten by merge:',
  },
  {
    id: 'git.patch',
    is: machinery.refused,
    precedence: base + 20,
    line: /^error: patch failed: (?<file>[^\s:]{1,250}):(?<line>\d{1,6})$|patch does not apply|corrupt patch at (?:line |\S{1,100}:)(?<line2>\d{1,6})|No valid patches in input|hunks? FAILED|malformed patch at line (?<line3>\d{1,6})|does not exist in index|already exists in working directory|unrecognized input/,
    near: [/^patching file (?<file>\S{1,250})$/, /^error: (?<file>[^\s:]{1,250}): /],
    from: 'git apply, patch',
    sample: 'error: patch failed: a.txt:1',
    reads: { file: 'a.txt', line: 1 },
  },
  {
    id: 'git.corrupt',
    is: machinery.settings,
    precedence: base + 17,
    line: /^(?:fatal|error): .{0,200}(?:is corrupt|bad object|unable to read (?:tree|sha1|[0-9a-f]{7,40})|object file .{1,200} is empty|bad signature|index file (?:corrupt|smaller)|missing blob|data stream error|unable to unpack|inflate: )|broken (?:link|ref)/,
    from: 'git',
    sample: 'error: object file .git/objects/3f/1a is empty',
  },
  {
    id: 'lfs.object',
    is: machinery.settings,
    precedence: base + 19,
    line: /smudge filter lfs failed|Object does not exist on the server|external filter '[^']{1,60}' failed|^batch response: /,
    from: 'git-lfs',
    sample: 'fatal: a.bin: smudge filter lfs failed',
  },
  {
    id: 'lfs.missing',
    is: missing,
    precedence: precedence.dependency - 20,
    line: /^git: '(?!remote-)(?<package>[\w-]+)' is not a git command|git-lfs filter-process: (?:.{0,20}: )?(?:git-lfs: )?not found|git-lfs'? was not found/,
    from: 'git',
    sample: "git: 'lfs' is not a git command. See 'git --help'.",
    reads: { package: 'lfs' },
  },
  {
    id: 'git.words',
    is: machinery.refused,
    precedence: base,
    line: /^(?:.{0,40} )?(?:\[Error\]: )?(?:fatal|Schwerwiegend|Schwerwiegender Fehler|fatale|致命错误|致命的エラー|[Ff]atal ) ?[:：] ?\S|^(?:error|Fehler|erreur|错误|エラー) ?[:：] ?(?:pathspec|Pfadspezifikation|le spécificateur|路径规格|パス仕様|src refspec|failed to push|cannot|branch|Branch|the branch|tag|bad|could not|your|invalid|unable|no such|switch|unknown|object|refusing|Cannot|Deletion|remote|commit|merging|Merging|Committing|There|Unable|ref)/,
    purposes: ['git', 'host', 'forge'],
    from: 'git',
    sample: "error: pathspec 'feature/login' did not match any file(s) known to git",
  },
  {
    id: 'git.words-elsewhere',
    is: machinery.refused,
    precedence: precedence.crash + 30,
    line: /^(?:.{0,40}\[Error\]: |.{0,20}Error: )?fatal: (?:invalid reference|ambiguous argument|bad revision|couldn't find|.{0,80}already exists|.{0,80}is already checked out|.{0,120}worktree|a branch named|unable to|cannot|refusing|pathspec|No such|Needed|your current branch)/,
    from: 'simple-git, scripts',
    sample: 'Hs [Error]: fatal: invalid reference: nobranch',
  },
];
