// What a Responses request may contain, and which parts of it have a known size.
import { memberOf } from '../json-value.ts';
import { mediaAt } from '../picture.ts';
import {
  address,
  anything,
  base64,
  byType,
  dataAddress,
  either,
  inlined,
  listOf,
  members,
  only,
  pictured,
  plain,
  type Shape,
} from '../shape.ts';

const source = either(only(null), dataAddress, address);
const words = members({ type: plain, text: plain, annotations: listOf(anything), logprobs: anything });
const picture = pictured(
  members({ type: plain, image_url: source, detail: plain, file_id: only(null) }),
  (value) => mediaAt(memberOf(value, 'image_url')),
);
const file = inlined(
  members({
    type: plain,
    file_data: either(dataAddress, base64),
    filename: plain,
    detail: plain,
    file_id: only(null),
    file_url: either(only(null), address),
  }),
);
/** The output of a shell has no type, and is plain text. */
const shellOutput = members({
  stdout: plain,
  stderr: plain,
  outcome: members({ type: plain, exit_code: plain }),
});
const part = byType(
  {
    input_text: words,
    output_text: words,
    text: words,
    summary_text: words,
    reasoning_text: words,
    refusal: members({ type: plain, refusal: plain }),
    input_image: picture,
    input_file: file,
    computer_screenshot: picture,
  },
  shellOutput,
);
const parts = either(plain, listOf(part), part);

const every = {
  type: plain,
  id: plain,
  status: plain,
  created_by: plain,
  internal_chat_message_metadata_passthrough: anything,
};
const message = members({ ...every, role: plain, content: either(plain, listOf(part)), phase: plain });
const call = members({
  ...every,
  call_id: plain,
  name: plain,
  namespace: plain,
  arguments: anything,
  input: plain,
  action: anything,
  actions: anything,
  operation: anything,
  execution: plain,
  max_output_length: plain,
  environment: members({ type: only('local') }),
  pending_safety_checks: anything,
});
const described: Shape = (value) => clientsTool(value);
const output = members({
  ...every,
  call_id: plain,
  name: plain,
  execution: plain,
  max_output_length: plain,
  error: plain,
  output: parts,
  tools: listOf(described),
  acknowledged_safety_checks: anything,
});
const reasoning: Shape = (value) => {
  const look = thought(value);
  return look.sight !== 'seen' || isHere(value) ? look : { ...look, sight: 'hidden', isUnsized: true };
};
const thought = members({
  ...every,
  summary: listOf(part),
  content: listOf(part),
  encrypted_content: plain,
});

/** True if the item contains its own text; otherwise only the provider has it. */
function isHere(value: unknown): boolean {
  const { encrypted_content, content } = value as { encrypted_content?: unknown; content?: unknown };
  return typeof encrypted_content === 'string' || (Array.isArray(content) && content.length > 0);
}

const calls = ['function', 'custom_tool', 'local_shell', 'shell', 'apply_patch', 'computer', 'tool_search'];

/** An item of the conversation. */
export const responsesItem = byType(
  {
    message,
    reasoning,
    ...Object.fromEntries(calls.map((name) => [`${name}_call`, call])),
    ...Object.fromEntries(calls.map((name) => [`${name}_call_output`, output])),
    tool_search_output: output,
    configuration_update: members({ ...every, instructions: plain, tools: listOf(described) }),
  },
  message,
);

const skill = members({ name: plain, description: plain, path: plain });
/** The client's own machine, not a container at the provider. */
const hereOnly = members({ type: only('local'), skills: listOf(skill) });
const clientsTool: Shape = members({
  type: plain,
  name: plain,
  description: plain,
  parameters: anything,
  strict: plain,
  format: anything,
  defer_loading: plain,
  execution: plain,
  environment: hereOnly,
  output_schema: anything,
  display_width: plain,
  display_height: plain,
  tools: listOf(described),
});

const request = {
  model: plain,
  input: anything,
  instructions: plain,
  max_output_tokens: plain,
  max_tool_calls: plain,
  parallel_tool_calls: plain,
  store: plain,
  stream: plain,
  temperature: plain,
  top_p: plain,
  top_logprobs: plain,
  truncation: plain,
  user: plain,
  safety_identifier: plain,
  service_tier: plain,
  prompt_cache_key: plain,
  background: plain,
  metadata: anything,
  client_metadata: anything,
  prompt: only(null),
  audio: only(null),
  modalities: listOf(plain),
  include: listOf(plain),
  previous_response_id: plain,
  conversation: either(plain, members({ id: plain })),
  context_management: listOf(only()),
  reasoning: members({
    effort: plain,
    summary: plain,
    generate_summary: plain,
    mode: plain,
    context: plain,
  }),
  text: members({ format: anything, verbosity: plain }),
  stream_options: members({ include_obfuscation: plain }),
  prompt_cache_options: members({ mode: plain, ttl: plain }),
  tool_choice: anything,
  tools: listOf(clientsTool),
};

/** The request as it is sent, after everything without a bound is removed. */
export const responsesRequest = members(request);

/** Members of other servers: whether a model thinks before it answers. */
export const compatibleResponsesRequest = members({
  ...request,
  enable_thinking: plain,
  thinking_budget: plain,
});
