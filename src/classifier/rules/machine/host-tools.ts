// tmux, systemd, ssh, curl: the tools around sessions.
import { precedence, type Rule } from '../../match/rule.ts';
import { machinery, missing } from '../../verdicts.ts';

const { orchestration } = precedence;
const base = orchestration;

export const hostToolRules: readonly Rule[] = [
  {
    id: 'tmux.server',
    is: machinery.passing,
    precedence: base + 10,
    line: /^no server running on|^error connecting to \/|^lost server|server exited unexpectedly|^failed to connect to server|^no sessions$/,
    from: 'tmux',
    sample: 'error connecting to /tmp/tmux-0/moose (No such file or directory)',
  },
  {
    id: 'tmux.refused',
    is: machinery.refused,
    precedence: base + 9,
    line: /^can't find (?:session|window|pane|client)|^duplicate session: |no such session|create (?:window|session|pane) failed|^unknown command: |open terminal failed|no space for new pane|pane too small|There is no screen|index in use|bad session name|unknown option|sessions should be nested/,
    purposes: ['host'],
    from: 'tmux, screen',
    sample: "can't find pane: agent-77",
  },
  {
    id: 'systemd.settings',
    is: machinery.settings,
    precedence: base + 9,
    line: /has not been booted with systemd|Failed to connect to bus|Unit \S{1,120} (?:not found|could not be found|is masked|has a bad unit)|Failed to (?:(?:start|restart|stop) \S|enable unit|get properties)|Interactive authentication required|start-limit-hit|Failed with result/,
    purposes: ['host'],
    from: 'systemctl, systemd-run',
    sample: 'Failed to restart moose-worker.service: Unit moose-worker.service not found.',
  },
  {
    id: 'ansible.package-missing',
    is: missing,
    precedence: precedence.dependency,
    line: /"msg": "(?:No package matching '(?<package>[^']{1,80})' is available|Unable to find any of (?<package2>pip\d?))/,
    from: 'ansible',
    sample:
      'fatal: [web1]: FAILED! => {"changed": false, "msg": "No package matching \'ngnix\' is available"}',
    reads: { package: 'ngnix' },
  },
  {
    id: 'ssh.remote',
    is: machinery.passing,
    precedence: base + 9,
    line: /ssh: connect to host .{1,120}(?:Connection refused|No route to host)|Connection closed by remote host|client_loop: send disconnect|ssh: Could not resolve hostname/,
    from: 'ssh',
    sample: 'ssh: connect to host 10.0.0.9 port 22: Connection refused',
  },
  {
    id: 'curl.network',
    is: machinery.passing,
    precedence: base + 2,
    line: /^curl: \((?:5|6|7|18|35|52|55|56|92)\)|unable to resolve host address|[Cc]onnection refused|\b(?<code>ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN)\b|socket hang up|fetch failed|Connection reset by peer|Failed to establish a new connection|Name or service not known|Temporary failure in name resolution|other side closed/,
    from: 'curl, wget, HTTP clients in any program',
    sample: "curl: (7) Failed to connect to 127.0.0.1 port 9 after 0 ms: Couldn't connect to server",
  },
  {
    id: 'worktree.gone',
    is: machinery.settings,
    precedence: base + 5,
    line: /cannot access parent directories|uv_cwd|^(?:\S{1,60}: )?(?:line \d+: |\d+: )?cd: (?:can't cd to )?\S{1,300}?(?:: No such file or directory)?$/,
    from: 'sh, node',
    sample:
      'shell-init: error retrieving current directory: getcwd: cannot access parent directories: No such file or directory',
  },
];
