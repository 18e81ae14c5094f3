// The member of a request that a provider, or Moose's gateway, does not know: a newer agent sends it with each call, so
// that each attempt would end in the same way. Pure.

interface Row {
  says: RegExp;
  /** A real message; a test reads the member of each. */
  sample: string;
  source: string;
}

const name = String.raw`(?<member>[A-Za-z_$][\w$.\[\]-]{0,99})`;

export const memberRows: readonly Row[] = [
  {
    says: new RegExp(`The cost of \`\\.?${name}\` cannot be bounded: the gateway does not know this field`),
    sample:
      'moose: refused_feature: The cost of `diagnostics` cannot be bounded: the gateway does not know this field; send the request without it.',
    source: 'the gateway of Moose',
  },
  {
    says: new RegExp(`(?:^|[\\s"'{:])${name}: Extra inputs are not permitted`),
    sample: 'context_hint: Extra inputs are not permitted',
    source: 'Anthropic, 400 invalid_request_error',
  },
  {
    says: new RegExp(`(?:Unrecognized request arguments? supplied|Unknown parameter): \\W?${name}`),
    sample: "Unknown parameter: 'verbosity_hint'.",
    source: 'OpenAI, 400 unknown_parameter',
  },
  {
    says: new RegExp(`Unsupported parameter: \\W?${name}`),
    sample: "Unsupported parameter: 'max_tokens' is not supported with this model.",
    source: 'OpenAI, 400 unsupported_parameter',
  },
  {
    says: new RegExp(`Unknown name \\\\*"${name}\\\\*"(?: at '[^']*')?: Cannot find field`),
    sample:
      'Invalid JSON payload received. Unknown name "thinkingHint" at \'generation_config\': Cannot find field.',
    source: 'Google, 400 INVALID_ARGUMENT',
  },
  {
    says: new RegExp(`property \\\\*['"]${name}\\\\*['"] is (?:unsupported|not supported)`),
    sample: "property 'reasoning_hint' is unsupported",
    source: 'Groq, 400',
  },
  {
    says: new RegExp(`unknown (?:field|variant|member|property|argument)s?:? \\\\*[\`'"]${name}`, 'i'),
    sample:
      'Failed to deserialize the JSON body: unknown field `store_hint`, expected one of `model`, `messages`',
    source: 'servers in Rust and in Go, 400 and 422',
  },
  {
    says: new RegExp(`Unrecognized key(?:\\(s\\)|s)?(?: in object)?: \\\\*['"]${name}`),
    sample: "Unrecognized key(s) in object: 'prompt_hint'",
    source: 'servers in TypeScript, 400',
  },
  {
    says: new RegExp(`extra_forbidden.{0,80}?'body', \\\\*['"]${name}`, 's'),
    sample:
      "[{'type': 'extra_forbidden', 'loc': ('body', 'cache_hint'), 'msg': 'Extra inputs are not permitted'}]",
    source: 'servers in Python, 400 and 422',
  },
];

/** How much of a message is read. */
const saidCharsMax = 20_000;

/** Null if the message names none. */
export function refusedMemberIn(said: string): string | null {
  const text = said.slice(0, saidCharsMax);
  for (const { says } of memberRows) {
    const found = says.exec(text)?.groups?.member;
    if (found !== undefined) return found.replace(/[.]+$/, '');
  }
  return null;
}
