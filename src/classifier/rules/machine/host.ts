// Process supervisors, signals with a reason, and resources that a machine runs out of.
import { precedence, type Rule } from '../../match/rule.ts';
import { machinery, missing, timedOut, unexplained } from '../../verdicts.ts';

const { deadline, orchestration, shape } = precedence;
const base = orchestration;

export const hostRules: readonly Rule[] = [
  {
    id: 'host.deadline',
    is: timedOut,
    precedence: deadline,
    line: /^timeout: sending signal|because a timeout was exceeded|[Jj]ob timed out|exceeded the maximum execution time|execution took longer than|^(?!.*(?:test|Test)).{0,200}has timed out after \d+ (?:minutes|seconds)|wall[- ]clock (?:limit|(?:time|deadline).{0,60}(?:exceeded|reached|passed|expired))|killed after \d+ ?(?:s|ms|seconds|minutes)|start operation timed out|State '[\w-]+' timed out|[Tt]ime limit exceeded|no output for |[Nn]o output has been received (?:for|in) |CPU time limit exceeded|DUE TO TIME LIMIT|^(?:\S{1,60}: )?[Cc]ommand timed out|subprocess\.TimeoutExpired|^\s{0,8}timedOut: true|"timed_out": ?true|(?:supervisor|watchdog)\b.{0,160}(?:deadline|timed? ?out|kill|exceeded|silent|no heartbeat|hung)|result[ =]'?timeout'?|Maximum execution time of \d+|exceeded its deadline|(?:deadline|time limit) of \S{1,20} ?(?:s|ms|seconds|minutes)? ?(?:exceeded|reached|passed|over)|spawnSync \S{1,120} ETIMEDOUT/,
    from: 'timeout(1), supervisors, systemd, CI, execa',
    sample: 'timeout: sending signal KILL to command ‘sleep’',
  },
  {
    id: 'host.out-of-memory',
    is: machinery.full,
    precedence: base + 40,
    line: /oom-kill|Out of memory: Killed process|OOMKilled|Memory cgroup out of memory|oom_reaper|OOM killer|oom_kill/,
    from: 'Linux, systemd, Kubernetes',
    sample: "moose-worker.service: Failed with result 'oom-kill'.",
  },
  {
    id: 'host.full',
    is: machinery.full,
    precedence: base + 12,
    line: /No space left on device|\b(?<code>ENOSPC|EDQUOT|EMFILE|ENFILE|EROFS)\b|Disk quota exceeded|Too many open files|file table overflow|kein Speicherplatz|Aucun espace disponible|设备上没有空间|空き領域がありません|No queda espacio|File too large|Read-only file system/,
    from: 'any program',
    sample: 'Error: ENOSPC: no space left on device, write',
    reads: { errorCode: 'ENOSPC' },
  },
  {
    id: 'host.port',
    is: machinery.settings,
    precedence: base + 12,
    line: /\b(?<code>EADDRINUSE|EADDRNOTAVAIL)\b|[Aa]ddress already in use|port is already allocated|is already being used|Adresse wird bereits verwendet/,
    from: 'any server',
    sample: 'Error: listen EADDRINUSE: address already in use 127.0.0.1:4100',
    reads: { errorCode: 'EADDRINUSE' },
  },
  {
    id: 'host.fork',
    is: machinery.passing,
    precedence: base + 12,
    line: /fork: (?:retry: )?(?:Cannot allocate memory|Resource temporarily unavailable)|\b(?<code>ENOMEM)\b|^.{0,100}: (?:Cannot allocate memory|Resource temporarily unavailable|Nicht genügend Hauptspeicher)|cannot fork|pthread_create failed|can't start new thread|unable to create (?:new )?native thread/,
    from: 'sh, node, java',
    sample: 'bash: fork: retry: Resource temporarily unavailable',
  },
  {
    id: 'host.file-system',
    is: machinery.settings,
    precedence: precedence.crash + 10,
    line: /^(?:Uncaught )?Error: (?<code>E(?:ACCES|PERM|ROFS|NOTDIR|ISDIR|EXIST|BUSY|LOOP|NAMETOOLONG|DQUOT|IO|XDEV|NXIO|TXTBSY)): /,
    purposes: ['host', 'git', 'database'],
    from: 'node',
    sample: "Error: ENOTDIR: not a directory, mkdir '/dev/null/x'",
    reads: { errorCode: 'ENOTDIR' },
  },
  {
    id: 'host.file-missing',
    is: unexplained.crash,
    precedence: shape - 20,
    line: /No such file or directory|Datei oder Verzeichnis nicht gefunden|Aucun fichier ou dossier|(?<code>ENOENT): no such file/,
    from: 'any program',
    sample: 'cat: nope.txt: No such file or directory',
  },
  {
    id: 'host.loader',
    is: missing,
    precedence: precedence.dependency,
    line: /error while loading shared libraries: (?<package>[\w.+-]+)|Library not loaded: (?<package2>\S+)/,
    from: 'ld.so, dyld',
    sample:
      'app: error while loading shared libraries: libfoo.so.1: cannot open shared object file: No such file or directory',
    reads: { package: 'libfoo.so.1' },
  },
];
