// Containers, clusters, infrastructure as code.
import { precedence, type Rule } from '../../match/rule.ts';
import { machinery, missing, refusedText, remote, timedOut } from '../../verdicts.ts';

const { compile, dependency, orchestration } = precedence;

export const containerRules: readonly Rule[] = [
  {
    id: 'docker.daemon',
    is: machinery.settings,
    precedence: orchestration + 5,
    line: /Cannot connect to (?:the Docker daemon|Podman)|permission denied while trying to connect to the (?:Docker|docker)|error during connect/,
    from: 'docker, podman',
    sample:
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
  },
  {
    id: 'docker.image-missing',
    is: missing,
    precedence: dependency,
    line: /manifest (?:unknown|for (?<package>\S{1,120}) not found)|pull access denied for (?<package2>[^\s,]{1,120})|failed to resolve source metadata for (?<package3>[^\s:]{1,100}\S{0,60}?): (?!.{0,100}(?:timeout|refused))|ImagePullBackOff|ErrImagePull|[Nn]o such image: (?<package4>\S{1,120})/,
    from: 'docker, podman, kubernetes',
    sample:
      "docker: Error response from daemon: pull access denied for acme/nope, repository does not exist or may require 'docker login'",
    reads: { package: 'acme/nope' },
  },
  {
    id: 'docker.registry-rate',
    is: remote.passing,
    precedence: dependency + 2,
    line: /toomanyrequests|pull rate limit/,
    from: 'docker',
    sample: 'Error response from daemon: toomanyrequests: You have reached your pull rate limit.',
  },
  {
    id: 'docker.file',
    is: refusedText,
    precedence: compile - 10,
    line: /(?:[Dd]ockerfile parse error (?:on )?line (?<line>\d{1,6})|unknown instruction: |failed to parse stage name|^(?:parsing |failed to parse )?(?<file>\S{1,200}\.ya?ml): yaml: line (?<line2>\d{1,6})|^error: error parsing (?<file3>\S{1,200}): .{0,80}yaml: line (?<line4>\d{1,6})|^yaml: line (?<line3>\d{1,6})|validating (?<file2>\S{1,200}\.ya?ml): )/,
    near: [/^(?<file>\S{0,200}(?:Dockerfile|Containerfile)[\w.-]{0,40}):(?<line>\d{1,6})$/],
    from: 'docker build, docker compose, kubectl',
    sample: 'ERROR: failed to solve: dockerfile parse error on line 2: unknown instruction: RUNN',
    reads: { line: 2 },
  },
  {
    id: 'docker.conflict',
    is: machinery.refused,
    precedence: orchestration,
    line: /Error response from daemon: (?!.{0,40}pull access)/,
    from: 'docker',
    sample:
      'docker: Error response from daemon: Conflict. The container name "/moose" is already in use by container "3f".',
  },
  {
    id: 'kubectl.unreachable',
    is: machinery.passing,
    precedence: orchestration + 5,
    line: /The connection to the server \S{1,120} was refused|Unable to connect to the server|Kubernetes cluster unreachable/,
    unless: 'i/o timeout',
    from: 'kubectl, helm',
    sample:
      'The connection to the server localhost:8080 was refused - did you specify the right host or port?',
  },
  {
    id: 'kubectl.timeout',
    is: timedOut,
    precedence: orchestration + 6,
    line: /timed out waiting for the condition|context deadline exceeded|i\/o timeout|TLS handshake timeout/,
    from: 'kubectl, helm, docker, go programs',
    sample: 'error: timed out waiting for the condition on deployments/web',
  },
  {
    id: 'kubectl.refused',
    is: machinery.settings,
    precedence: orchestration,
    line: /^Error from server \((?<code>\w+)\)|You must be logged in to the server|no matches for kind|error validating data/,
    from: 'kubectl',
    sample: 'Error from server (Forbidden): pods is forbidden: User "moose" cannot list resource "pods"',
    reads: { errorCode: 'Forbidden' },
  },
  {
    id: 'terraform.syntax',
    is: refusedText,
    precedence: compile - 10,
    line: /^(?:│ )?Error: (?:Unsupported|Invalid|Missing|Reference to undeclared|Argument or block|Unclosed|Duplicate)/,
    also: ' line ',
    near: [/on (?<file>\S{1,200}\.tf) line (?<line>\d{1,6})/],
    from: 'terraform',
    sample: '│ Error: Unsupported argument\n│   on main.tf line 3, in resource "x" "y":',
    reads: { file: 'main.tf', line: 3 },
  },
  {
    id: 'terraform.provider',
    is: missing,
    precedence: dependency,
    line: /Failed to query available provider packages|Inconsistent dependency lock file|Module not installed|list of available versions for provider (?<package>\S{1,120}):/,
    near: [/available versions for provider (?<package>[\w./-]{1,120}\w):?/, /available versions for$/],
    from: 'terraform',
    sample: '│ Error: Failed to query available provider packages',
  },
  {
    id: 'terraform.lock',
    is: machinery.passing,
    precedence: orchestration + 5,
    line: /Error acquiring the state lock/,
    from: 'terraform',
    sample: '│ Error: Error acquiring the state lock',
  },
  {
    id: 'helm.busy',
    is: machinery.passing,
    precedence: orchestration + 10,
    line: /another operation \(install\/upgrade\/rollback\) is in progress/,
    from: 'helm',
    sample: 'Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress',
  },
  {
    id: 'helm.chart',
    is: missing,
    precedence: dependency - 10,
    line: /^Error: (?:.{0,80}chart "(?<package>[^"]{1,80})".{0,80}not found|repo \S{1,60} not found|failed to download ")/,
    from: 'helm',
    sample: 'Error: INSTALLATION FAILED: chart "nope" matching 1.0 not found in acme index.',
    reads: { package: 'nope' },
  },
];
