# Becomes a program that the kernel itself keeps to what it may do (Landlock, seccomp), with all that it starts, for good.
#
#   perl -e THIS PLAN PROGRAM [ARGUMENT...]
#
# PLAN is what kernel-locks.ts writes; paths and structures of the kernel are in hexadecimal digits. No module is loaded:
# where one would be looked for is in the environment of the program.

sub refuse {
  print STDERR "moose: no isolation for this session: the kernel refused $_[0]: $!\n";
  exit 45;
}

sub note {
  my $file;
  sysopen($file, "/proc/self/$_[0]", 1) && syswrite($file, $_[1]) or refuse("the $_[0] of a user namespace");
}

my ($plan, @program) = @ARGV;
delete $ENV{PERL_BADLANG};
my ($create, $add, $restrict, $ruleset) = (444, 445, 446);
for (split /\n/, $plan) {
  my ($word, @rest) = split / /;
  if ($word eq 'ruleset') {
    my $attributes = pack 'H*', $rest[0];
    $ruleset = syscall $create, $attributes, length($attributes), 0;
    refuse('a set of rules') if $ruleset < 0;
  }
  elsif ($word eq 'path') {
    # Only named, not opened: O_PATH. What is not there needs no rule.
    sysopen(my $named, pack('H*', $rest[2]), 0x200000) or next;
    my $rule = pack 'Ql', (-d $named ? $rest[0] : $rest[1]), fileno $named;
    refuse('a rule for a path') if syscall($add, $ruleset, 1, $rule, 0) < 0;
  }
  elsif ($word eq 'closed') {
    # A set of rules lists what is open: each port but these.
    my %closed = map { $_ => 1 } @rest;
    for my $port (0 .. 65535) {
      next if $closed{$port};
      my $rule = pack 'QQ', 3, $port;
      refuse('a rule for a port') if syscall($add, $ruleset, 2, $rule, 0) < 0;
    }
  }
  elsif ($word eq 'user') {
    # CLONE_NEWUSER: in the namespace so far, this user is root.
    my ($unshare, $prctl, $uid, $gid) = @rest;
    refuse('a user namespace') if syscall($unshare + 0, 0x10000000) < 0;
    note('setgroups', 'deny');
    note('uid_map', "$uid 0 1");
    note('gid_map', "$gid 0 1");
    # PR_CAPBSET_DROP of CAP_SETFCAP: root gives no program rights that last longer than this namespace.
    refuse('the loss of a right') if syscall($prctl + 0, 24, 31, 0, 0, 0) < 0;
  }
  elsif ($word eq 'filter') {
    my $filter = pack 'H*', $rest[1];
    my $program = pack 'S x6 p', length($filter) / 8, $filter;
    refuse('a filter') if syscall($rest[0] + 0, 1, 0, $program) < 0;
  }
  elsif ($word eq 'restrict') {
    refuse('the rules') if syscall($restrict, $ruleset, 0) < 0;
  }
}
exec { $program[0] } @program;
print STDERR "moose: $program[0] cannot be started: $!\n";
exit 126;
