// Answers that ended too early, as HTTP client libraries report them. The same request may succeed later.
import { precedence, type Rule } from '../rule.ts';
import { remote } from '../verdicts.ts';

/** Above a crash, below rules for known tools. */
const base = precedence.orchestration - 10;

export const cutStreamRules: readonly Rule[] = [
  {
    id: 'http-client.cut',
    is: remote.passing,
    precedence: base,
    has: [
      'response ended prematurely',
      'ResponseEnded',
      'RemoteDisconnected',
      'Remote end closed connection without response',
      'IncompleteRead(',
      'EOF reached while reading',
      'HTTP/1.1 header parser received no bytes',
      'unexpected end of stream',
      'Premature EOF',
      'ended prematurely',
      'unexpected EOF',
      'http2: server sent GOAWAY',
      'IncompleteMessage',
      'connection closed before message completed',
      'end of file before message length reached',
      'transfer closed with outstanding read data',
      'Empty reply from server',
      'EOFError (end of file reached)',
      'end of file reached (EOFError)',
    ],
    line: /response ended prematurely|\(ResponseEnded\)|RemoteDisconnected|Remote end closed connection|IncompleteRead\(|EOF reached while reading|header parser received no bytes|unexpected end of stream|Premature EOF|(?:http|Get|Post|Put|body|stream|response|https?:\/\/\S{1,200}).{0,120}: unexpected EOF$|server sent GOAWAY|\bIncompleteMessage\b|connection closed before message completed|end of file before message length|transfer closed with outstanding|Empty reply from server|EOFError \(end of file reached\)|\bnet\/\w{1,20}\.rb:.{1,120}end of file reached \(EOFError\)/,
    from: '.NET, Python, Java, Go, Rust, Ruby, curl',
    sample: ' ---> System.Net.Http.HttpIOException: The response ended prematurely. (ResponseEnded)',
  },
];
