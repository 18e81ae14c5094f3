// What the errors say about a check that lacks something that no change can provide (R-PROJ-7, R-REPO-6).
import { catalogue } from '../../../domain/catalogue.ts';

export const lackFailures = catalogue('workplace', {
  CHECK_PROGRAM_MISSING: {
    kind: 'configuration',
    message: 'The {check} needs a program that is not installed here{called} ({said})',
    advice: 'Install it, or set it up in a separate check (--check setup=…); {again}',
    reference: { message: 'A check needs a program that is not installed on this machine.' },
  },
  DISK_FULL: {
    kind: 'configuration',
    message: 'The {check} found the disk full ({said})',
    advice: 'Free some space; {again}',
  },
  CHECK_LIMIT_REACHED: {
    kind: 'configuration',
    message: 'The {check} reached a limit of this machine{called} ({said})',
    advice:
      'Raise it where Moose runs (`ulimit -n`, or sysctl fs.inotify.max_user_watches), then restart Moose; {again}',
    reference: {
      message:
        'A check reached the limit of this machine on open or watched files. It also fails without the change.',
    },
  },
  CHECK_PATH_READ_ONLY: {
    kind: 'configuration',
    message: 'The {check} writes outside the allowed paths{called} ({said})',
    advice:
      'Make it write inside its worktree, or add the folder to MOOSE_SANDBOX_PATHS ({folder}:rw) and restart Moose; {again}',
    reference: { message: 'A check writes to a read-only folder. It also fails without the change.' },
  },
  CHECK_PATH_READ_ONLY_OF_GIT: {
    kind: 'configuration',
    code: 'CHECK_PATH_READ_ONLY',
    message: 'The {check} writes outside the allowed paths{called} ({said})',
    advice: 'Make it write inside its worktree. Never open a git directory to it; {again}',
  },
  CHECK_NEEDS_NAMESPACES: {
    kind: 'configuration',
    message:
      'The {check} needs user namespaces, for example for the sandbox of a browser, and its session may not create them ({said})',
    advice:
      'Start the browser without its own sandbox (`--no-sandbox`: the session has one), or allow them to the project: `moose project set {project} --user-namespaces`; {again}',
    reference: {
      message:
        'A check needs user namespaces, for example for the sandbox of a browser, and sessions of the project may not create them.',
    },
  },
  CHECK_KILLED: {
    kind: 'configuration',
    message:
      'The {check} is killed each time, even without the change, most likely because memory is short ({said})',
    advice:
      'Look for out-of-memory kills (`dmesg`), and give this machine or its container more memory; {again}',
    reference: {
      message: 'A check is killed each time, even without the change, most likely because memory is short.',
    },
  },
  CHECK_VARIABLE_MISSING: {
    kind: 'configuration',
    message: 'The {check} needs the environment variable {name}, which is not set ({said})',
    advice:
      '`moose project variable set {project} {name}` sets it for setup and checks. Or set {name} where Moose runs and add its name to MOOSE_CHECK_VARIABLES, then restart Moose, or set it in a file that the project reads; {again}',
    reference: {
      message: 'A check needs an environment variable that is not set. It also fails without the change.',
    },
  },
  CHECK_CERTIFICATE_UNTRUSTED: {
    kind: 'configuration',
    message: 'The {check} does not trust a certificate{ofName} ({said})',
    advice:
      "Start Moose with NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, REQUESTS_CA_BUNDLE or PIP_CERT set to your authority's certificate; for Java, add it with `keytool -importcert -cacerts`; {again}",
    reference: { message: 'A check does not trust a certificate. It also fails without the change.' },
  },
  CHECK_PACKAGE_MISSING: {
    kind: 'configuration',
    message: 'The {check} needs a package that is not installed here{called} ({said})',
    advice: 'Install it, or install the project in a separate check (--check setup=…); {again}',
    reference: {
      message:
        'A check needs a package that is not installed on this machine, and that the change does not install.',
    },
  },
  CHECK_SERVICE_DOWN: {
    kind: 'configuration',
    message: 'The {check} needs a service that does not answer{called} ({said})',
    advice:
      'Add the service under `services` in .moose/config.yml, so that it runs beside the checks; {again}',
    reference: { message: 'A check needs a service that does not answer. It also fails without the change.' },
  },
  CHECK_PORT_TAKEN: {
    kind: 'configuration',
    message: 'The {check} listens on a port that another program uses{called} ({said})',
    advice:
      'Let the check listen on one of the 20 ports from $MOOSE_PORT_BASE, which are reserved for its worktree. Or end the other program; {again}',
    reference: {
      message: 'A check listens on a port that another program uses. It also fails without the change.',
    },
  },
  CHECK_LOGIN_REFUSED: {
    kind: 'configuration',
    message: 'The {check} needs a login that is missing or not accepted{called} ({said})',
    advice: 'Give it to setup and checks: `moose project variable set {project} NAME`; {again}',
    reference: {
      message: 'A check needs a login that is missing or not accepted. It also fails without the change.',
    },
  },
  CHECK_CONTAINERS_MISSING: {
    kind: 'configuration',
    message:
      'The {check} starts containers, and no container engine (Docker, Podman) can be reached here ({said})',
    advice:
      'Sessions reach no engine of the machine. Add what the tests need under `services` in .moose/config.yml instead, or give Moose checks without containers (--check); {again}',
    reference: {
      message: 'A check starts containers, and no container engine can be reached in its session.',
    },
  },
  CHECK_REGISTRY_AWAY: {
    kind: 'configuration',
    message: 'The {check} cannot reach the package registry{called} ({said})',
    advice: "Check the network, the proxies (HTTPS_PROXY) and the registry's address in the project; {again}",
    reference: { message: 'A check cannot reach the package registry.' },
  },
  CHECK_NEEDS_TERMINAL: {
    kind: 'configuration',
    message: 'The {check} needs a terminal, and a session has none ({said})',
    advice:
      'Let the check make one (`script -qec COMMAND /dev/null`), or let it run without: most tools have a flag for it, such as --ci; {again}',
    reference: { message: 'A check needs a terminal, and a session has none.' },
  },
  CHECK_NEEDS_INPUT: {
    kind: 'configuration',
    message: 'The {check} reads its standard input, which is empty in a session ({said})',
    advice: 'Give it what it asks for in the command, for example `yes | COMMAND` or a flag; {again}',
    reference: { message: 'A check reads its standard input, which is empty in a session.' },
  },
  CHECK_SHARED_MEMORY_MISSING: {
    kind: 'configuration',
    message: 'The {check} cannot use shared memory ({said})',
    advice:
      'Give this machine, or the container that Moose runs in, more memory and a larger /dev/shm (`docker run --shm-size`); {again}',
    reference: { message: 'A check cannot use shared memory. It also fails without the change.' },
  },
});
