// Git and its remotes: rejections, access, network.
import { precedence, type Rule } from '../../match/rule.ts';
import { machinery, remote, timedOut } from '../../verdicts.ts';

const { orchestration } = precedence;
const base = orchestration;

export const gitRemoteRules: readonly Rule[] = [
  {
    id: 'git.time',
    is: timedOut,
    precedence: base + 30,
    line: /^(?:fatal|error|ssh|remote|curl): .{0,300}(?:Operation too slow|[Cc]onnection timed out|timed out after|Operation timed out|Timeout was reached|Connection timeout|returned error: (?<status>504|408))/,
    from: 'git, ssh, curl',
    sample:
      "fatal: unable to access 'http://127.0.0.1:1/a.git/': Operation too slow. Less than 1000 bytes/sec transferred the last 2 seconds",
  },
  {
    id: 'git.rejected-first',
    is: machinery.passing,
    precedence: base + 25,
    line: /\(stale info\)|cannot lock ref .{0,200}(?:is at|expected|File exists|Unable to create)|\(failed to update ref\)|incorrect old value/,
    from: 'git push',
    sample: ' ! [rejected]        main -> main (stale info)',
  },
  {
    id: 'git.scope',
    is: machinery.settings,
    precedence: base + 23,
    line: /refusing to allow an? .{1,80} to (?:create|update|delete)|without `\w{1,40}` scope|not (?:allowed|authorized) to push (?:code|to this)/,
    from: 'GitHub, GitLab: what a token may do',
    sample:
      ' ! [remote rejected] a -> a (refusing to allow an OAuth App to create or update workflow `.github/workflows/ci.yml` without `workflow` scope)',
  },
  {
    id: 'git.rejected',
    is: machinery.refused,
    precedence: base + 22,
    line: /\[(?:remote )?(?:rejected|zurückgewiesen|rejeté|已拒绝|拒否|rechazado|リモート側で拒否|远程拒绝|distant rejeté)\]|Updates were rejected/,
    from: 'git push',
    sample: ' ! [rejected]        main -> main (non-fast-forward)',
  },
  {
    id: 'git.auth',
    is: machinery.settings,
    precedence: base + 24,
    line: /Authentication failed|could not read (?:Username|Password)|Permission denied \(publickey|Host key verification failed|Permission to \S{1,160} denied|Invalid username or (?:password|token)|terminal prompts disabled|password authentication was removed|HTTP Basic: Access denied|returned error: (?<status>401|403)|Repository not found|Authentifizierung .{0,120}fehlgeschlagen|Échec d'authentification|project you were looking for could not be found|SAML SSO/,
    near: [/returned error: (?<status>\d{3})/],
    from: 'git, ssh',
    sample: "fatal: Authentication failed for 'http://127.0.0.1:1/acme/app.git/'",
  },
  {
    id: 'git.remote-passing',
    is: remote.passing,
    precedence: base + 23,
    line: /Could not resolve host|Failed to connect to \S{1,120} port|early EOF|RPC failed|returned error: (?<status>5\d\d|429)|unexpected disconnect while reading|The remote end hung up|Connection (?:reset by peer|refused|closed by)|Temporary failure in name resolution|Empty reply from server|gnutls_handshake|Recv failure|OpenSSL SSL_read|kex_exchange_identification|fetch-pack: (?:unexpected|invalid)|remote: Internal Server Error|transfer closed with|bytes of body are still expected|bad line length character/,
    near: [/returned error: (?<status>\d{3})/, /HTTP (?<status>\d{3}) curl/],
    from: 'git',
    sample: "fatal: unable to access 'http://nohost.test/a.git/': Could not resolve host: nohost.test",
  },
  {
    id: 'git.remote-missing',
    is: machinery.settings,
    precedence: base + 18,
    line: /^git: 'remote-[\w-]{1,40}' is not a git command|does not appear to be a git repository|repository '[^'\n]{1,300}' (?:not found|does not exist)|returned error: (?<status>404)|No such remote|No configured push destination|scheint kein Git-Repository|ne semble pas être un dépôt git|[Kk]ein Git-Repository|[Nn]ot a git repository|n'est pas un dépôt git|répertoires parents|不是(?:一个)? ?git ?仓库|git リポジトリではありません|dubious ownership|no es un repositorio git|unable to auto-detect email|Please tell me who you are|Bitte geben Sie an, wer|Unable to find remote helper|server certificate verification failed|SSL certificate problem|has no upstream|bad (?:boolean |numeric )?config|gpg failed to sign|Could not find remote branch|[Cc]ouldn't find remote ref|user\.useConfigOnly|(?:transport|protocol) '[^']{1,40}' (?:not allowed|is not supported)/,
    near: [/bad config line (?<line>\d{1,6}) in file (?<file>\S{1,250})$/],
    from: 'git',
    sample: 'fatal: not a git repository (or any of the parent directories): .git',
  },
  {
    id: 'git.hook',
    is: machinery.refused,
    precedence: base + 16,
    line: /hook declined|husky - .{1,60}(?:failed|exited)|protected branch|error: (?<code>GH\d{3}): |hook (?:script )?(?:failed|exited)/,
    from: 'git, husky',
    sample: ' ! [remote rejected] main -> main (pre-receive hook declined)',
  },
];
