# Runs one program in namespaces of its own, and ends as the program does: same code, same signal.
#
#   perl -f enter-namespace.pl SETTINGS... -- PROGRAM [ARGUMENT...]
#
# SETTINGS are lines that isolation-way.ts and kernel-locks.ts write: a name and its values; texts and structures of the
# kernel are in hexadecimal digits. With `door`, the program only enters another session's network. Otherwise three
# processes remain: the supervisor, outside of the new process table, which ends as the program did; init, process 1 inside,
# which prepares the namespaces, dies with the supervisor, and takes with it all that the program has started; and the program.
#
# No module is loaded: where one would be looked for is in the environment of the program. perl has read this file whole
# before it runs it, so that replacing the file harms no running session.

# Exit codes that probe-isolation.ts and probe-place.ts know; only before the program has begun.
my ($no_namespace, $no_loopback, $no_cover, $no_forwarder, $no_view, $no_locks) = (40 .. 45);

# The flags of mount(2), by the names of fstab(5).
my %flag_of = (
  ro => 1, nosuid => 2, nodev => 4, noexec => 8, remount => 32, noatime => 1024, nodiratime => 2048,
  bind => 4096, rbind => 4096 | 16384, relatime => 1 << 21,
);
my ($bind, $remount, $restricting, $private) = (4096, 32, 1 | 2 | 4 | 8, 16384 | (1 << 18));

# CLONE_NEW…
my ($new_mounts, $new_ipc, $new_user, $new_processes, $new_network) =
  (0x00020000, 0x08000000, 0x10000000, 0x20000000, 0x40000000);

# The usual capabilities of a container's root, without those for raw sockets, devices, and programs that give rights:
# chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap, net_bind_service, sys_chroot, audit_write.
my %kept_right = map { $_ => 1 } 0, 1, 3, 4, 5, 6, 7, 8, 10, 18, 29;

# A signal that arrives before the program begins ends it then, and what fails in between is no other problem.
my %number_of = (HUP => 1, INT => 2, QUIT => 3, USR1 => 10, USR2 => 12, PIPE => 13, ALRM => 14, TERM => 15);
my @signals = keys %number_of;
my $told;
$SIG{$_} = sub { $told = $_[0] } for @signals;

my %given;
while (@ARGV and (my $lines = shift @ARGV) ne '--') {
  for (split /\n/, $lines) {
    my ($name, @values) = split / /;
    push @{ $given{$name} }, \@values;
  }
}
my @program = @ARGV;

sub values_of { @{ $given{ $_[0] }[0] || [] } }
sub text_of { map { pack 'H*', $_ } values_of($_[0]) }
my %call;
@call{qw(unshare setns mount umount pivot_root prctl capget capset)} = map { $_ + 0 } values_of('calls');
my ($kind) = values_of('kind');
my ($root, $mounts) = text_of('root');

# Only the supervisor's: the program that listens on the session's own socket.
my $egress;
# Only init's: where it writes that the program has begun, and how it ended.
my $report;
# The one for the files of the program.
my $mask = umask 022;

sub fail {
  my ($code, $words) = @_;
  if (defined $told && $report) {
    # The kernel ends no process 1 by such a signal: the supervisor does it.
    syswrite $report, "begun\nended $number_of{$told}\n";
    exit $code;
  }
  print STDERR "moose: no isolation for this session: $words\n";
  end_egress();
  exit $code;
}

sub refuse { fail($no_locks, "the kernel refused $_[0]: $!") }
sub control { my ($what, $value) = @_; return syscall($call{prctl}, $what, $value, 0, 0, 0) == 0 }

sub attach {
  my ($source, $target, $type, $flags, $data) = @_;
  return syscall($call{mount}, $source, $target, $type, $flags + 0, $data) == 0;
}

sub note {
  my ($name, $text, $file) = @_;
  return sysopen($file, "/proc/self/$name", 1) && defined syswrite($file, $text);
}

# Which user outside, or of the namespace around, this process is in the user namespace that it has made.
sub map_user {
  my ($uid, $gid) = @_;
  return note('setgroups', 'deny') && note('uid_map', "$uid 1") && note('gid_map', "$gid 1");
}

sub unescaped { my ($text) = @_; $text =~ s/\\([0-7]{3})/chr oct $1/ge; return $text }

# Of each mount of this process: where, with which options, and what.
sub mounts_here {
  open my $list, '<', '/proc/self/mountinfo' or fail($no_cover, "the mounts of the machine are not known: $!");
  return map {
    my ($before, $what) = split / - /, $_, 2;
    my ($path, $options) = (split / /, $before)[4, 5];
    [unescaped($path), $options, $what];
  } <$list>;
}

# Outside the namespaces, in the folder of its socket. Nothing of the program's environment concerns it, and it opens no
# debugger when it is sent a signal.
sub start_egress {
  my ($node, $program, $folder) = text_of('egress');
  defined(my $pid = fork) or fail($no_forwarder, "the egress proxy cannot be started: $!");
  return $pid if $pid != 0;
  control(1, 9);
  %ENV = (MOOSE_SESSION => $ENV{MOOSE_SESSION});
  chdir $folder and open STDIN, '<', '/dev/null' and open STDOUT, '>', '/dev/null'
    and exec { $node } $node, '--disable-sigusr1', $program;
  exit 126;
}

# Whether it is there or already gone.
sub end_egress {
  kill 'KILL', $egress and waitpid $egress, 0 if $egress;
}

# Only its owner may enter the network of another session: as root, or through the user namespace that it belongs to.
sub join_network {
  my ($pid) = values_of('join');
  # Its number is another process's by now, one of this network.
  my ($own, $its) = map { join ' ', (stat)[0, 1] } '/proc/self/ns/net', "/proc/$pid/ns/net";
  return 0 if $own eq $its;
  my @files;
  for my $name ($kind eq 'user' ? ('user', 'net') : ('net')) {
    sysopen(my $file, "/proc/$pid/ns/$name", 0) or return 0;
    push @files, $file;
  }
  for my $file (@files) { syscall($call{setns}, fileno $file, 0) == 0 or return 0 }
  return 1;
}

sub enter {
  if ($given{join}) { join_network() or fail($no_namespace, "another session's network cannot be entered: $!") }
  my ($uid, $gid) = ($> + 0, $) + 0);
  my $flags = $new_mounts | $new_ipc | $new_processes;
  $flags |= $new_network if $given{loopback};
  $flags |= $new_user if $kind eq 'user';
  syscall($call{unshare}, $flags) == 0 or fail($no_namespace, "the kernel refused namespaces: $!");
  $kind ne 'user' or map_user("0 $uid", "0 $gid") or fail($no_namespace, "the kernel refused a user namespace: $!");
  # What is mounted from now on is not seen outside, nor the other way round.
  attach('none', '/', 0, $private, 0) or fail($no_namespace, "the mounts cannot be made private: $!");
}

# What init wrote until it ended: nothing, or that the program began, and how it ended.
sub whole_report {
  my ($from, $text) = ($_[0], '');
  while (1) {
    my $bytes = sysread $from, $text, 64, length $text;
    # EINTR
    return $text unless defined $bytes ? $bytes : $! == 4;
  }
}

# The supervisor.
sub supervise {
  # Opened here, the list stays that of this network: inside, it would be empty.
  my $sockets;
  defined $root or open $sockets, '<', '/proc/net/unix' or fail($no_cover, "the sockets of the machine are not known: $!");
  $egress = start_egress() if $given{egress};
  enter();
  pipe my $from, my $to or fail($no_namespace, "there is no pipe: $!");
  defined(my $init = fork) or fail($no_namespace, "there is no process for it: $!");
  if ($init == 0) {
    undef $egress;
    $report = $to;
    close $from;
    init($sockets);
  }
  close $to;
  # It may have arrived while init was made, which then knows nothing of it.
  kill $told, $init if defined $told;
  $SIG{$_} = 'IGNORE' for @signals;
  my ($status) = whole_report($from) =~ /\A(?:begun\n)+ended ([0-9]+)\n\z/;
  waitpid $init, 0;
  # KILL ended init, or it did not get as far as the program.
  $status = $? unless defined $status;
  end_egress();
  my $signal = $status & 127;
  exit $status >> 8 if $signal == 0;
  # It is the program that may leave a core, not this process: PR_SET_DUMPABLE.
  control(4, 0);
  $SIG{$_} = 'DEFAULT' for @signals;
  kill $signal, $$;
  exit 128 + $signal;
}

# Process 1.
sub init {
  my ($sockets) = @_;
  # PR_SET_PDEATHSIG: KILL. If the supervisor has ended before, nobody reads the report.
  control(1, 9) or fail($no_namespace, "nothing would end it: $!");
  attach('proc', '/proc', 'proc', 2 | 4 | 8, 0) or fail($no_namespace, "no process table can be mounted: $!");
  # A joined network has been prepared by the session that holds it.
  $given{loopback} and (raise_loopback() or fail($no_loopback, "the loopback interface could not be brought up: $!"));
  if ($sockets) {
    cover_sockets($sockets) or fail($no_cover, "a socket of the machine could not be covered: $!");
    cover_outer_proc() or fail($no_cover, "a second /proc could not be covered: $!");
    close_groups() or fail($no_cover, "the control groups could not be closed: $!");
  }
  # It takes its time to start, from the machine's root: the session's is built meanwhile.
  my $forwarder = $given{way} ? start_forwarder() : undef;
  build_root() if defined $root;
  if ($forwarder) {
    my $word = <$forwarder>;
    $word eq "ready\n" or fail($no_forwarder, 'the way to the gateway could not be opened');
  }
  enter_root() if defined $root;
  chdir((text_of('cwd'))[0]) or fail($no_view, 'the working directory is not in the root directory of the session');
  defined syswrite($report, "begun\n") or exit $no_namespace;
  defined(my $pid = fork) or fail($no_view, "there is no process for the program: $!");
  become() if $pid == 0;
  kill $told, $pid if defined $told;
  $SIG{$_} = 'IGNORE' for @signals;
  # All others that it waits for are orphans.
  while ((my $ended = wait) != $pid) { exit $no_view if $ended < 0 }
  defined syswrite($report, "ended $?\n") or exit $no_view;
  exit 0;
}

# SIOCSIFFLAGS with IFF_UP and IFF_RUNNING.
sub raise_loopback {
  my ($any, $request) = (undef, pack 'a16 s x22', 'lo', 0x41);
  return socket($any, 2, 2, 0) && ioctl $any, 0x8914, $request;
}

# A network namespace does not part unix sockets with a path (a container engine's, the bus's, PostgreSQL's, tmux's): those
# that are there now are covered. Left open are those that tell the names of users, which programs need to start.
sub cover_sockets {
  my ($list) = @_;
  my %own;
  for my $way (@{ $given{way} || [] }) {
    my @found = stat pack 'H*', $way->[1];
    $own{"@found[0, 1]"} = 1 if @found;
  }
  while (my $line = <$list>) {
    my ($path) = $line =~ m{(/.*)} or next;
    next if $path =~ m{^/(?:var/lib/sss|run/systemd/userdb)/};
    my @found = stat $path or next;
    next if !-S _ || $own{"@found[0, 1]"};
    attach('/dev/null', $path, 0, $bind, 0) or !-S $path or return 0;
  }
  return 1;
}

# Elsewhere mounted, /proc would still show the processes outside.
sub cover_outer_proc {
  for (mounts_here()) {
    my ($path, undef, $what) = @$_;
    next if $path =~ m{^/proc(?:/|$)} || $what !~ /^proc / || !-e "$path/stat";
    attach('/proc', $path, 0, $bind, 0) or return 0;
  }
  return 1;
}

# The control groups that limit the session could be raised and left by whoever may write there. Nobody in here can undo this.
sub close_groups {
  for (mounts_here()) {
    my ($path, $options, $what) = @$_;
    next unless $what =~ /^cgroup2 |^cgroup .*(?:memory|pids|cpu)/ && $options =~ /^rw/;
    attach('none', $path, 0, $remount | $bind | 1 | flags_in($options), 0) or return 0;
  }
  return 1;
}

sub flags_in {
  my $flags = 0;
  $flags |= $flag_of{$_} || 0 for split /,/, $_[0];
  return $flags;
}

# The stream on which it says that it listens. Nothing of the program's environment concerns it. It reaches each socket,
# which may be made again, by the folder where that is: neither is in the session's root. It keeps the rights of init, so that
# the session, which has fewer, cannot trace it.
sub start_forwarder {
  my ($perl, $program) = text_of('forwarder');
  pipe my $says, my $out or fail($no_forwarder, "there is no pipe: $!");
  defined(my $pid = fork) or fail($no_forwarder, "the forwarder cannot be started: $!");
  if ($pid != 0) {
    close $out;
    return $says;
  }
  my (@words, @folders);
  for (@{ $given{way} }) {
    my ($folder, $name) = pack('H*', $_->[1]) =~ m{^(.*/)([^/]*)$}s;
    sysopen(my $opened, $folder, 0) or exit $no_forwarder;
    # It stays open in the program: F_SETFD.
    fcntl $opened, 2, 0;
    push @folders, $opened;
    push @words, $_->[0], '/proc/self/fd/' . fileno($opened) . "/$name";
  }
  # For the program too: signals to the session reach it.
  $SIG{$_} = 'IGNORE' for @signals;
  %ENV = (MOOSE_SESSION => $ENV{MOOSE_SESSION});
  chdir '/' and open STDIN, '<', '/dev/null' and open STDOUT, '>&', $out and exec { $perl } $perl, '-f', $program, @words;
  exit $no_forwarder;
}

# The session's own root directory, from a plan of mounts like those of fstab(5), by mount-plan.ts.
sub build_root {
  attach('tmpfs', $root, 'tmpfs', 2 | 4, 'mode=0755,size=16m') or fail($no_view, "$root: no memory can be mounted: $!");
  open my $plan, '<', $mounts or fail($no_view, "the plan of the root directory cannot be read: $!");
  while (my $line = <$plan>) {
    chomp $line;
    my ($source, $target, $type, $options) = split / /, $line;
    ($source, $target) = (unescaped($source), unescaped($target));
    next if place($source, $target, $type, $options);
    my $problem = $!;
    my $path = substr $target, length $root;
    is_gone($source, $path) or fail($no_view, "the path $path cannot be shown: $problem");
  }
}

sub place {
  my ($source, $target, $type, $options) = @_;
  if ($type eq 'file' || $type eq 'link') {
    make_folder($target =~ m{^(.*)/}s);
    # EEXIST: a file is made below it.
    return $type eq 'file' ? sysopen(my $file, $target, 64, 0644) : symlink($source, $target) || $! == 17;
  }
  my ($flags, @data) = (0);
  for (split /,/, $options) {
    if ($flag_of{$_}) { $flags |= $flag_of{$_} }
    elsif ($_ eq 'X-mount.mkdir') { make_folder($target) }
    else { push @data, $_ }
  }
  my $data = join ',', @data;
  return attach($source, $target, $type, $flags, $data) if $flags & $remount || !($flags & $bind);
  attach($source, $target, 0, $flags & $flag_of{rbind}, 0) or return 0;
  # A new bind mount has the flags of its source: others are set afterwards.
  return !($flags & $restricting) || attach('none', $target, 0, $remount | $bind | $flags & ~$flag_of{rbind}, 0);
}

# If it cannot be made, what follows says why.
sub make_folder {
  my ($path) = @_;
  return if -d $path;
  my ($parent) = $path =~ m{^(.+)/}s;
  make_folder($parent) if defined $parent;
  mkdir $path, 0755;
}

# Whether a line is for what is gone since the list was made: an upgrade of a package removed a hidden file of the machine's
# settings, or a disk was unmounted that is now read-only.
sub is_gone {
  my ($source, $path) = @_;
  return !grep { $_->[0] eq $path } mounts_here() if $source eq 'below';
  return $path =~ m{^/(?:usr/local/)?etc/} && $source =~ m{^none$|^/dev/null$|/empty/} && !-e $path;
}

# The new root takes the place of the machine's, which nobody in here reaches from then on.
sub enter_root {
  my ($new, $old) = ('.', '.');
  # Both in one place: the old one is on top, and is taken off with all that is below it (MNT_DETACH).
  chdir $root && syscall($call{pivot_root}, $new, $old) == 0 && syscall($call{umount}, $old, 2) == 0 && chdir '/'
    or fail($no_view, "the root directory of the session cannot be entered: $!");
}

# The program.
sub become {
  undef $report;
  $SIG{$_} = 'DEFAULT' for @signals;
  kill $told, $$ if defined $told;
  restrict();
  # PR_SET_NO_NEW_PRIVS: no program gives rights, such as one that is set-user-ID on a mounted folder.
  control(38, 1) or refuse('to give no new rights');
  $kind eq 'user' ? become_user() : drop_rights();
  filter();
  umask $mask;
  delete $ENV{PERL_BADLANG};
  for (grep { /^MOOSE_KEPT_PERL/ } keys %ENV) { $ENV{ substr $_, length 'MOOSE_KEPT_' } = delete $ENV{$_} }
  for (@{ $given{set} || [] }) { $ENV{ pack 'H*', $_->[0] } = pack 'H*', defined $_->[1] ? $_->[1] : '' }
  start_program();
}

# Otherwise it ends as shells do: it is not there (ENOENT), or cannot be run.
sub start_program {
  exec { $program[0] } @program;
  my $code = $! == 2 ? 127 : 126;
  print STDERR "moose: cannot start $program[0]: $!\n";
  exit $code;
}

# Landlock, while there are the rights with which the kernel is asked.
sub restrict {
  my ($create, $add, $restrict) = (444, 445, 446);
  return unless $given{ruleset};
  my ($attributes) = text_of('ruleset');
  my $ruleset = syscall $create, $attributes, length($attributes), 0;
  refuse('a set of rules') if $ruleset < 0;
  for (@{ $given{path} }) {
    my ($of_folder, $of_file, $path) = @$_;
    # Only named, not opened: O_PATH. What is not there needs no rule.
    sysopen(my $named, pack('H*', $path), 0x200000) or next;
    my $rule = pack 'Ql', (-d $named ? $of_folder : $of_file), fileno $named;
    refuse('a rule for a path') if syscall($add, $ruleset, 1, $rule, 0) < 0;
  }
  close_ports($add, $ruleset) if $given{closed};
  refuse('the rules') if syscall($restrict, $ruleset, 0) < 0;
}

# A set of rules lists what is open: each port but these.
sub close_ports {
  my ($add, $ruleset) = @_;
  my %closed = map { $_ => 1 } values_of('closed');
  for my $port (0 .. 65535) {
    next if $closed{$port};
    my $rule = pack 'QQ', 3, $port;
    refuse('a rule for a port') if syscall($add, $ruleset, 2, $rule, 0) < 0;
  }
}

# In a user namespace of its own, the program is the user it was, without power over the namespaces around it.
sub become_user {
  my ($uid, $gid) = values_of('user');
  refuse('a user namespace') unless syscall($call{unshare}, $new_user) == 0 && map_user("$uid 0", "$gid 0");
  # PR_CAPBSET_DROP of CAP_SETFCAP: root gives no program rights that last longer than this namespace.
  control(24, 31) or refuse('the loss of a right');
}

# Root keeps some rights over files.
sub drop_rights {
  # PR_CAPBSET_DROP, up to the last one that this kernel knows: EINVAL. Each kernel knows 32.
  for my $right (0 .. 63) {
    next if $kept_right{$right} || control(24, $right);
    last if $! == 22 && $right >= 32;
    refuse('the loss of a right');
  }
  # Two words each of the effective, permitted and inheritable set, of which the last gets empty, and the ambient with it.
  my ($header, $sets) = (pack('Ll', 0x20080522, 0), "\0" x 24);
  syscall($call{capget}, $header, $sets) == 0 or refuse('to read rights');
  my $kept = 0;
  $kept |= 1 << $_ for keys %kept_right;
  my ($effective, $permitted) = unpack 'LL', $sets;
  $sets = pack 'L6', $effective & $kept, $permitted & $kept;
  syscall($call{capset}, $header, $sets) == 0 or refuse('the loss of rights');
}

# Last, because it refuses to everybody what was needed before.
sub filter {
  return unless $given{filter};
  my ($number, $code) = values_of('filter');
  my $filter = pack 'H*', $code;
  my $described = pack 'S x6 p', length($filter) / 8, $filter;
  refuse('a filter') if syscall($number + 0, 1, 0, $described) < 0;
}

if ($given{door}) {
  join_network() or fail($no_namespace, "another session's network cannot be entered: $!");
  start_program();
}
supervise();
