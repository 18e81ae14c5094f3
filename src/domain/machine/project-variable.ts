// The variables that a person gives a project: which names and values are allowed, and which sessions get
// them (R-PROJ-5).
import { domainFailures } from '../failure-catalogue.ts';
import { isRecognisable, secretsOf } from '../secrets/known-secrets.ts';
import { redact } from '../text/redact.ts';

export const audiences = ['setup', 'checks', 'agents'] as const;
export type Audience = (typeof audiences)[number];
/** By default, agents get no variables: a person has to allow it. */
export const defaultAudiences: readonly Audience[] = ['setup', 'checks'];

export const variableLimits = {
  nameCharsMax: 128,
  valueBytesMax: 32 * 1024,
  /** The limit for one project. */
  variablesMax: 100,
  /**
   * The limit for one project: an operating system passes about two megabytes to a program, including its arguments.
   */
  totalBytesMax: 256 * 1024,
} as const;

export const variableNamePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Variables that Moose sets for each session, or that decide which programs and files it sees. */
const setByMoose = ['HOME', 'PATH', 'PWD', 'TMPDIR'];

export function isSetByMoose(name: string): boolean {
  return setByMoose.includes(name) || name.startsWith('MOOSE_');
}

/**
 * Variables that affect the programs which start and isolate a session, or git. `.moose/config.yml` may set some of
 * them: those take effect only inside the isolation.
 */
const turnsPrograms =
  /^(?:LD_|DYLD_|GIT_|GLIBC_|GCONV_|LIBMOUNT_|MALLOC_|PERL|BASH_|NODE_(?:OPTIONS|PATH|CHANNEL_|V8_|REPL_|COMPILE_CACHE|DEBUG))|^(?:ENV|BASHOPTS|SHELLOPTS|IFS|PS4|CDPATH|LOCPATH|NLSPATH|PYTHONHOME|PYTHONSTARTUP|RUBYOPT|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|_)$/;

/** Variables of model providers: only the gateway has their keys, and sessions get its address. */
const ofProviders =
  /^(?:ANTHROPIC_|OPENAI_|GEMINI_|CLAUDE_|CODEX_|QWEN_|DASHSCOPE_|OPENROUTER_|AWS_BEARER_TOKEN_)|^GOOGLE_(?:API_KEY|GENAI_|GEMINI_)/;

/** Variables that name files with certificate authorities: sessions see these files. */
export const certificateVariables: readonly string[] = [
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'REQUESTS_CA_BUNDLE',
  'PIP_CERT',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
  'CARGO_HTTP_CAINFO',
  'AWS_CA_BUNDLE',
  'BUNDLE_SSL_CA_CERT',
  'DENO_CERT',
  'npm_config_cafile',
  'NPM_CONFIG_CAFILE',
];

/** @throws PermanentError `VARIABLE_NAME_REFUSED` */
export function assertVariableName(name: string): void {
  const refused = whyRefused(name);
  if (refused === null) return;
  throw domainFailures.VARIABLE_NAME_REFUSED('set variable', {
    name: shown(name),
    why: refused.why,
    advice: refused.advice,
  });
}

function whyRefused(name: string): { why: string; advice: string } | null {
  const { nameCharsMax } = variableLimits;
  if (!variableNamePattern.test(name) || name.length > nameCharsMax)
    return {
      why: `it must be letters, digits and underscores, begin with no digit, and have at most ${nameCharsMax} characters`,
      advice: 'Choose another name, for example API_TOKEN.',
    };
  if (isSetByMoose(name)) return { why: 'Moose sets it for each session', advice: 'Choose another name.' };
  if (ofProviders.test(name))
    return {
      why: 'it gives access to models, which sessions have only through the gateway',
      advice: 'Choose another name, and read that one in the test.',
    };
  if (turnsPrograms.test(name) && !certificateVariables.includes(name))
    return {
      why: 'it changes what the programs do that start and isolate a session',
      advice:
        'If the project needs it, set it in the command itself, or under `environment` in .moose/config.yml.',
    };
  return null;
}

/** @throws PermanentError `VARIABLE_VALUE_INVALID`; its message does not contain the value */
export function assertVariableValue(name: string, value: string, isSecret: boolean): void {
  const { valueBytesMax } = variableLimits;
  const refuse = (why: string, advice: string) => {
    throw domainFailures.VARIABLE_VALUE_INVALID('set variable', { name, why, advice });
  };
  if (value === '') refuse('is empty', 'Give a value, or remove the variable.');
  if (value.includes('\0')) refuse('contains a NUL character', 'Give it as text, for example in Base64.');
  if (!value.isWellFormed()) refuse('is not valid text', 'Give it as UTF-8, or in Base64.');
  if (Buffer.byteLength(value) > valueBytesMax)
    refuse(`is larger than ${valueBytesMax} bytes`, 'Put it into a file that the project fetches.');
  if (isSecret && !isRecognisable(value, { isGiven: true }))
    refuse(
      'is too short or too common to be recognized in the output of programs, so Moose could not hide it',
      'Use a secret of eight characters or more that is not a plain word or number, or set it with --plain if it is not a secret.',
    );
}

/** Whether the name or the value is that of a secret. */
export function looksSecret(name: string, value: string): boolean {
  return secretsOf({ [name]: value }).length > 0 || redact(value) !== value;
}

/** The audiences without duplicates, in a fixed order. @throws PermanentError `VARIABLE_AUDIENCE_UNKNOWN` */
export function audiencesOf(given: readonly string[]): Audience[] {
  const unknown = given.find((each) => !(audiences as readonly string[]).includes(each));
  if (unknown !== undefined || given.length === 0)
    throw unknown === undefined
      ? domainFailures.VARIABLE_AUDIENCE_UNKNOWN('set variable', { audiences: audiences.join(', ') })
      : domainFailures.VARIABLE_AUDIENCE_UNKNOWN_NAMED('set variable', {
          unknown: shown(unknown),
          audiences: audiences.join(', '),
        });
  return audiences.filter((each) => given.includes(each));
}

const shownCharsMax = 60;

function shown(text: string): string {
  return redact(text).slice(0, shownCharsMax);
}
