# What a hostile agent, or code under test, would do to leave its files and its network. Each success is a line `GOT …`;
# nothing of it harms the machine, should it succeed: what could is only looked at.
#
#   sh attack.sh DATA HOME API_PORT DATABASE_PORT KEY MEMORY PROGRAM DAEMON ELSEWHERE

data=$1 home=$2 api=$3 database=$4 key=$(echo "$5" | tr -d +) memory=$6 program=$7 daemon=$8 elsewhere=$9

got() { echo "GOT $*"; }

for path in "$data/api-token" "$data/api-open.html" "$home/.ssh/id_ed25519" "$home/.aws/credentials" \
  "$home/other-project/.env" /etc/shadow; do
  [ -z "$(cat "$path" 2>/dev/null)" ] || got read "$path"
done
for path in "$data/gateway" "$data/logs" "$home/.ssh"; do
  [ -z "$(ls -A "$path" 2>/dev/null)" ] || got list "$path"
done

# A session's own repository borrows the objects of the project's, which is the one to reach.
own=$(git rev-parse --git-common-dir)
common=$(dirname "$(cat "$own/objects/info/alternates" 2>/dev/null || echo "$own/objects")")
git --git-dir="$common" config filter.evil.clean 'touch /tmp/evil' 2>/dev/null && got git filter
git --git-dir="$common" config core.sshCommand 'touch /tmp/evil' 2>/dev/null && got git ssh
(echo '* filter=evil' >>"$common/info/attributes") 2>/dev/null && got git attributes
(echo 'touch /tmp/evil' >"$common/hooks/pre-push") 2>/dev/null && got git hooks
git --git-dir="$common" update-ref refs/heads/planted "$(git rev-parse HEAD)" 2>/dev/null && got git branch
mkdir -p "$data/remotes/planted.git/hooks" 2>/dev/null && got remote hooks

for path in "$home/.bashrc" "$home/other-project/.env" "$data/api-token"; do
  (: >>"$path") 2>/dev/null && got write "$path"
done
for path in /etc/cron.d /usr/bin /dev/vda /proc/sysrq-trigger; do
  [ -e "$path" ] && [ -w "$path" ] && (: >>"$path") 2>/dev/null && got write "$path"
done
(: >>/proc/sys/kernel/core_pattern) 2>/dev/null && got core pattern

for port in "$api" "$database"; do
  perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new(PeerAddr => "127.0.0.1:$ARGV[0]")' "$port" 2>/dev/null &&
    got connect "$([ "$port" = "$api" ] && echo interface || echo database)"
done

# A host that nobody has listed: directly, and through the proxy that a session with listed hosts has.
perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new(PeerAddr => $ARGV[0], Timeout => 3)' "$elsewhere" 2>/dev/null &&
  got connect elsewhere
proxy=$(echo "${HTTPS_PROXY:-$https_proxy}" | sed 's#^[a-z]*://##; s#^.*@##; s#/.*##')
[ -n "$proxy" ] && perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(PeerAddr => $ARGV[0], Timeout => 3) or exit 1;
  print $s "CONNECT $ARGV[1] HTTP/1.1\r\nHost: $ARGV[1]\r\n\r\n"; exit <$s> !~ / 200 /' "$proxy" "$elsewhere" 2>/dev/null &&
  got connect elsewhere

grep -qsF "$key" /proc/[0-9]*/environ && got keys in an environment
# By the end of its path, which no argument of this script is.
for process in /proc/[0-9]*; do
  tr '\0' '\n' <"$process/cmdline" 2>/dev/null | grep -q "/$program\$" && got processes of Moose
done

verdict='{"exitCode":0,"signal":null,"startedAt":"2026-01-01T00:00:00.000Z","endedAt":"2026-01-01T00:00:01.000Z"}'
for folder in "$data"/sessions/*; do
  [ -e "$folder/stdout.log" ] && (echo "$verdict" >"$folder/exit.json") 2>/dev/null && got forge a verdict
done

# What another program shares in memory has no name in the file system.
ipcs -m -i "$memory" 2>/dev/null | grep -q bytes && got shared memory

setsid sleep "$daemon" </dev/null >/dev/null 2>&1 9>&- &
echo "TRIED all as $(id -u)"
