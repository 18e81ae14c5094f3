// A check lacks something that no change can provide: the failure goes to a person immediately, and names what is
// missing and the command that shows the full output (R-PROJ-7).
import type { CheckResult } from '../../domain/check.ts';
import { ConfigurationError, type FailureClass } from '../../domain/failure.ts';
import type { Lack } from '../../domain/seen-failure.ts';
import type { Step } from '../../domain/transitions.ts';
import { shellWord } from '../../stdx/shell-words.ts';
import type { Work } from '../run/work.ts';

interface Words {
  code: string;
  /** Completes the sentence that begins 'The test check `npm test` '. */
  what(name: string): string;
  /** The advice ends with what happens next. */
  advice(name: string, again: string, project: string): string;
}

const againFrom = (step: Step) => `then \`moose retry ID --from ${step}\`. Full output: \`moose logs ID\`.`;

/** Whoever may write there decides what git runs for the person. */
const isOfGit = (path: string) => /(?:^|\/)(?:\.git|[^/]+\.git)(?:\/|$)/.test(path);

const words: Readonly<Record<Lack['kind'], Words>> = {
  program: {
    code: 'CHECK_PROGRAM_MISSING',
    what: (name) => `needs a program that is not installed here${called(name)}`,
    advice: (_, again) => `Install it, or set it up in a separate check (--check setup=…); ${again}`,
  },
  disk: {
    code: 'DISK_FULL',
    what: () => 'found the disk full',
    advice: (_, again) => `Free some space; ${again}`,
  },
  limit: {
    code: 'CHECK_LIMIT_REACHED',
    what: (name) => `reached a limit of this machine${called(name)}`,
    advice: (_, again) =>
      `Raise it where Moose runs (\`ulimit -n\`, or sysctl fs.inotify.max_user_watches), then restart Moose; ${again}`,
  },
  path: {
    code: 'CHECK_PATH_READ_ONLY',
    what: (name) => `writes outside the allowed paths${called(name)}`,
    advice: (name, again) =>
      isOfGit(name)
        ? `Make it write inside its worktree. Never open a git directory to it; ${again}`
        : `Make it write inside its worktree, or add the folder to MOOSE_SANDBOX_PATHS (${name || '/folder'}:rw) and restart Moose; ${again}`,
  },
  namespace: {
    code: 'CHECK_NEEDS_NAMESPACES',
    what: () =>
      'needs user namespaces, for example for the sandbox of a browser, and its session may not create them',
    advice: (_, again, project) =>
      `Start the browser without its own sandbox (\`--no-sandbox\`: the session has one), or allow them to the project: \`moose project set ${shellWord(project)} --user-namespaces\`; ${again}`,
  },
  memory: {
    code: 'CHECK_KILLED',
    what: () => 'is killed each time, even without the change, most likely because memory is short',
    advice: (_, again) =>
      `Look for out-of-memory kills (\`dmesg\`), and give this machine or its container more memory; ${again}`,
  },
  variable: {
    code: 'CHECK_VARIABLE_MISSING',
    what: (name) => `needs the environment variable ${name}, which is not set`,
    advice: (name, again, project) =>
      `\`moose project variable set ${shellWord(project)} ${name}\` sets it for setup and checks. Or set ${name} where Moose runs and add its name to MOOSE_CHECK_VARIABLES, then restart Moose, or set it in a file that the project reads; ${again}`,
  },
  certificate: {
    code: 'CHECK_CERTIFICATE_UNTRUSTED',
    what: (name) => `does not trust a certificate${name && ` of ${name}`}`,
    advice: (_, again) =>
      `Start Moose with NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, REQUESTS_CA_BUNDLE or PIP_CERT set to your authority's certificate; for Java, add it with \`keytool -importcert -cacerts\`; ${again}`,
  },
  package: {
    code: 'CHECK_PACKAGE_MISSING',
    what: (name) => `needs a package that is not installed here${called(name)}`,
    advice: (_, again) =>
      `Install it, or install the project in a separate check (--check setup=…); ${again}`,
  },
  service: {
    code: 'CHECK_SERVICE_DOWN',
    what: (name) => `needs a service that does not answer${called(name)}`,
    advice: (_, again) =>
      `Add the service under \`services\` in .moose/config.yml, so that it runs beside the checks; ${again}`,
  },
  port: {
    code: 'CHECK_PORT_TAKEN',
    what: (name) => `listens on a port that another program uses${called(name)}`,
    advice: (_, again) =>
      `Let the check listen on one of the 20 ports from $MOOSE_PORT_BASE, which are reserved for its worktree. Or end the other program; ${again}`,
  },
  login: {
    code: 'CHECK_LOGIN_REFUSED',
    what: (name) => `needs a login that is missing or not accepted${called(name)}`,
    advice: (_, again, project) =>
      `Give it to setup and checks: \`moose project variable set ${shellWord(project)} NAME\`; ${again}`,
  },
  container: {
    code: 'CHECK_CONTAINERS_MISSING',
    what: () => 'starts containers, and no container engine (Docker, Podman) can be reached here',
    advice: (_, again) =>
      `Sessions reach no engine of the machine. Add what the tests need under \`services\` in .moose/config.yml instead, or give Moose checks without containers (--check); ${again}`,
  },
  registry: {
    code: 'CHECK_REGISTRY_AWAY',
    what: (name) => `cannot reach the package registry${called(name)}`,
    advice: (_, again) =>
      `Check the network, the proxies (HTTPS_PROXY) and the registry's address in the project; ${again}`,
  },
};

const called = (name: string) => name && `: ${name}`;

export function lackFailure(
  { order, project }: Work,
  result: CheckResult,
  { kind, name }: Lack,
  failureClass: FailureClass,
  metadata: Record<string, unknown>,
  step: Step = 'verifying',
): ConfigurationError {
  const { code, what, advice } = words[kind];
  return new ConfigurationError({
    code,
    component: 'pipeline',
    operation: step === 'preparing' ? 'prepare' : 'verify',
    workOrderId: order.id,
    message: `The ${result.kind} check \`${result.command}\` ${what(name)} (${lastLine(result)})`,
    advice: advice(name, againFrom(step), project.name),
    failureClass: failureClass === 'orchestration_error' ? failureClass : 'dependency_missing',
    metadata: { ...metadata, lack: { kind, name } },
  });
}

/** A failed setup that is not the change's fault: no later check can run. */
export function setupRedBefore(
  { order }: Work,
  result: CheckResult,
  metadata: Record<string, unknown>,
): ConfigurationError {
  return new ConfigurationError({
    code: 'SETUP_RED_BEFORE',
    component: 'pipeline',
    operation: 'verify',
    workOrderId: order.id,
    message: `The setup check \`${result.command}\` fails in the same way without the change (${lastLine(result)})`,
    advice: `Fix it on the base branch or on this machine; ${againFrom('verifying')}`,
    failureClass: 'dependency_missing',
    metadata,
  });
}

/** A failed setup before any agent started: the base or this machine is at fault, and no change can help. */
export function setupFailure(
  { order, settings }: Work,
  result: CheckResult,
  metadata: Record<string, unknown>,
): ConfigurationError {
  const { stoppedBecause } = result;
  const isTooLong = stoppedBecause === 'timeout' || stoppedBecause === 'silent';
  return new ConfigurationError({
    code: isTooLong ? 'SETUP_TIMED_OUT' : 'SETUP_FAILED',
    component: 'pipeline',
    operation: 'prepare',
    workOrderId: order.id,
    message: `The setup \`${result.command}\` ${howSetupEnded(result, settings.checkTimeLimitMs)} (${lastLine(result)})`,
    advice: isTooLong
      ? `Find out what it waits for, or raise MOOSE_CHECK_TIME_LIMIT_MS; ${againFrom('preparing')}`
      : `Fix it on the base branch or on this machine, or change \`setup\` in .moose/config.yml; ${againFrom('preparing')}`,
    failureClass: isTooLong ? 'timeout' : 'dependency_missing',
    metadata,
  });
}

function howSetupEnded({ stoppedBecause, signal, exitCode }: CheckResult, limitMs: number): string {
  if (stoppedBecause === 'timeout')
    return `did not end within ${Math.round(limitMs / 1_000)} s and was stopped`;
  if (stoppedBecause === 'silent') return 'wrote no output for too long and was stopped';
  if (stoppedBecause !== null) return `was stopped (${stoppedBecause})`;
  return signal === null ? `ended with exit code ${exitCode}` : `was killed by ${signal}`;
}

const saidCharsMax = 300;

function lastLine({ outputTail }: CheckResult): string {
  return outputTail.trim().split('\n').at(-1)?.slice(0, saidCharsMax) || 'no output';
}
