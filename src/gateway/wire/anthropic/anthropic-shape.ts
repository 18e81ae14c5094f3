// What an Anthropic Messages request may contain, and which parts of it have a known size.
import { memberOf } from '../json-value.ts';
import { mediaIn } from '../picture.ts';
import {
  address,
  anything,
  base64,
  byType,
  either,
  inlined,
  listOf,
  mediaType,
  members,
  only,
  pictured,
  plain,
  type Shape,
  textLike,
} from '../shape.ts';

const mark = members({ type: plain, ttl: plain });
const marked = { type: plain, cache_control: mark };

const text = members({ ...marked, text: plain, citations: anything });
const bytesOrAddress = byType({
  base64: members({ type: plain, media_type: mediaType, data: base64 }),
  url: members({ type: plain, url: address }),
});
const image = members({ ...marked, source: bytesOrAddress });
/** Blocks inside tool results and inside documents. */
const nested: Shape = (value) => block(value);
const contents = either(plain, listOf(nested));
const about = { ...marked, title: plain, context: plain, citations: anything };
const textSource = byType({ text: members({ type: plain, media_type: plain, data: plain }) });
/** With citations, the provider cuts a text into sentences and marks each, which may double the tokens of short ones. */
const withoutCitations = { ...about, citations: members({ enabled: only(false) }) };
const document = either(
  members({ ...withoutCitations, source: textSource }),
  inlined(members({ ...about, source: textSource })),
  members({ ...about, source: byType({ content: members({ type: plain, content: contents }) }) }),
  inlined(members({ ...about, source: bytesOrAddress })),
);
const reference = members({ ...marked, tool_name: plain, name: plain });
/** A tool that is added or removed in the middle of a conversation: by name, or with a client's own definition. */
const tool: Shape = (value) => clientsTool(value);
const changedTool = members({
  ...marked,
  tool: byType({
    tool_reference: reference,
    tool_definition: members({ type: plain, name: plain, definition: tool }),
  }),
});

const block = byType({
  text,
  thinking: members({ ...marked, thinking: plain, signature: plain }),
  redacted_thinking: members({ ...marked, data: plain }),
  tool_use: members({
    ...marked,
    id: plain,
    name: plain,
    input: anything,
    caller: members({ type: only('direct') }),
  }),
  tool_result: members({ ...marked, tool_use_id: plain, is_error: plain, content: contents }),
  search_result: members({
    ...marked,
    source: plain,
    title: plain,
    citations: anything,
    content: listOf(text),
  }),
  tool_reference: reference,
  tool_addition: changedTool,
  tool_removal: changedTool,
  mid_conv_system: members({ ...marked, text: plain, content: contents }),
  connector_text: members({ ...marked, text: plain, connector_text: plain, signature: plain }),
  fallback: members({ ...marked, text: plain }),
  image: pictured(image, (value) => mediaIn(memberOf(value, 'source'), ['media_type'])),
  document,
});

/** Blocks of a message or of the system prompt. */
export const anthropicBlock: Shape = block;

const effort = members({ effort: plain });

/** The object around the blocks: an unknown member may be a setting, and is not sent. */
const aroundBlocks = either(plain, listOf(anything));
const message = members({ role: plain, content: aroundBlocks, output_config: effort });

/** The tool's own description, which the model reads. */
const described = {
  ...marked,
  name: plain,
  description: plain,
  input_schema: anything,
  input_examples: anything,
  strict: plain,
  defer_loading: plain,
  eager_input_streaming: plain,
  allowed_callers: listOf(plain),
};
const clientsTool = members({
  ...described,
  // For typed tools.
  max_characters: plain,
  display_width_px: plain,
  display_height_px: plain,
  display_number: plain,
  enable_zoom: plain,
});

const format = members({ type: plain, name: plain, schema: anything });
const edit = members({
  type: textLike(/^clear_/),
  keep: anything,
  trigger: anything,
  clear_at_least: anything,
  exclude_tools: anything,
  clear_tool_inputs: anything,
});

/** The request as it is sent, after everything without a bound is removed. */
export const anthropicRequest = members({
  model: plain,
  max_tokens: plain,
  stream: plain,
  temperature: plain,
  top_p: plain,
  top_k: plain,
  stop_sequences: listOf(plain),
  metadata: members({ user_id: plain }),
  cache_control: mark,
  service_tier: plain,
  inference_geo: plain,
  speed: plain,
  system: either(plain, listOf(anything)),
  messages: listOf(message),
  tools: listOf(clientsTool),
  tool_choice: members({ type: plain, name: plain, disable_parallel_tool_use: plain }),
  thinking: members({ type: plain, budget_tokens: plain, display: plain }),
  output_config: members({ effort: plain, format }),
  output_format: format,
  context_management: members({ edits: listOf(edit) }),
  fallbacks: listOf(only()),
  mcp_servers: listOf(only()),
});

/** For token counting, which is free: here a provider tool is only counted. */
export const anthropicCounted = members({
  model: plain,
  system: anything,
  messages: anything,
  tools: anything,
  tool_choice: anything,
  thinking: anything,
  output_config: anything,
  output_format: anything,
  cache_control: mark,
  context_management: anything,
  mcp_servers: listOf(only()),
  speed: plain,
  max_tokens: plain,
});
