// The network between a program and a model provider: timeouts, streams, certificates.

import { precedence, type Rule } from '../../match/rule.ts';
import { providerCallers } from '../../purpose/provider-callers.ts';
import { remote, timedOut } from '../../verdicts.ts';

const { orchestration } = precedence;
const base = orchestration;

export const providerNetworkRules: readonly Rule[] = [
  {
    id: 'provider.time',
    is: timedOut,
    precedence: base + 28,
    components: providerCallers,
    line: /idle timeout|timeout waiting|\bAbortError\b.{0,4}: (?:The|This) operation was aborted|respond to your request in time|[Rr]equest (?:was )?(?:timed out|timeout)|timed out|timeout_error|\bTimeoutError\b|Timeout awaiting|\b(?<code>ETIMEDOUT|ESOCKETTIMEDOUT|UND_ERR_(?:HEADERS|BODY|CONNECT)_TIMEOUT)\b|[Dd]eadline (?:exceeded|expired)|DEADLINE_EXCEEDED|timeout of \d+ ?ms|Gateway Time-?out|(?:Connect|Headers|Body) Timeout Error|(?:Read|Connect)Timeout|Request Timeout|aborted due to timeout|timeout exceeded|Client\.Timeout/,
    near: [/code: '(?<code>ECONNABORTED|ETIMEDOUT|UND_ERR_\w+)'/],
    from: 'SDKs of providers, axios, got, undici',
    sample: 'APIConnectionTimeoutError: Request timed out.',
  },
  {
    id: 'http-client.time',
    is: timedOut,
    precedence: base + 8,
    line: /^(?!\s*#)(?:.{0,200}\b)?(?:timeout exceeded when trying to connect|timeout of \d+ ?ms exceeded|Timeout awaiting '\w+'|(?<code>ETIMEDOUT|UND_ERR_(?:HEADERS|CONNECT|BODY)_TIMEOUT)|ReadTimeout|[Oo]peration timed out|[Rr]ead timed out|aborted due to timeout|[Cc]onnect(?:ion)? timed out|SocketTimeoutException|HttpTimeoutException|Request timed out|deadline exceeded|timed out after \d+|(?:Headers|Body|Connect) Timeout Error|i\/o timeout|wget: download timed out)/,
    near: [/code: '(?<code>ECONNABORTED|ETIMEDOUT|UND_ERR_\w+)'/],
    from: 'HTTP clients in any program',
    sample: 'curl: (28) Operation timed out after 1001 milliseconds with 0 bytes received',
  },
  {
    id: 'provider.stream',
    is: remote.passing,
    precedence: base + 18,
    components: providerCallers,
    line: /JSON at position|Unexpected end of JSON|Premature close|Error: terminated|^terminated$|stream (?:disconnected|ended without|closed before|error)|Invalid JSON response|Could not parse message|is not valid JSON|socket hang up|Connection error|fetch failed|\b(?<code>ECONN(?:REFUSED|RESET|ABORTED)|ENOTFOUND|EAI_AGAIN|EPIPE|UND_ERR_SOCKET|ERR_STREAM_PREMATURE_CLOSE|EHOSTUNREACH|EPROTO)\b|other side closed|incomplete chunked|Failed to parse stream|ended without sending|error sending request|[Cc]onnection (?:reset|refused)|[Nn]etwork error|peer closed connection|APIConnectionError|error decoding response|Unable to connect|Unexpected token '?<|Cannot connect to API|Expecting value: line|JSONDecodeError|[Ee]mpty response|model output must contain/,
    from: 'SDKs of providers, undici',
    sample: 'APIConnectionError: Connection error.',
  },
  {
    id: 'provider.certificate',
    is: remote.settings,
    precedence: base + 19,
    components: [...providerCallers, 'git', 'verifier', 'database'],
    line: /self[- ]signed certificate|(?<code>CERT_HAS_EXPIRED|UNABLE_TO_VERIFY_LEAF_SIGNATURE|DEPTH_ZERO_SELF_SIGNED_CERT|ERR_TLS_CERT_ALTNAME_INVALID|ERR_INVALID_URL)|unable to verify the first certificate|certificate (?:has expired|verify failed|verification failed)|CERTIFICATE_VERIFY_FAILED/,
    from: 'TLS',
    sample: 'Error: self-signed certificate in certificate chain',
  },
];
