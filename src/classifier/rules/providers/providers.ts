// Error messages of model providers, as they send them and as client programs report them.

import { precedence, type Rule } from '../../match/rule.ts';
import { providerCallers } from '../../purpose/provider-callers.ts';
import { remote, unexplained } from '../../verdicts.ts';

const { orchestration } = precedence;
const base = orchestration;

export const providerRules: readonly Rule[] = [
  {
    id: 'provider.too-long',
    is: remote.refused,
    precedence: base + 26,
    components: providerCallers,
    line: /context_length_exceeded|[Pp]rompt is too long|maximum context length|exceeds the maximum number of tokens|context window|[Ii]nput is too long|request_too_large|prompt_too_long|too many tokens|ContextWindowExceeded|ContextOverflow|ran out of room|exceeds the context|exceed context limit|reduce the length|Request too large|exceeds the maximum size/,
    from: 'Anthropic, OpenAI, Google, Mistral, Bedrock',
    sample:
      'BadRequestError: 400 {"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 215874 tokens > 200000 maximum"}}',
  },
  {
    id: 'provider.blocked',
    is: unexplained.crash,
    precedence: base + 27,
    components: providerCallers,
    line: /PROHIBITED_CONTENT|blockReason|\bcontent_filter\b|content_policy_violation|finishReason":\s*"(?:SAFETY|RECITATION|BLOCKLIST)|stop_reason"?:\s*"?refusal|ResponsibleAIPolicyViolation|violates? (?:our|the) [Uu]sage [Pp]olicy/,
    from: 'Google, OpenAI, Azure, Anthropic',
    sample: '[router] provider call failed: Error: empty candidate: {"blockReason":"PROHIBITED_CONTENT"}',
  },
  {
    id: 'provider.key',
    is: remote.settings,
    precedence: base + 25,
    components: providerCallers,
    line: /[Aa]uthentication required|[Mm]issing scopes?:|missing_scope|[Ii]nsufficient permissions for|location is not supported|No providers? configured|[Nn]o authentication information|[Pp]lease (?:log|sign) in\b|Unable to locate credentials|NoCredentialsError|API key not valid|invalid_api_key|Incorrect API key|authentication_error|invalid x-api-key|Invalid (?:API key|bearer token)|API_KEY_INVALID|permission_error|PERMISSION_DENIED|\bUNAUTHENTICATED\b|OAuth (?:token|authentication)|not_found_error|model_not_found|does not exist or you do not have access|Please run \/login|[Nn]ot (?:logged in\b|authenticated)|auth method|(?:set|provide|specify|missing|Missing|requires?|No|no|find) .{0,60}(?:API key|_API_KEY|credentials|api_key)|API key is missing|(?:_API_KEY|API key).{0,60}(?:not set|missing|required|environment variable|must be|is empty|expected)|AccessDeniedException|UnrecognizedClientException|ExpiredTokenException|is not found for API version|unsupported_country|DeploymentNotFound|ould not resolve authentication|organization has been disabled|account is not active|deactivated|[Mm]odel (?:'[^']{1,80}' |"[^"]{1,80}" |\S{1,80} )?not found|Bad credentials|LoadAPIKeyError|cannot be used with root|No endpoints found/,
    from: 'all providers, Claude Code, Codex, Gemini CLI',
    sample:
      'ApiError: {"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}',
  },
  {
    id: 'provider.passing',
    is: remote.passing,
    precedence: base + 20,
    components: providerCallers,
    line: /No server is currently available|\b[Cc]ircuit(?: breaker)? is open|\bcircuit_open\b|[Qq]uota exceeded .{0,200}per[-_ ]minute|overloaded|Overloaded|rate_limit|[Rr]ate limit|RESOURCE_EXHAUSTED|\bUNAVAILABLE\b|[Tt]oo [Mm]any [Rr]equests|too_many_requests|[Tt]hrottl|[Ii]nternal [Ss]erver [Ee]rror|"api_error"|server_error|"INTERNAL"|Service ?Unavailable|Bad Gateway|ModelNotReady|at capacity|abuse detection|[Tt]ry again later|server had an error|ModelStreamError|high demand|queue_exceeded/,
    from: 'all providers, GitHub',
    sample: '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
  },
  {
    id: 'provider.request',
    is: remote.refused,
    precedence: base + 15,
    components: providerCallers,
    line: /invalid_request_error|INVALID_ARGUMENT|ValidationException|Validation Failed|validation_error|Invalid schema|unsupported_(?:parameter|value)|BadRequestError|FAILED_PRECONDITION|[Uu]nprocessable_?[Ee]ntity/,
    from: 'all providers, GitHub',
    sample:
      '{"type":"error","error":{"type":"invalid_request_error","message":"messages: at least one message is required"}}',
  },
];
