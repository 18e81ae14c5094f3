# The first process of a session's namespaces: prepares them, runs the program, and takes with it, when it ends, all that
# the program has started. Its arguments are those of enter-namespace.sh; descriptor 6 leads to that.
# Functions, and one line that runs them: the file is read whole first, so that replacing it harms no running session.

# Exit codes that probe-isolation.ts knows; only before the program has begun.
no_loopback=41 no_cover=42 no_forwarder=43 no_view=44

# SIOCSIFFLAGS with IFF_UP and IFF_RUNNING, where there is neither ip(8) nor ifconfig(8).
raise_by_perl='use Socket; socket(S, AF_INET, SOCK_DGRAM, 0) || exit 1; ioctl(S, 0x8914, $lo = pack("a16sx22", "lo", 0x41)) || exit 1'
raise_by_python='import fcntl, socket, struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh22x", b"lo", 0x41))'

raise_loopback() {
  ip link set lo up || ifconfig lo up || busybox ip link set lo up || perl -e "$raise_by_perl" || python3 -c "$raise_by_python"
} >/dev/null 2>&1

# A network namespace does not part unix sockets with a path (a container engine's, the bus's, PostgreSQL's, tmux's): those
# that are there now are covered. Left open are those that tell the names of users, which programs need to start.
cover_sockets() {
  while read -r moose_line; do
    moose_path=/${moose_line#*/}
    case $moose_line in */*) ;; *) continue ;; esac
    case $moose_path in /var/lib/sss/* | /run/systemd/userdb/*) continue ;; esac
    [ -S "$moose_path" ] || continue
    [ "$moose_path" -ef "$moose_socket" ] && continue
    [ "$moose_path" -ef "$moose_second_socket" ] && continue
    mount -n --bind /dev/null "$moose_path" || [ ! -S "$moose_path" ] || return 1
  done
}

# Elsewhere mounted, /proc would still show the processes outside.
cover_outer_proc() {
  while read -r _ _ _ _ moose_path moose_line; do
    case $moose_path:$moose_line in /proc:* | /proc/* | *:"${moose_line#* - proc }") continue ;; esac
    [ -e "$moose_path/stat" ] || continue
    mount -n --bind /proc "$moose_path" || return 1
  done </proc/self/mountinfo
}

# The control groups that limit the session could be raised and left by whoever may write there. Nobody in here can undo this.
close_groups() {
  while read -r _ _ _ _ moose_path moose_options moose_line; do
    case $moose_line in
      *'- cgroup2 '* | *'- cgroup '*memory* | *'- cgroup '*pids* | *'- cgroup '*cpu*) ;;
      *) continue ;;
    esac
    case $moose_options in rw*) ;; *) continue ;; esac
    mount -n -o "remount,bind,ro${moose_options#rw}" "$moose_path" || return 1
  done </proc/self/mountinfo
}

# Its stdout is the sign that it listens: it is closed then. Nothing of the program's environment concerns it. It reaches each
# socket, which may be made anew, by the folder where that is: neither is in the session's root. The session can send it
# signals: none of them may open Node's debugger, which would give the session the rights of this process.
start_forwarder() {
  exec 3<"${0%/*}/forwarder-program.js" 7<"${moose_socket%/*}/" || return
  set -- "$moose_port" "/proc/self/fd/7/${moose_socket##*/}"
  if [ -n "$moose_second_socket" ]; then
    exec 8<"${moose_second_socket%/*}/" || return
    set -- "$@" "$moose_second_port" "/proc/self/fd/8/${moose_second_socket##*/}"
  fi
  cd /
  env -i MOOSE_SESSION="$MOOSE_SESSION" "$moose_node" --disable-sigusr1 --input-type=module - "$@" <&3 3<&- 2>&5 5>&- &
  exec 3<&- 7<&- 8<&-
}

fill_root() {
  mount -n -t tmpfs -o mode=0755,nosuid,nodev,size=16m tmpfs "$moose_root" || return
  # By one process: with one for each link, a fifth of a session's start went by here.
  cp -R -P "$moose_frame/." "$moose_root" || return
  mount -n -a -T "$moose_mounts"
}

# The lines without those for what is gone: a hidden file of the machine's settings, or a mount that became read-only.
still_there() {
  moose_now=' '
  while read -r _ _ _ _ moose_path _; do moose_now="$moose_now$moose_path "; done </proc/self/mountinfo
  while read -r moose_source moose_target moose_line; do
    moose_path=${moose_target#"$moose_root"}
    case $moose_path in
      /etc/* | /usr/local/etc/*)
        case $moose_source in none | /dev/null | */empty/*) [ -e "$moose_path" ] || continue ;; esac
        ;;
    esac
    case $moose_source in below)
      case "$moose_now" in *" $moose_path "*) ;; *) continue ;; esac
      ;;
    esac
    printf '%s\n' "$moose_source $moose_target $moose_line"
  done <"$moose_mounts"
}

# The session's own root directory takes the place of the machine's, which nobody in here reaches from then on.
build_root() {
  # Once more without what is gone since the list was made: an upgrade of a package removes files of /etc, a disk is unmounted.
  moose_error=$(fill_root 2>&1) || {
    still_there >"$moose_mounts.again" && ! cmp -s "$moose_mounts" "$moose_mounts.again" &&
      umount -n -l "$moose_root" && moose_mounts=$moose_mounts.again && fill_root || {
      printf '%s\n' "$moose_error" >&2
      return 1
    }
  }
  cd "$moose_root" && pivot_root . .old && cd / && $moose_loader "${moose_inner}umount" -n -l /.old
}

# The program gives up what the preparation needed: as the user it was, without power over these namespaces.
become() {
  if [ "$moose_how" = user ]; then
    # With a filter of calls, perl does the same: afterwards the filter refuses it to everybody.
    case $moose_plan in *user*) ;; *) set -- $moose_loader "$moose_unshare" --user --map-user="$moose_uid" --map-group="$moose_gid" -- "$@" ;; esac
  else
    # The usual capabilities of a container's root, without those for raw sockets, devices, and programs that give rights.
    set -- $moose_loader "$moose_setpriv" --no-new-privs --inh-caps=-all --bounding-set=-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service,+sys_chroot,+audit_write -- "$@"
  fi
  # Before the rights are given up, with which the kernel is asked. The variable keeps perl from telling of languages.
  [ -z "$moose_perl" ] || PERL_BADLANG=0 exec $moose_loader "$moose_perl" -e "$moose_script" "$moose_plan" "$@"
  exec "$@"
}

fail() {
  printf '%s\n' "$2" >&2
  exit "$1"
}

init() {
  moose_how=$1 moose_network=$2 moose_unshare=$3 moose_node=$4 moose_tools=$5 moose_uid=$6 moose_gid=$7
  moose_port=$8 moose_socket=$9
  shift 9
  moose_second_port=$1 moose_second_socket=$2
  shift 2
  moose_unset=$1 moose_root=$2 moose_mounts=$3 moose_frame=$4 moose_cwd=$5
  moose_perl=$6 moose_script=$7 moose_plan=$8 moose_loader=$9
  shift 9
  moose_path_given=$PATH
  PATH=$moose_tools
  moose_setpriv=$(command -v setpriv)
  # In a container image the machine's tools are beside the loader that starts them.
  moose_inner=
  if [ -n "$moose_loader" ]; then
    moose_inner=${moose_loader%%/ld.so *}/
    moose_unshare=${moose_inner}unshare moose_setpriv=${moose_inner}setpriv
  fi
  exec 5>&2 2>&6 6>&-

  # A joined network has been prepared by the session that holds it.
  case $moose_network in
    machine | joined-*) ;;
    *) raise_loopback || fail $no_loopback 'the loopback interface could not be brought up' ;;
  esac
  moose_network=${moose_network#joined-}
  if [ -z "$moose_root" ]; then
    cover_sockets <&7 || fail $no_cover 'a socket of the machine could not be covered'
    cover_outer_proc || fail $no_cover 'a second /proc could not be covered'
    close_groups || fail $no_cover 'the control groups could not be closed'
  fi
  exec 7<&-
  # The forwarder takes its time to start: the root is built meanwhile.
  moose_said=$(
    [ "$moose_network" != gateway ] || start_forwarder
    [ -z "$moose_root" ] || build_root
  ) || fail $no_view 'the root directory of the session could not be made'
  [ "$moose_network" != gateway ] || [ "$moose_said" = ready ] ||
    fail $no_forwarder 'the way to the gateway could not be opened'
  cd "$moose_cwd" || fail $no_view 'the working directory is not in the root directory of the session'

  printf 'begun\n' >&2
  (
    PATH=$moose_path_given
    # What a shell adds to the environment by itself and the caller did not ask for.
    unset $moose_unset
    become "$@" 2>&5 5>&-
  )
  printf 'ended %s\n' "$?" >&2
}

init "$@"; exit
