// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../../domain/catalogue.ts';

export const modelFailures = catalogue('models', {
  MODEL_AUTHENTICATION: {
    kind: 'configuration',
    severity: 'high',
    message: 'The provider of {model} refused the API key (HTTP {status}).',
    advice: '{said}',
  },
  MODEL_AUTHENTICATION_GATEWAY: {
    kind: 'configuration',
    code: 'MODEL_AUTHENTICATION',
    severity: 'high',
    message: 'There are no usable credentials for {model}.',
    advice: '{said}',
  },
  MODEL_AUTHENTICATION_KEY: {
    kind: 'configuration',
    code: 'MODEL_AUTHENTICATION',
    severity: 'high',
    message: 'The provider of {model} refused the API key (HTTP {status}).',
    advice: 'Set {keyVariable} to a key that may use this model.',
  },
  MODEL_BAD_REQUEST: {
    kind: 'permanent',
    message: 'The provider of {model} refused the request (HTTP {status}): {said}.',
    advice: "Read the provider's message; another model may accept the same request.",
  },
  MODEL_BAD_REQUEST_NOT_BUILT: {
    kind: 'permanent',
    code: 'MODEL_BAD_REQUEST',
    message: 'The request for {model} could not be built.',
    advice: 'Check the request: an empty prompt or a limit of 0 cannot be sent.',
  },
  MODEL_BASE_URL_INVALID: {
    kind: 'configuration',
    message: 'The base URL set for {name} cannot be used.',
    advice: 'Set it to an http or https address without user or password, and set the key separately.',
  },
  MODEL_BASE_URL_MISSING: {
    kind: 'configuration',
    message: 'No base URL is set for {name}.',
    advice: 'Set the base URL of its provider in the settings, for example http://127.0.0.1:11434/v1.',
  },
  MODEL_BUDGET: {
    kind: 'permanent',
    severity: 'high',
    failureClass: 'budget_exceeded',
    message:
      "A call to {model} could cost more than what is left of the work order's envelope, or the model is stopped.",
    advice:
      'Retry it with a higher limit (`moose retry ID --limit USD`), or with a cheaper model. If the model is stopped (`moose budget`), check its price, then `moose limits --thaw`.',
  },
  MODEL_CONTEXT_TOO_LONG: {
    kind: 'permanent',
    message: 'The prompt is too long for {model}.',
    advice: 'Split the work order, or choose a model with a larger context.',
  },
  MODEL_GARBLED: {
    kind: 'transient',
    message: "The answer from {origin} for {model} is not a model's answer: {problem}.",
    advice: 'Check that the base URL belongs to a model provider and that no proxy answers in its place.',
  },
  MODEL_GATEWAY: {
    kind: 'transient',
    message: 'The gateway did not make the call to {model} ({failure}): {said}',
    advice: 'Check `moose budget` and `moose circuits`; then `moose retry ID`.',
  },
  MODEL_KEY_INVALID: {
    kind: 'configuration',
    message: 'The API key for {name} contains characters that are not valid in a key.',
    advice: 'Set {keyVariable} again, without spaces, line breaks or quotes.',
  },
  MODEL_KEY_MISSING: {
    kind: 'configuration',
    message: '{cloudTitles} is not set up, so {name} cannot be called.',
    advice: '{missingOfCloud}',
  },
  MODEL_KEY_MISSING_VARIABLE: {
    kind: 'configuration',
    code: 'MODEL_KEY_MISSING',
    message: 'There is no API key for {name}.',
    advice:
      'Set {keyVariable} to a key of the provider, or choose a scripted model to try Moose without one.',
  },
  MODEL_NAME_INVALID: {
    kind: 'configuration',
    message: '{name} is not a model name.',
    advice: 'Write the provider, a slash and the model, for example anthropic/claude-sonnet-5.',
  },
  MODEL_NOT_FOUND: {
    kind: 'configuration',
    message: 'There is no model {model} at {origin} (HTTP {status}).',
    advice: 'Check the name of the model and the base URL of its provider in the settings.',
  },
  MODEL_OVERLOADED: {
    kind: 'transient',
    message: 'The provider of {model} is overloaded or broken (HTTP {status}).',
    advice: "Check the provider's status page; once it has recovered: `moose retry ID`.",
  },
  MODEL_PROVIDER_UNKNOWN: {
    kind: 'configuration',
    message: 'There is no model provider {providerName} (in {name}).',
    advice:
      'Use anthropic, bedrock, vertex, openai, gemini, compatible (any server that speaks OpenAI Chat Completions) or scripted.',
  },
  MODEL_QUOTA: {
    kind: 'external',
    severity: 'high',
    failureClass: 'budget_exceeded',
    message: 'The account for {model} has no money or quota left (HTTP {status}).',
    advice: 'Add credit or raise the limit with the provider, or choose a model from another provider.',
  },
  MODEL_RATE_LIMITED: {
    kind: 'transient',
    message: 'The provider of {model} is rate limiting calls (HTTP {status}).',
    advice: 'Retry later (`moose retry ID`), and run fewer work orders at a time if this continues.',
  },
  MODEL_REDIRECTED: {
    kind: 'configuration',
    message:
      '{origin} redirects calls to {model} (HTTP {status}), and Moose does not send the key elsewhere.',
    advice: 'Set the base URL of the provider to the address that answers without a redirect.',
  },
  MODEL_TIMEOUT: {
    kind: 'transient',
    failureClass: 'timeout',
    message: '{model} did not answer within {limit}.',
    advice: 'Allow more time, ask for less in one work order, or choose a faster model.',
  },
  MODEL_STOPPED: {
    kind: 'configuration',
    message: 'Calls to {model} are stopped because one cost more than was reserved, or an unknown amount.',
    advice: 'Check the price of the model, then `moose limits --thaw`; or choose another model (--model).',
  },
  MODEL_UNPRICED: {
    kind: 'configuration',
    message: 'The price of {name} is unknown, so its cost cannot be bounded.',
    advice:
      "Set its price in dollars per million tokens of input and of output (0 for a free model): MOOSE_PRICES='{name}=0.20:0.60'. Or choose a model that has a price: `moose prices`.",
  },
  MODEL_UNPRICED_GATEWAY: {
    kind: 'configuration',
    code: 'MODEL_UNPRICED',
    message: '{said}',
    advice:
      "Set the price in dollars per million tokens of input and of output: MOOSE_PRICES='PROVIDER/MODEL=0.20:0.60'.",
    reference: {
      message:
        'The price of the model, or of the one that answers for it, is unknown, so its cost cannot be bounded.',
    },
  },
  MODEL_UNREACHABLE: {
    kind: 'transient',
    message: 'The connection to {origin} for {model} {words}.',
    advice: 'Check that the address is right, that the server runs, and that this machine is online.',
  },
  REVIEW_UNUSABLE: {
    kind: 'permanent',
    message: '{model} gave no usable review: {problem}',
    advice: 'Choose another reviewer with MOOSE_REVIEWER, or turn reviews off.',
  },
  MODEL_ANSWER_EMPTY: {
    kind: 'permanent',
    message: '{model} gave no usable proposal ({kind}): {problem}',
    advice: 'Retry it with another model: `moose retry ID --model provider/model`.',
  },
  MODEL_ANSWER_MALFORMED: {
    kind: 'permanent',
    message: '{model} gave no usable proposal ({kind}): {problem}',
    advice: 'Retry it with another model: `moose retry ID --model provider/model`.',
  },
  MODEL_ANSWER_REFUSED: {
    kind: 'permanent',
    message: '{model} gave no usable proposal ({kind}): {problem}',
    advice: 'Retry it with another model: `moose retry ID --model provider/model`.',
  },
  MODEL_ANSWER_TRUNCATED: {
    kind: 'permanent',
    message: '{model} gave no usable proposal ({kind}): {problem}',
    advice: 'Retry it with another model: `moose retry ID --model provider/model`.',
  },
  MODEL_GARBLED_OF_AGENT: {
    kind: 'transient',
    code: 'MODEL_GARBLED',
    message: "An agent's call to {model} failed ({failure}).",
  },
  MODEL_OVERLOADED_OF_AGENT: {
    kind: 'transient',
    code: 'MODEL_OVERLOADED',
    message: "An agent's call to {model} failed ({failure}).",
  },
  MODEL_QUOTA_OF_AGENT: {
    kind: 'external',
    code: 'MODEL_QUOTA',
    message: "An agent's call to {model} failed ({failure}).",
  },
  MODEL_RATE_LIMITED_OF_AGENT: {
    kind: 'transient',
    code: 'MODEL_RATE_LIMITED',
    message: "An agent's call to {model} failed ({failure}).",
  },
  MODEL_TIMEOUT_OF_AGENT: {
    kind: 'transient',
    code: 'MODEL_TIMEOUT',
    message: "An agent's call to {model} failed ({failure}).",
  },
  MODEL_UNREACHABLE_OF_AGENT: {
    kind: 'transient',
    code: 'MODEL_UNREACHABLE',
    message: "An agent's call to {model} failed ({failure}).",
  },
});
