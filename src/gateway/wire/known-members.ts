// The members of answers whose cost the gateway knows, for each protocol. Members on no list may be charged apart.
import { type Known, known } from './unlisted.ts';

/** The parts of a charge add up to what is read of it. */
const charged: Known = {
  ...known('is_byok', 'estimated_cost', 'cost_in_usd_ticks'),
  cost: 'all',
  cost_details: 'all',
};
const inputDetails: Known = {
  ...known(
    ...['cached_tokens', 'cache_write_tokens', 'cache_creation_tokens', 'cache_creation_input_tokens'],
    ...['cache_read_input_tokens', 'cache_type', 'text_tokens', 'image_tokens', 'audio_tokens'],
    'orchestration_input_tokens',
  ),
  cache_write_tokens_details: known('ttl_30m_tokens', 'ttl_12h_tokens'),
};
const outputDetails = known(
  ...['reasoning_tokens', 'text_tokens', 'audio_tokens', 'accepted_prediction_tokens'],
  ...['rejected_prediction_tokens', 'orchestration_output_tokens', 'thinking_tokens'],
);

/** Of both protocols of OpenAI. */
export const openaiUsage: Known = {
  ...charged,
  ...known(
    ...['prompt_tokens', 'completion_tokens', 'input_tokens', 'output_tokens', 'total_tokens'],
    ...['prompt_cache_hit_tokens', 'prompt_cache_miss_tokens', 'cached_tokens', 'reasoning_tokens'],
    ...['cache_read_input_tokens', 'cache_creation_input_tokens', 'thinking_tokens'],
    ...[
      'num_sources_used',
      'num_search_queries',
      'queue_time',
      'prompt_time',
      'completion_time',
      'total_time',
    ],
  ),
  prompt_tokens_details: inputDetails,
  input_tokens_details: inputDetails,
  completion_tokens_details: outputDetails,
  output_tokens_details: outputDetails,
};

const said: Known = known(
  ...['role', 'content', 'tool_calls', 'function_call', 'refusal', 'reasoning', 'reasoning_content', 'name'],
  ...[
    'reasoning_details',
    'annotations',
    'thinking',
    'thinking_blocks',
    'tool_call_id',
    'phase',
    'signature',
  ],
);

/** Of an answer or a piece of one. */
export const chatAnswer: Known = {
  ...known(
    ...[
      'id',
      'object',
      'created',
      'model',
      'usage',
      'service_tier',
      'system_fingerprint',
      'provider',
      'error',
    ],
    ...[
      'x_groq',
      'timings',
      'time_info',
      'prompt_logprobs',
      'prompt_token_ids',
      'kv_transfer_params',
      'nvext',
    ],
    ...['prompt_filter_results', 'metadata', 'obfuscation', 'base_resp', 'request_id', 'stats', 'warnings'],
    ...['num_sources_used', 'openrouter_metadata'],
  ),
  choices: {
    ...known(
      ...['index', 'finish_reason', 'native_finish_reason', 'stop_reason', 'logprobs', 'token_ids', 'error'],
      ...[
        'content_filter_results',
        'content_filter_offsets',
        'content_filter_result',
        'matched_stop',
        'text',
      ],
    ),
    message: said,
    delta: said,
  },
};

/** Items of a Responses answer that only ask the client for something, or are the answer itself. */
export const responsesItems: ReadonlySet<string> = new Set([
  ...['message', 'reasoning', 'function_call', 'custom_tool_call', 'local_shell_call', 'shell_call'],
  ...['apply_patch_call', 'computer_call', 'tool_search_call', 'configuration_update'],
]);

const anthropicCounts: Known = {
  ...known('input_tokens', 'output_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'),
  cache_creation: known('ephemeral_5m_input_tokens', 'ephemeral_1h_input_tokens'),
};

export const anthropicUsage: Known = {
  ...charged,
  ...anthropicCounts,
  ...known(
    ...['service_tier', 'inference_geo', 'speed'],
    // Servers that translate from OpenAI's protocol repeat the same counts.
    ...['prompt_tokens', 'completion_tokens', 'total_tokens'],
  ),
  // What tools used is a surprise of its own.
  server_tool_use: 'all',
  iterations: { ...anthropicCounts, ...known('type', 'model') },
  input_tokens_details: inputDetails,
  output_tokens_details: outputDetails,
};

export const anthropicBlocks: ReadonlySet<string> = new Set([
  ...['text', 'thinking', 'redacted_thinking', 'tool_use', 'connector_text', 'fallback'],
]);

const ofModality = known('modality', 'tokenCount');

export const geminiUsage: Known = {
  ...known(
    ...['promptTokenCount', 'cachedContentTokenCount', 'candidatesTokenCount', 'toolUsePromptTokenCount'],
    ...['thoughtsTokenCount', 'totalTokenCount', 'trafficType', 'serviceTier'],
  ),
  promptTokensDetails: ofModality,
  cacheTokensDetails: ofModality,
  candidatesTokensDetails: ofModality,
  responseTokensDetails: ofModality,
  toolUsePromptTokensDetails: ofModality,
};

export const geminiAnswer: Known = {
  ...known(
    ...['usageMetadata', 'modelVersion', 'responseId', 'createTime', 'promptFeedback', 'error'],
    ...['modelStatus', 'sdkHttpResponse'],
  ),
  candidates: {
    ...known(
      ...['index', 'finishReason', 'finishMessage', 'safetyRatings', 'citationMetadata', 'avgLogprobs'],
      ...['logprobsResult', 'tokenCount'],
    ),
    content: {
      ...known('role'),
      parts: known('text', 'thought', 'thoughtSignature', 'functionCall', 'partMetadata'),
    },
  },
};
