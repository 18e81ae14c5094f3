// For failures that cannot be rerun: classifies the stored evidence again.
import { classifyFailure } from '../../../classifier/classify-failure.ts';
import type { FailureCase } from '../../../classifier/failure-case.ts';
import { shellWord } from '../../../stdx/text/shell-words.ts';
import type { ErrorView } from '../error-view.ts';
import type { Material, Reproduction } from './reproduction.ts';

/** The component names in `moose classify`, where they differ from Moose's own. */
const componentNames: Readonly<Record<string, string>> = {
  agents: 'agent',
  forges: 'forge',
  models: 'router',
  sessions: 'session',
  store: 'database',
};

export function evidenceReproduction({ error }: Material): Reproduction {
  const evidence = caseOf(error);
  const { failureClass, rule } = classifyFailure(evidence);
  const isOwn = failureClass !== error.failure_class;
  const said = `${failureClass} by the rule ${rule}`;
  return {
    kind: 'evidence',
    does: 'gives the stored evidence to the classifier again',
    expects: isOwn
      ? `the classifier says ${said}; the failure was classified as ${error.failure_class} by its code ${error.code}`
      : `the classifier says ${said}, the recorded class`,
    environment: {},
    files: [{ path: 'input/case.jsonl', content: `${JSON.stringify(wireOf(error.id, evidence))}\n` }],
    script: `${evidenceScript(failureClass, rule)}
exit "$status"`,
  };
}

/** Sets `status` to 0 if the classifier gives the same result again, else to 1. */
export function evidenceScript(failureClass: string, rule: string): string {
  return `status=0
said=$("$node" "$moose/dist/main.js" classify --jsonl <"$here/input/case.jsonl") || status=$?
printf '%s\\n' "$said"
class=$(printf '%s' "$said" | sed -n 's/.*"failure_class":"\\([a-z_]*\\)".*/\\1/p')
rule=$(printf '%s' "$said" | sed -n 's/.*"rule":"\\([^"]*\\)".*/\\1/p')
verdict ${shellWord(`${failureClass} ${rule}`)} "$class $rule"
if [ "$isSame" = no ]; then status=1; fi`;
}

export function caseOf({ process, message, metadata, component, operation }: ErrorView): FailureCase {
  const status = metadata.status ?? metadata.httpStatus;
  return {
    command: process?.command ?? undefined,
    exitCode: process?.exitCode ?? null,
    signal: process?.signal ?? null,
    stdout: process?.stdoutTail ?? undefined,
    stderr: process?.stderrTail ?? (process ? undefined : message),
    httpStatus: typeof status === 'number' ? status : undefined,
    component: operation === 'verify' ? 'verifier' : (componentNames[component] ?? component),
  };
}

export function wireOf(
  id: string,
  { command, exitCode, signal, stdout, stderr, httpStatus, component }: FailureCase,
) {
  return {
    id,
    cmd: command,
    exit_code: exitCode,
    signal,
    stdout,
    stderr,
    http_status: httpStatus,
    component,
  };
}
