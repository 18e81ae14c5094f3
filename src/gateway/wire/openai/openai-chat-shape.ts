// What a Chat Completions request may contain, at OpenAI and at servers that speak its protocol, and which parts of it
// have a known size.
import { memberOf, objectIn } from '../json-value.ts';
import { mediaAt } from '../picture.ts';
import {
  address,
  anything,
  byType,
  dataAddress,
  either,
  inlined,
  listOf,
  members,
  only,
  pictured,
  plain,
  unsized,
} from '../shape.ts';

const mark = members({ type: plain, ttl: plain });
const marked = { type: plain, cache_control: mark };

const source = either(dataAddress, address);

const text = members({ ...marked, text: plain, citations: anything });
const thought = members({ ...marked, thinking: plain, text: plain, signature: plain, reasoning: plain });
const picture = pictured(
  members({ ...marked, image_url: either(source, members({ url: source, detail: plain })) }),
  (value) => mediaAt(memberOf(objectIn(value, 'image_url'), 'url') ?? memberOf(value, 'image_url')),
);
const file = inlined(members({ ...marked, file: members({ file_data: dataAddress, filename: plain }) }));
const part = byType({
  text,
  refusal: members({ ...marked, refusal: plain }),
  thinking: thought,
  reasoning: thought,
  image_url: picture,
  file,
});

const called = { name: plain, arguments: plain, thought_signature: plain };
const call = members({
  ...marked,
  id: plain,
  index: plain,
  extra_content: anything,
  function: members(called),
  custom: members({ name: plain, input: plain }),
});

/** A message of the conversation. */
export const chatMessage = members({
  role: plain,
  name: plain,
  tool_call_id: plain,
  refusal: plain,
  cache_control: mark,
  reasoning: plain,
  reasoning_content: plain,
  reasoning_details: anything,
  thinking_blocks: anything,
  annotations: either(listOf(only()), unsized),
  content: either(plain, listOf(part)),
  tool_calls: listOf(call),
  function_call: members(called),
});

/** The message object around the parts: an unknown member may be a setting, and is not sent. */
const sentMessage = members({
  role: plain,
  name: plain,
  tool_call_id: plain,
  refusal: plain,
  cache_control: mark,
  reasoning: plain,
  reasoning_content: plain,
  reasoning_details: anything,
  thinking_blocks: anything,
  annotations: anything,
  audio: anything,
  content: either(plain, listOf(anything)),
  tool_calls: listOf(call),
  function_call: members(called),
});

const described = members({ name: plain, description: plain, parameters: anything, strict: plain });
const clientsTool = members({
  type: plain,
  cache_control: mark,
  function: described,
  custom: members({ name: plain, description: plain, format: anything }),
});

const request = {
  model: plain,
  max_tokens: plain,
  max_completion_tokens: plain,
  temperature: plain,
  top_p: plain,
  stop: either(plain, listOf(plain)),
  seed: plain,
  user: plain,
  safety_identifier: plain,
  presence_penalty: plain,
  frequency_penalty: plain,
  logit_bias: anything,
  logprobs: plain,
  top_logprobs: plain,
  n: plain,
  best_of: plain,
  stream: plain,
  store: plain,
  metadata: anything,
  parallel_tool_calls: plain,
  reasoning_effort: plain,
  verbosity: plain,
  service_tier: plain,
  prompt_cache_key: plain,
  modalities: listOf(plain),
  cache_control: mark,
  audio: only(null),
  prediction: only(null),
  web_search_options: only(null),
  search_parameters: only(null),
  enable_search: plain,
  plugins: listOf(only()),
  models: listOf(only()),
  stream_options: members({ include_usage: plain, include_obfuscation: plain }),
  prompt_cache_options: members({ mode: plain, ttl: plain }),
  messages: listOf(sentMessage),
  tools: listOf(clientsTool),
  functions: listOf(described),
  function_call: either(plain, members({ name: plain })),
  tool_choice: anything,
  response_format: members({ type: plain, json_schema: anything, schema: anything, grammar: plain }),
};

/** Members for OpenAI itself, which rejects unknown members on its own. */
export const openaiChatRequest = members(request);

/** Members of other servers: sampling settings, and whether a model thinks before it answers. */
export const compatibleChatRequest = members({
  ...request,
  top_k: plain,
  min_p: plain,
  top_a: plain,
  repetition_penalty: plain,
  length_penalty: plain,
  enable_thinking: plain,
  thinking_budget: plain,
  preserve_thinking: plain,
  include_reasoning: plain,
  thinking: members({ type: plain, budget_tokens: plain, clear_thinking: plain }),
  reasoning: members({ effort: plain, max_tokens: plain, exclude: plain, enabled: plain, summary: plain }),
  chat_template_kwargs: members({
    enable_thinking: plain,
    thinking: plain,
    preserve_thinking: plain,
    clear_thinking: plain,
    reasoning_effort: plain,
    thinking_budget: plain,
  }),
});
