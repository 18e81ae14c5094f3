// Finds in a check's output what the machine lacks and no change can provide, even if only a failing test repeats it
// (R-PROJ-7). The change itself may cause the same output, so the caller compares with a run without the change.
import type { CheckResult } from '../domain/work-order/check.ts';
import type { Lack, SeenFailure } from '../domain/work-order/seen-failure.ts';
import { classifyCheck } from './classify.ts';
import type { Classification } from './failure-case.ts';
import { plainText } from './output/plain-text.ts';
import { reportedIn } from './output/reported.ts';

type Kind = Lack['kind'];

/** Names of environment variables as programs write them. */
const variable = `([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Z]{4,}[A-Z0-9]*)`;
const host = String.raw`([\w.:[\]-]{1,253})`;

interface Sign {
  kind: Kind;
  /** The first group is the name of what is lacking, if the output contains it. */
  pattern: RegExp;
  sample: string;
}

/** The first match decides, so causes come before their symptoms. */
export const signs: readonly Sign[] = [
  {
    kind: 'certificate',
    pattern:
      /(?:SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERTIFICATE_VERIFY_FAILED|self[- ]signed certificate in certificate chain|unable to get local issuer certificate|certificate signed by unknown authority)(?:[\s\S]{0,400}?https?:\/\/([\w.-]{1,253}))?/,
    sample: 'npm error code SELF_SIGNED_CERT_IN_CHAIN',
  },
  {
    kind: 'certificate',
    pattern: /PKIX path building failed|unable to find valid certification path to requested target/,
    sample:
      'Could not transfer artifact junit:junit:pom:4.13.2 from/to central: PKIX path building failed: unable to find valid certification path to requested target',
  },
  {
    kind: 'certificate',
    pattern: /invalid peer certificate: (?:UnknownIssuer|CaUsedAsEndEntity|BadSignature)/,
    sample: 'Caused by: invalid peer certificate: UnknownIssuer',
  },
  {
    kind: 'certificate',
    pattern:
      /SSL certificate problem: (?:self[- ]signed|unable to get)|server certificate verification failed/,
    sample: 'curl: (60) SSL certificate problem: self-signed certificate',
  },
  {
    kind: 'namespace',
    pattern:
      /No usable sandbox!|Failed to move to new namespace|Running as root without --no-sandbox is not supported/,
    sample: '[12:34:FATAL:zygote_host_impl_linux.cc(128)] No usable sandbox! Update your kernel or see',
  },
  {
    kind: 'namespace',
    pattern:
      /(?:unshare|clone|setns)(?: failed)?: Operation not permitted|bwrap: (?:No permissions to create(?: a)? new namespace|Creating new namespace failed)|[Ff]ailed to (?:create|enter) (?:a )?(?:user )?namespace|newuidmap: .*Operation not permitted/,
    sample: 'bwrap: No permissions to create new namespace, likely because the kernel does not allow',
  },
  // Testcontainers in Java, Node, Go, Python, .NET, Rust and Ruby.
  {
    kind: 'container',
    pattern: /Could not find a (?:valid Docker environment|working container runtime strategy)/,
    sample: 'java.lang.IllegalStateException: Could not find a valid Docker environment.',
  },
  {
    kind: 'container',
    pattern: /(?:rootless|rootful) Docker not found|failed to create Docker provider/,
    sample: 'panic: rootless Docker not found, failed to create Docker provider',
  },
  {
    kind: 'container',
    pattern: /docker\.errors\.DockerException|Error while fetching server API version/,
    sample: 'docker.errors.DockerException: Error while fetching server API version',
  },
  {
    kind: 'container',
    pattern: /Docker is either not running or misconfigured|DockerUnavailableException/,
    sample: 'System.ArgumentException : Docker is either not running or misconfigured.',
  },
  {
    kind: 'container',
    pattern:
      /failed to (?:start container|init(?:ialize)? (?:a )?docker client|connect to the [Dd]ocker API)|Docker::Error::\w+|Client\(InitError|SocketNotFoundError/,
    sample:
      'called `Result::unwrap()` on an `Err` value: Client(Init(SocketNotFoundError("/var/run/docker.sock")))',
  },
  // The programs and clients themselves.
  {
    kind: 'container',
    pattern:
      /Cannot connect to (?:the Docker daemon|Podman)|Is the docker daemon running|permission denied while trying to connect to the [Dd]ocker (?:daemon|API)|unable to connect to Podman/i,
    sample:
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
  },
  {
    kind: 'container',
    pattern:
      /(?:dial unix|connect (?:ENOENT|EACCES|ECONNREFUSED)) [^\n]{0,200}(?:docker|podman)[\w.-]*\.sock/,
    sample: 'Error: connect ENOENT /var/run/docker.sock',
  },
  {
    kind: 'terminal',
    pattern:
      /\/dev\/tty['"\u2018\u2019:]{0,2}[ :][^\n]{0,40}(?:No such device|ENXIO|not configured)|ENXIO[^\n]{0,60}\/dev\/tty|[Ii]nappropriate ioctl for device|termios\.error: \(25|(?:input|output) device is not a TTY|(?:stdin|stdout|standard (?:input|output)|[Ii]nput) is not a (?:tty|TTY|terminal)|must be (?:run|started) (?:in|from) a(?:n interactive)? (?:tty|TTY|terminal)/,
    sample: 'sh: 1: cannot open /dev/tty: No such device or address',
  },
  {
    kind: 'terminal',
    pattern:
      /Raw mode is not supported on|setRawMode is not a function|Prompt couldn't be rendered in the current environment|Prompts can not be meaningfully rendered in non-TTY|Error opening terminal|TERM environment variable not set/,
    sample: 'ERROR Raw mode is not supported on the current process.stdin',
  },
  {
    kind: 'input',
    pattern: /EOFError: EOF when reading a line|(?:stdin|[Ss]tandard input) is (?:closed|empty)\b/,
    sample: 'EOFError: EOF when reading a line',
  },
  {
    kind: 'shared memory',
    pattern:
      /could not (?:open|resize|create) shared memory segment|(?:shm_open|sem_open)[^\n]{0,60}(?:failed|No such|Permission denied|not implemented)|(?:\/dev\/shm\b[^\n]{0,80}(?:No such file|Permission denied|No space left)|(?:Unable to (?:access|create)|[Ff]ailed to create)[^\n]{0,40}(?:\/dev\/shm|shared memory))/,
    sample: 'ERROR: could not resize shared memory segment "/PostgreSQL.1": No space left on device',
  },
  {
    kind: 'variable',
    pattern: new RegExp(String.raw`Failed to replace env in config: \$\{${variable}\}`),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: npm prints it so
    sample: 'Failed to replace env in config: ${NPM_TOKEN}',
  },
  {
    kind: 'variable',
    pattern: new RegExp(String.raw`Environment variable not found \(${variable}\)`),
    sample: 'Usage Error: Environment variable not found (NPM_TOKEN)',
  },
  {
    kind: 'variable',
    pattern: new RegExp(
      String.raw`\b${variable}\b['"\x60]?,?\s(?:environment variable\s)?(?:is|was|must be|has to be|needs to be)\s(?:not\s(?:set|defined|provided|configured)|undefined|required|missing|unset|set|defined|provided)\b`,
    ),
    sample: 'Error: DATABASE_URL is not set',
  },
  {
    kind: 'variable',
    pattern: new RegExp(
      String.raw`[Ee]nv(?:ironment)?[ -][Vv]ar(?:iable)?s?(?:\s(?:not found|is missing|missing))?[\s:]{1,3}['"\x60]?${variable}\b`,
    ),
    sample: 'error: Environment variable not found: DATABASE_URL.',
  },
  {
    kind: 'variable',
    pattern: new RegExp(
      String.raw`(?:[Mm]issing|[Rr]equired|[Uu]nset)\s(?:required\s)?env(?:ironment)?\s(?:variable\s)?['"\x60]?${variable}\b`,
    ),
    sample: 'Missing required env DATABASE_URL',
  },
  {
    kind: 'variable',
    pattern: new RegExp(String.raw`(?:os\.environ|getenv|environ\[)[\s\S]{0,2000}?KeyError: '${variable}'`),
    sample: `os.environ["DATABASE_URL"]\nE       KeyError: 'DATABASE_URL'`,
  },
  {
    kind: 'variable',
    pattern: new RegExp(`key not found: "${variable}"`),
    sample: 'KeyError: key not found: "DATABASE_URL"',
  },
  {
    kind: 'variable',
    pattern: new RegExp(`: ${variable}: (?:unbound variable|parameter (?:null or )?not set)`),
    sample: 'run.sh: line 3: DATABASE_URL: unbound variable',
  },
  {
    kind: 'variable',
    pattern: new RegExp(
      String.raw`(?:[Ss]et|[Dd]efine|[Pp]rovide|[Ee]xport|[Cc]onfigure)\s(?:the\s)?['"\x60]?${variable}['"\x60]?\s(?:env|in your env|in the env|environment)`,
    ),
    sample: 'Error: Set the DATABASE_URL environment variable',
  },
  {
    kind: 'variable',
    pattern: new RegExp(String.raw`${variable} not found\. Declare it as envvar`),
    sample:
      'decouple.UndefinedValueError: SECRET_KEY not found. Declare it as envvar or define a default value.',
  },
  {
    kind: 'variable',
    pattern: new RegExp(String.raw`Missing environment variables:\s{1,8}${variable}`),
    sample: 'Missing environment variables:\n    API_URL: Read the docs',
  },
  {
    kind: 'variable',
    pattern: /Could not resolve placeholder '([\w.-]{1,100})'/,
    sample: "Could not resolve placeholder 'DB_URL' in value",
  },
  {
    kind: 'login',
    pattern:
      /(?:Unable to locate|Could not load) (credentials)\b|NoCredentialsError|CredentialsProviderError|(?:Could not load|could not find|Your) (?:the )?default credentials|DefaultCredentialsError/,
    sample: 'CredentialsProviderError: Could not load credentials from any providers',
  },
  {
    kind: 'login',
    pattern:
      /(?:password authentication failed for user|Access denied for user) ["']([^"'\n]{1,100})["']|(?:WRONGPASS|NOAUTH) |Login failed for user/,
    sample: 'FATAL:  password authentication failed for user "app"',
  },
  {
    kind: 'login',
    pattern:
      /npm (?:error|ERR!) code (E401|E403|ENEEDAUTH)|(?:401|403) (?:Unauthorized|Forbidden)[^\n]{0,40}https?:\/\/\S{0,200}(?:pypi|npm|maven|nuget|registry|artifactory|nexus|crates)/i,
    sample: 'npm error code E401',
  },
  {
    kind: 'certificate',
    pattern: /CERT_HAS_EXPIRED|certificate has expired|CERT_NOT_YET_VALID/,
    sample: 'npm error code CERT_HAS_EXPIRED',
  },
  {
    kind: 'port',
    pattern:
      /(?:EADDRINUSE|[Aa]ddress already in use)[^\n]{0,80}?[ :](\d{2,5})\b|[Pp]ort (\d{2,5}) is (?:already )?(?:allocated|in use|being used)|EADDRINUSE|[Aa]ddress already in use/,
    sample: 'Error: listen EADDRINUSE: address already in use :::3000',
  },
  {
    kind: 'disk',
    pattern: /no space left on device|database or disk is full/i,
    sample: 'write /tmp/x: no space left on device',
  },
  {
    kind: 'program',
    pattern: /invalid (?:target|source) release: ([\d.]{1,12})|release version ([\d.]{1,12}) not supported/,
    sample: 'error: invalid target release: 21',
  },
  {
    kind: 'program',
    pattern: /go\.mod requires (go >= [\d.]{1,12})/,
    sample: 'go: go.mod requires go >= 1.24 (running go 1.21.0; GOTOOLCHAIN=local)',
  },
  {
    kind: 'program',
    pattern: /requires (rustc [\d.]{1,12}) or newer|(rustc [\d.]{1,12}) is not supported by/,
    sample: 'error: package `x v1.0.0` cannot be built because it requires rustc 1.85 or newer',
  },
  {
    kind: 'program',
    pattern:
      /(No matching toolchains found|A compatible \.NET SDK was not found|EBADENGINE|requires Node\.js \S{1,30})/,
    sample: 'npm error code EBADENGINE',
  },
  {
    kind: 'program',
    pattern:
      /session not created: This version of (ChromeDriver)|(?:cannot|unable to) find (Chrome|Firefox|geckodriver|chromedriver)/i,
    sample: 'WebDriverException: unknown error: cannot find Chrome binary',
  },
  // The sandbox shows a program's own folder only if it knows it.
  {
    kind: 'program',
    pattern:
      /(?:moose: cannot start|setpriv: failed to execute|bwrap: execvp|env:) ['"‘]?([^\s:'"’]{1,200})['"’]?: No such file or directory/,
    sample: 'moose: cannot start /opt/claude/bin/claude: No such file or directory',
  },
  {
    kind: 'program',
    pattern: /FileNotFoundError: \[Errno 2\] No such file or directory: '([\w+-]{1,60})'/,
    sample: "FileNotFoundError: [Errno 2] No such file or directory: 'psql'",
  },
  {
    kind: 'service',
    pattern:
      /[Cc]onnection to ([\w.-]{1,253}:\d{1,5}) refused|Can't reach database server at ["\x60]?([\w.:-]{1,253})|Failed to connect to ([\w.:-]{1,253}:\d{1,5})/,
    sample: 'Connection to localhost:5432 refused. Check that the hostname and port are correct',
  },
  {
    kind: 'service',
    pattern: new RegExp(`connect ECONNREFUSED ${host}`),
    sample: 'Error: connect ECONNREFUSED 127.0.0.1:5432',
  },
  {
    kind: 'service',
    pattern:
      /connection to server at ("[^"\n]{1,253}"(?: \([\w.:]+\))?, port \d+) failed: Connection refused/,
    sample: 'connection to server at "localhost" (127.0.0.1), port 5432 failed: Connection refused',
  },
  {
    kind: 'service',
    pattern: new RegExp(`dial tcp ${host}: connect: connection refused`),
    sample: 'dial tcp 127.0.0.1:5432: connect: connection refused',
  },
  {
    kind: 'service',
    pattern: new RegExp(`dial tcp: lookup ${host}[^\\n]{0,80}: no such host`),
    sample: 'dial tcp: lookup proxy.golang.org on 127.0.0.53:53: no such host',
  },
  {
    kind: 'program',
    pattern: /Unable to locate a (Java Runtime)/,
    sample: 'Unable to locate a Java Runtime.',
  },
  {
    kind: 'service',
    pattern: new RegExp(`getaddrinfo (?:ENOTFOUND|EAI_AGAIN) ${host}`),
    sample: 'Error: getaddrinfo ENOTFOUND db',
  },
  {
    kind: 'service',
    pattern:
      /(Can't connect to (?:local )?MySQL server|could not connect to server: Connection refused|Error \d+ connecting to [\w.:-]+\. Connection refused)/,
    sample: "Can't connect to local MySQL server through socket",
  },
];

const lineCharsMax = 300;

/** The line that says that this is lacking; null if no line does. */
export function lineOfLack(output: string, { kind }: Lack): string | null {
  const text = plainText(output);
  for (const sign of signs) {
    const match = sign.kind === kind ? sign.pattern.exec(text) : null;
    if (match === null) continue;
    const from = text.lastIndexOf('\n', match.index) + 1;
    const line = text.slice(from).split('\n', 1)[0] ?? '';
    return line.trim().slice(0, lineCharsMax);
  }
  return null;
}

/** Rules that name a missing program, not a library. */
const programRules =
  /^(?:playwright\.browser-missing|shell\.(?:command|zsh|interpreter)-missing|exec\.program-missing|node\.spawn(?:-path)?-missing|[\w-]+\.toolchain-missing|python\.runner-missing|npm\.old-node|yarn\.command-missing|corepack\.version|xcode\.missing|host\.loader)$/;
const diskRules = /^(?:host\.full|npm\.host)$/;
/** Rules that name a module or package that is not installed. */
const packageRules =
  /^(?:python\.(?:module|library)-missing|pytest\.plugin-missing|node\.(?:package|subpath)-missing(?:-indented)?|node\.native-addon|deno\.package-missing|ruby\.\w+-missing|java\.module-missing)$/;

/** Returns null if the output names nothing that the machine lacks. */
export function lackIn(
  output: string,
  {
    rule,
    failureClass,
    category,
    context,
  }: Pick<Classification, 'rule' | 'failureClass' | 'category' | 'context'>,
  isSetup: boolean,
): Lack | null {
  const name = context.package ?? '';
  if (diskRules.test(rule)) return ofTheDisk(plainText(output));
  if (programRules.test(rule)) return { kind: 'program', name };
  const text = plainText(output);
  for (const { kind, pattern } of signs) {
    const match = pattern.exec(text);
    if (!match) continue;
    // If an installer cannot reach a service, it is a package registry.
    const found = match.slice(1).find((group) => group !== undefined) ?? '';
    return { kind: isSetup && kind === 'service' ? 'registry' : kind, name: found };
  }
  if (packageRules.test(rule)) return { kind: 'package', name };
  // Any command of a build tool may download packages first. A timeout counts only for an installer.
  const isAway =
    category === 'transient' &&
    (failureClass === 'dependency_missing' || (isSetup && failureClass === 'timeout'));
  return isAway ? { kind: 'registry', name } : null;
}

/** The resource that is used up. One rule of the classifier covers all of these and reads like a full disk. */
function ofTheDisk(text: string): Lack {
  if (/number of file watchers|max_user_watches/.test(text)) return { kind: 'limit', name: 'watched files' };
  if (/\bEMFILE\b|\bENFILE\b|[Tt]oo many open files|file table overflow/.test(text))
    return { kind: 'limit', name: 'open files' };
  const readOnly = /EROFS: read-only file system, \w+ '([^'\n]{1,300})'|[Rr]ead-only file system/.exec(text);
  if (readOnly) return { kind: 'path', name: readOnly[1] ?? '' };
  return { kind: 'disk', name: '' };
}

/** `checkout` is where the check ran. Paths are relative to it, so that two runs can be compared. */
/** The exit code of a shell that has not found the command, whatever it printed. */
const notFound = 127;

function lackOf({ outputTail, kind, exitCode }: CheckResult, classification: Classification): Lack | null {
  const named = lackIn(outputTail, classification, kind === 'setup');
  return named ?? (exitCode === notFound ? { kind: 'program', name: '' } : null);
}

export function seenIn(
  check: CheckResult,
  checkout: string,
  classification: Classification = classifyCheck(check),
): SeenFailure {
  const { failureClass, rule, context } = classification;
  return {
    failureClass,
    rule,
    file: context.file?.replace(`${checkout}/`, '') ?? null,
    errorCode: context.errorCode ?? null,
    testNames: context.testNames ?? [],
    reported: reportedIn(check.outputTail, checkout),
    lack: check.stoppedBecause === null ? lackOf(check, classification) : null,
  };
}
