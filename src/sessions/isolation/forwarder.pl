# Forwards connections to 127.0.0.1:PORT in a session's network to a Unix socket outside, the gateway's or the egress proxy's,
# byte by byte, both ways.
#
#   perl -f forwarder.pl PORT SOCKET [PORT SOCKET]
#
# It ends with the session, not before: whoever starts it makes it ignore signals, because signals to the program reach it too.
# No module is loaded: when the session begins, none of their files is in reach.

# Far more than an agent's concurrent calls; further ones wait.
my $connections_max = 1024;
# A gateway that is being replaced is unavailable for about a second.
my ($away_seconds_max, $look_seconds) = (5, 0.1);
# What is read of one side before the other takes it.
my $bytes_max = 256 * 1024;

# Errors and constants of Linux: no module tells them.
my ($try_again, $interrupted) = (11, 4);
my ($unix, $internet, $stream, $nonblocking) = (1, 2, 1, 2048);

# Each connection has a client's side and, once it is reached, the gateway's. A side has its socket, the other side, what is
# still to be written to it, whether it has said all, and whether it has been told that the other one has.
my (@listeners, %waiting, %sides);

sub quiet {
  my ($socket) = @_;
  # F_SETFL
  fcntl $socket, 4, $nonblocking;
  return $socket;
}

sub listen_at {
  my ($port, $path) = @_;
  socket(my $socket, $internet, $stream, 0) or exit 1;
  # SO_REUSEADDR
  setsockopt $socket, 1, 2, pack 'l', 1;
  bind($socket, pack 'S n a4 x8', $internet, $port, "\x7f\0\0\1") && listen($socket, 511) or exit 1;
  push @listeners, { socket => quiet($socket), path => $path };
}

sub accept_from {
  my ($listener) = @_;
  my $socket;
  if (!accept $socket, $listener->{socket}) {
    # EMFILE: further ones wait for those that are there.
    $connections_max = int(keys(%sides) / 2) + keys(%waiting) || 1 if $! == 24;
    return;
  }
  # TCP_NODELAY
  setsockopt $socket, 6, 1, pack 'l', 1;
  my $client = { socket => quiet($socket), path => $listener->{path}, until => time + $away_seconds_max };
  $waiting{ fileno $socket } = $client;
  reach($client);
}

sub reach {
  my ($client) = @_;
  my $number = fileno $client->{socket};
  # More than all of it: the clock was set back.
  my $left = $client->{until} - time;
  my $socket;
  if (socket($socket, $unix, $stream, 0) && connect quiet($socket), pack 'S a*x', $unix, $client->{path}) {
    delete $waiting{$number};
    my $gateway = { socket => $socket, other => $client, out => '' };
    @$client{qw(other out)} = ($gateway, '');
    $sides{$number} = $client;
    $sides{ fileno $socket } = $gateway;
  }
  elsif ($left < 0 || $left > $away_seconds_max) {
    delete $waiting{$number};
    reset_client($client->{socket});
  }
}

# Closed at once, it reads as broken and not as complete: SO_LINGER.
sub reset_client {
  my ($socket) = @_;
  setsockopt $socket, 1, 13, pack 'll', 1, 0;
  close $socket;
}

# If one half breaks, the other is broken too, so that neither side takes a cut-off stream for a complete one.
sub break_off {
  my ($side) = @_;
  for my $each ($side, $side->{other}) {
    delete $sides{ fileno $each->{socket} };
    $each->{isOver} = 1;
    reset_client($each->{socket});
  }
  delete $side->{other}{other};
  delete $side->{other};
}

sub read_from {
  my ($side) = @_;
  my $other = $side->{other};
  my $bytes = sysread $side->{socket}, $other->{out}, $bytes_max, length $other->{out};
  if ($bytes) { write_to($other) }
  elsif (defined $bytes) {
    $side->{hasEnded} = 1;
    write_to($other);
  }
  elsif ($! != $try_again && $! != $interrupted) { break_off($side) }
}

sub write_to {
  my ($side) = @_;
  if (length $side->{out}) {
    my $bytes = syswrite $side->{socket}, $side->{out};
    if ($bytes) { substr $side->{out}, 0, $bytes, '' }
    elsif (!defined $bytes && $! != $try_again && $! != $interrupted) {
      # What it said before it left, as an early refusal, is still passed on.
      my $other = $side->{other};
      1 while length $other->{out} < $bytes_max
        and sysread $side->{socket}, $other->{out}, $bytes_max, length $other->{out};
      syswrite $other->{socket}, $other->{out} if length $other->{out};
      return break_off($side);
    }
  }
  return if length $side->{out} || !$side->{other}{hasEnded} || $side->{isTold};
  $side->{isTold} = 1;
  shutdown $side->{socket}, 1;
  return unless $side->{other}{isTold};
  # Both have said all, and have been told so.
  my $other = $side->{other};
  for my $each ($side, $other) {
    delete $sides{ fileno $each->{socket} };
    $each->{isOver} = 1;
    close $each->{socket};
    delete $each->{other};
  }
}

sub turn {
  my ($reading, $writing) = ('', '');
  if (keys(%sides) + 2 * keys(%waiting) < 2 * $connections_max) {
    vec($reading, fileno $_->{socket}, 1) = 1 for @listeners;
  }
  while (my ($number, $side) = each %sides) {
    vec($reading, $number, 1) = 1 unless $side->{hasEnded} || length $side->{other}{out} >= $bytes_max;
    vec($writing, $number, 1) = 1 if length $side->{out};
  }
  my $found = select $reading, $writing, undef, %waiting ? $look_seconds : undef;
  # A copy: who is reached waits no longer.
  reach($_) for my @all = values %waiting;
  return if $found <= 0;
  my @ready = grep { vec($reading, $_, 1) || vec($writing, $_, 1) } keys %sides;
  my %now;
  @now{@ready} = @sides{@ready};
  while (my ($number, $side) = each %now) {
    write_to($side) if vec($writing, $number, 1) && !$side->{isOver};
    read_from($side) if vec($reading, $number, 1) && !$side->{isOver};
  }
  for (@listeners) { accept_from($_) if vec $reading, fileno $_->{socket}, 1 }
}

while (my ($port, $path) = splice @ARGV, 0, 2) { listen_at($port, $path) }
# Whoever waits for the end of this stream goes on now. The descriptor is then occupied again, so that no connection gets it.
syswrite STDOUT, "ready\n";
close STDOUT;
open STDOUT, '>', '/dev/null';
turn() while 1;
