// Patterns of secrets, one row per kind. Every pattern has two groups, the part that stays and the secret. It takes
// linear time, and consumes neither quotes nor backslashes, so that JSON stays JSON. Each ends at the end of a word, so
// that redaction is idempotent.

export interface SecretShape {
  kind: string;
  pattern: RegExp;
  /** Decides what the pattern cannot; if absent, every match is a secret. */
  isSecret?(value: string, kept: string): boolean;
}

/** The start of a word. It may also follow an escaped line end, as in JSON, or the end of a terminal colour code. */
const begin = String.raw`(?:(?<![A-Za-z0-9])|(?<=\\[nrtbf]|\[[\d;]{0,12}m))`;

function starting(prefix: string, rest: string): RegExp {
  return new RegExp(`(${begin})(${prefix}${rest})`, 'g');
}

const hasDigit = (value: string) => /\d/.test(value);
const hasDigitAndLetter = (value: string) => hasDigit(value) && /[A-Za-z]/.test(value);

/** Values from examples and test databases, which are not secret. */
const placeholders =
  /^(?:x+|\*+|\.+|-+|pass(?:word|wd)?|pwd|secret|token|changeme|example|postgres|root|admin|user|test|moose|your[-_].*|%\w|:\w+)$/i;

const secretWord = [
  '[Pp]ass(?:word|wd|phrase)|PASS(?:WORD|WD|PHRASE)|[Pp]wd|PWD',
  '[Ss]ecret|SECRET|[Tt]oken|TOKEN',
  '[Aa]pi[_-]?[Kk]ey|API_?KEY|[Aa]ccess_?[Kk]ey|ACCESS_KEY|[Ss]ecret_?[Kk]ey|SECRET_KEY',
  '[Pp]rivate_?[Kk]ey|PRIVATE_KEY|AccountKey|SharedAccessKey|[?&](?:key|sig|signature|code)',
].join('|');
const pairValue = String.raw`[^\s"'\\\x60,;&|<>(){}[\]$*]{6,512}`;

/** Separate patterns, because one that begins with letters is found many times faster than an alternation. */
const otherTokens = [
  'hf_[A-Za-z0-9]{30,}',
  'gsk_[A-Za-z0-9]{30,}',
  'xai-[A-Za-z0-9]{30,}',
  'lin_api_[A-Za-z0-9]{30,}',
  'pypi-AgE[\\w-]{50,}',
  'dckr_pat_[\\w-]{20,}',
  '[rs]k_(?:live|test)_[A-Za-z0-9]{16,}',
  'whsec_[A-Za-z0-9+/=]{24,}',
  'SG\\.[\\w-]{16,64}\\.[\\w-]{16,}',
  'do[opr]_v1_[a-f0-9]{64}[A-Za-z0-9]*',
  // Vault, Shopify, Notion, Atlassian, Databricks, Grafana, Sentry, Telegram, Figma, Supabase, Replicate
  'hv[sbr]\\.[\\w-]{20,}',
  'shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32,}[A-Za-z0-9]*',
  'ntn_[A-Za-z0-9]{40,}',
  'AT(?:ATT|CTT|BB)[\\w=-]{24,}',
  'dapi[a-f0-9]{32}[A-Za-z0-9-]*',
  'gl(?:sa|c)_[\\w+/=]{24,}',
  'sntry[su]_[\\w+/=-]{24,}',
  '\\d{8,10}:AA[\\w-]{32,}',
  'figd_[\\w-]{24,}',
  'sb(?:p|_secret)_[\\w-]{24,}',
  'r8_[A-Za-z0-9]{30,}',
];

export const secretShapes: readonly SecretShape[] = [
  { kind: 'anthropic-key', pattern: /()(sk-ant-[\w-]{16,})/g },
  {
    kind: 'api-key',
    pattern: starting('sk-', '(?:(?:proj|svcacct|admin|None|or-v1|or|lf)-[\\w-]{16,}|[A-Za-z0-9]{20,})'),
    isSecret: hasDigitAndLetter,
  },
  // A session's own key for the gateway.
  {
    kind: 'moose-key',
    pattern: starting('moose-', '[\\w-]{43,}'),
    isSecret: (value) => hasDigitAndLetter(value) && /[A-Z]/.test(value),
  },
  { kind: 'github-token', pattern: /()(gh[oprsu]_[A-Za-z0-9]{30,}|github_pat_\w{22,})/g },
  {
    kind: 'gitlab-token',
    pattern: starting('gl(?:pat|ptt|oas|dt|rt|cbt|ft|soat|agent|imt)-', '[\\w-]{20,}'),
  },
  {
    kind: 'aws-key',
    pattern: new RegExp(`(${begin}(?<!\\+))((?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}[A-Za-z0-9]*)`, 'g'),
  },
  { kind: 'google-key', pattern: starting('', '(?:AIza[\\w-]{35,}|GOCSPX-[\\w-]{20,}|ya29\\.[\\w-]{20,})') },
  {
    kind: 'slack-token',
    pattern: starting('(?:xox[abeoprs]|xapp)-', '[A-Za-z0-9-]{10,}'),
    isSecret: hasDigit,
  },
  {
    kind: 'webhook-url',
    pattern:
      /()(https:\/\/(?:hooks\.slack\.com\/(?:services|workflows|triggers)|(?:\w{1,20}\.)?discord(?:app)?\.com\/api(?:\/v\d{1,2})?\/webhooks)\/[\w/-]{16,})/g,
  },
  {
    kind: 'jwt',
    pattern:
      /((?<![\w-])|(?<=\\[nrtbf]|\[[\d;]{0,12}m))(eyJ[\w-]{8,8192}\.eyJ[\w-]{8,16384}(?:\.[\w-]{0,2048})?)/g,
  },
  { kind: 'moose-token', pattern: /()(moose_[\w-]{43,})/g },
  // A browser session, in a cookie or in a text.
  {
    kind: 'moose-session',
    pattern: /(moose_session(?:\\?["'])?\s{0,2}[=:]\s{0,2}(?:\\?["'])?)([\w-]{43,})/g,
  },
  { kind: 'npm-token', pattern: /()(npm_[A-Za-z0-9]{36,})/g },
  ...otherTokens.map((rest) => ({ kind: 'token', pattern: starting('', rest), isSecret: hasDigit })),
  {
    kind: 'bearer-token',
    pattern: /([Bb]earer[ :]{1,3}|BEARER )([\w.~+/=-]{16,})/g,
    isSecret: hasDigit,
  },
  {
    kind: 'credential',
    pattern:
      /([Aa]uthorization(?:\\?["'])?\s{0,2}[:=]\s{0,2}(?:\\?["'])?(?:[Bb]asic|[Tt]oken|[Aa]pi[Kk]ey)\s{1,2})([\w.+/=~-]{8,})/g,
  },
  {
    kind: 'password',
    // A password may have an @ itself: the last one ends it.
    pattern: /(:\/\/[^\s:@/'"\x60<>\\[\]]{0,128}:)([^\s/'"\x60<>\\$[\]{}]{1,256})(?=@)/g,
    isSecret: (value, kept) => !placeholders.test(value) && kept !== `://${value}:`,
  },
  {
    kind: 'password',
    // A connection string of pairs: the password must come after another pair, not after a list or an argument.
    pattern:
      /((?:[Pp]assword|[Pp]wd|PASSWORD|PWD)(?<==[^\s;,'"\\()=]{1,128}[ ;] ?(?:[Pp]assword|[Pp]wd|PASSWORD|PWD)) ?= ?)([^\s;,'"\\(){}[\]$]{4,256})(?=[\s;"'\\]|$)/g,
    isSecret: (value) => !placeholders.test(value),
  },
  {
    kind: 'credential',
    pattern: new RegExp(`((?:${secretWord})=(?:\\\\?["'])?)(${pairValue})(?!\\()`, 'g'),
    isSecret: (value) => hasDigitAndLetter(value) && !isPath(value),
  },
  {
    kind: 'credential',
    pattern: new RegExp(
      `((?:${secretWord})(?:\\\\?["'])?\\s{0,2}[=:]\\s{0,2}\\\\?["'])(${pairValue})(?=\\\\?["'])`,
      'g',
    ),
    isSecret: (value) => hasDigitAndLetter(value) && value.length >= 8 && !isPath(value),
  },
  {
    kind: 'credential',
    // Without quotes: a line of YAML, an .ini file, or a header.
    pattern: new RegExp(
      `((?:${secretWord})\\s{0,2}[=:]\\s{1,2})([^\\s"'\\\\\\x60,;&|<>(){}[\\]$*]{8,512})`,
      'g',
    ),
    isSecret: (value) =>
      hasDigitAndLetter(value) && !isPath(value) && !memberAccess.test(value) && !placeholders.test(value),
  },
  {
    kind: 'credential',
    // Options of commands, and the files of netrc, npm, Docker and Kubernetes.
    pattern: /(--(?:password|token|secret|api-key)[ =])([^\s"'\\\x60;|<>(){}[\]$*]{6,512})/g,
    isSecret: (value) => hasDigit(value) && !isPath(value) && !placeholders.test(value),
  },
  {
    kind: 'credential',
    pattern: /((?<=curl [^\n]{0,256})(?:-u|--user) ?[\w.@+-]{1,64}:)([^\s"'\\\x60;|<>(){}[\]$*]{4,256})/g,
    isSecret: (value) => !placeholders.test(value),
  },
  {
    kind: 'credential',
    pattern:
      /(machine [\w-]{1,64}\.[\w.-]{1,128} {1,4}login \S{1,128} {1,4}password {1,4})([^\s"'\\]{4,256})/g,
    isSecret: (value) => !placeholders.test(value),
  },
  {
    kind: 'credential',
    pattern: /((?<![A-Za-z0-9])_(?:auth|authToken|password) ?= ?)([\w.+/=~-]{8,512})/g,
  },
  {
    kind: 'credential',
    pattern:
      /((?:\\{0,4}"auth\\{0,4}"|client-key-data|token-data) ?: ?(?:\\{0,4}")?)([A-Za-z0-9+/=]{16,16384})/g,
    isSecret: (value) => !placeholders.test(value),
  },
  {
    kind: 'cookie',
    pattern: /((?:[Ss]et-)?[Cc]ookie: ?[\w.-]{1,64}=)([^\s;"'\\]{12,4096})/g,
    isSecret: hasDigitAndLetter,
  },
];

/** Code that reads a secret from somewhere, such as `config.token2`. */
const memberAccess = /^[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)+$/;

function isPath(value: string): boolean {
  return /^(?:\.{0,2}|~)\//.test(value);
}
