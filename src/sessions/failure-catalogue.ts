// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../domain/catalogue.ts';

export const sessionFailures = catalogue('sessions', {
  AGENT_PROGRAM_MISSING: {
    kind: 'configuration',
    failureClass: 'dependency_missing',
    message: 'The program {program} does not exist or cannot be executed.',
    advice: 'Install it at {path}, or correct the path in the settings.',
  },
  AGENT_PROGRAM_MISSING_ON_PATH: {
    kind: 'configuration',
    code: 'AGENT_PROGRAM_MISSING',
    failureClass: 'dependency_missing',
    message: 'The program {program} does not exist or cannot be executed.',
    advice: 'Install it, or add its folder to the PATH that the agent is given (currently: {path}).',
  },
  CONTAINER_ENGINE_DOWN: {
    kind: 'transient',
    message: 'The container engine {name} does not answer: {said}',
    advice:
      'Start it, or give the user that runs Moose access to it; `moose doctor` shows whether it answers.',
  },
  CONTAINER_ENGINE_MISSING: {
    kind: 'configuration',
    failureClass: 'dependency_missing',
    message: 'The image {text} cannot be fetched: neither podman nor docker is installed on this machine.',
    advice:
      'Install podman or docker, or let the project run without an image: `moose project set NAME --image none`.',
  },
  CONTAINER_IMAGE_GONE: {
    kind: 'configuration',
    message:
      'The image {name} with which this work order was prepared is no longer on this machine, and its name now refers to another one.',
    advice: 'Start again with the new image: `moose retry ID --from routing`.',
  },
  CONTAINER_IMAGE_MISSING: {
    kind: 'configuration',
    message: 'The image {image} does not exist: {words}',
    advice:
      'Correct its name, tag or digest in .moose/config.yml, or with `moose project set NAME --image IMAGE`.',
  },
  CONTAINER_IMAGE_TOO_LARGE: {
    kind: 'configuration',
    message: 'The image {name} is larger than {gibMax} GiB, so it was not unpacked.',
    advice: 'Specify a smaller image, or raise `settings.limits.image_gb` if the disk has room for it.',
  },
  CONTAINER_NEEDS_ISOLATION: {
    kind: 'configuration',
    message: 'The project runs in a container image, and this machine cannot isolate sessions: {reason}',
    advice:
      '{advice} See isolation in `moose doctor`; or let the project run without an image: `moose project set NAME --image none`.',
  },
  CONTAINER_PULL_DENIED: {
    kind: 'configuration',
    message: 'The registry refuses the image {image}, or it does not exist: {words}',
    advice:
      'If it is private, log in with the engine as the user that runs Moose, and name it yourself: `moose project set NAME --image IMAGE`. What .moose/config.yml names is fetched without a login.',
  },
  CONTAINER_PULL_FAILED: {
    kind: 'transient',
    message: 'The image {image} could not be fetched with {engine}: {words}',
    advice:
      'Check that this machine reaches the registry and has free disk space, then retry: `moose retry ID`.',
  },
  CONTAINER_TOOLS_MISSING: {
    kind: 'configuration',
    message: 'Sessions cannot run in a container image on this machine: {reason}',
    advice:
      'Run Moose on a Linux system that has glibc or musl with ldd, or remove the image from the project.',
  },
  CONTAINER_TOOLS_UNREAD: {
    kind: 'transient',
    message: 'ldd did not say which libraries {program} needs: {reason}',
    advice:
      'The machine may be short of processes or memory. Moose tries again; if it persists, run `ldd` there.',
  },
  CONTAINER_UNPACK_FAILED: {
    kind: 'transient',
    message: 'The image {name} could not be unpacked: {said}',
    advice:
      'Check that the disk of the data directory has space, and that tar is installed; then retry: `moose retry ID`.',
  },
  ISOLATION_FAILED: {
    kind: 'configuration',
    message: 'The isolation of a session could not be set up. {reason}',
    advice: '{advice} Then retry what was to run.',
  },
  ISOLATION_UNAVAILABLE: {
    kind: 'configuration',
    message: 'MOOSE_ISOLATION is "require", but agents and checks cannot be isolated here: {reason}',
    advice: '{advice} Or set MOOSE_ISOLATION to "auto".',
  },
  SERVICE_NOT_REACHED: {
    kind: 'transient',
    message: 'The service cannot be reached: {because}.',
    advice:
      'It may have ended or may be starting: see the page of the work order, then load this page again.',
  },
  SESSION_CWD_MISSING: {
    kind: 'configuration',
    message: 'The working directory {cwd} of the session does not exist.',
    advice: 'Recreate the worktree, then retry.',
  },
  SESSION_DIRECTORY_USED: {
    kind: 'permanent',
    message: 'A process was already started in {directory}.',
    advice: 'Adopt it (findProcess), or start in a separate directory.',
  },
  SESSION_ENV_INVALID: {
    kind: 'configuration',
    message: 'These environment variables cannot be passed to a session: {bad}.',
    advice: 'Use names of letters, digits and underscores, or leave the variables out.',
  },
  SESSION_HANDLE_UNREADABLE: {
    kind: 'permanent',
    severity: 'high',
    message: 'The handle of the session in {directory} cannot be read.',
    advice:
      'Check whether its process is still running (MOOSE_SESSION in its environment), end it, and remove the directory.',
  },
  SESSION_LOCK_UNREADABLE: {
    kind: 'transient',
    message: 'Moose could not determine whether the session in {directory} holds its lock.',
    advice: 'Check that the machine can start processes and that its file system supports locks.',
  },
  SESSION_ON_OTHER_HOST: {
    kind: 'permanent',
    message: 'The session in {directory} runs on {host}, not on {hostname}.',
    advice: 'Let the Moose on {host} handle it.',
  },
  SESSION_START_FAILED: {
    kind: 'transient',
    severity: 'high',
    message: 'The process of the session in {directory} could not be started.',
    advice: 'Check the cause: usually a full disk, a limit on processes, or a missing permission.',
  },
  SESSION_STOP_UNPROVEN: {
    kind: 'transient',
    severity: 'critical',
    message: 'The session in {directory} was told to end, but {what}.',
    advice: 'End what is left by hand; until then, Moose starts nothing else in its worktree.',
  },
});
