// Answers that ended too early, as HTTP client libraries report them. The same request may succeed later.
import { precedence, type Rule } from '../../match/rule.ts';
import { remote } from '../../verdicts.ts';

/** Above a crash, below rules for known tools. */
const base = precedence.orchestration - 10;

export const cutStreamRules: readonly Rule[] = [
  {
    id: 'http-client.cut',
    is: remote.passing,
    precedence: base,
    line: /response ended prematurely|\(ResponseEnded\)|RemoteDisconnected|Remote end closed connection|IncompleteRead\(|EOF reached while reading|header parser received no bytes|unexpected end of stream|Premature EOF|(?:http|Get|Post|Put|body|stream|response|https?:\/\/\S{1,200}).{0,120}: unexpected EOF$|server sent GOAWAY|\bIncompleteMessage\b|connection closed before message completed|end of file before message length|transfer closed with outstanding|Empty reply from server|EOFError \(end of file reached\)|\bnet\/\w{1,20}\.rb:.{1,120}end of file reached \(EOFError\)/,
    from: '.NET, Python, Java, Go, Rust, Ruby, curl',
    sample: ' ---> System.Net.Http.HttpIOException: The response ended prematurely. (ResponseEnded)',
  },
];
