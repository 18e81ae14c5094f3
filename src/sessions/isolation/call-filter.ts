// A system call filter (seccomp). It blocks
// - the kernel's per-user keyrings, which have no name in the file system,
// - leases: with one, a program makes everybody else who opens a file of its user wait for most of a minute,
// - sockets to the host of a virtual machine (vsock), which belong to no network namespace,
// - modes by which whoever starts a file gets the rights of its owner or group (setuid, setgid): the file would survive
//   the session,
// - new namespaces, unless a person allows them to the project: in them, a program has rights over much of the kernel,
// - io_uring, and other calls whose arguments are in memory, where a filter cannot see what they ask for.
// For sessions that keep the machine's network but must not reach some of its ports, it also blocks the ways around
// Landlock, which only checks TCP's connect(2): sockets of protocols that speak TCP under another name (MPTCP, SMC), and
// a first message that connects by itself (TCP fast open). Many machines already forbid all of these, so programs manage
// without them.
import {
  type CallNumbers,
  type CallsOfArchitecture,
  callNumbersOf,
  clone3,
  ioUringSetup,
  openat2,
} from './call-numbers.ts';

/** The size of a struct sock_filter. */
type Instruction = readonly [code: number, jumpTrue: number, jumpFalse: number, value: number];

export interface FilterRequest {
  closesPorts: boolean;
  /** Whether programs may make namespaces of their own. */
  allowsNamespaces?: boolean | undefined;
}

/**
 * Where the filter finds its input: the number of the call, its architecture, and the lower halves of its arguments.
 */
const callAt = 0;
const architectureAt = 4;
const argumentAt = (index: number) => 16 + 8 * index;

const notPermitted = 1;
const noSuchCall = 38;
const noProtocol = 93;
const notSupported = 95;
const noFamily = 97;

const families = { unix: 1, inet: 2, inet6: 10, netlink: 16, vsock: 40 };
const typeMask = 0xf;
const stream = 1;
const tcp = 6;
const fastOpen = 0x2000_0000;
/** F_SETLEASE of fcntl(2). */
const setLease = 1_024;
/** S_ISUID and S_ISGID. */
const rightsOfOwner = 0o6000;
/** O_CREAT and __O_TMPFILE: without them, open(2) reads no mode. */
const creates = 0x40_0040;
/** All of CLONE_NEW… that clone(2) has. */
const newNamespaces = 0x7e02_0000;
/** CLONE_NEWTIME, which only unshare(2) has. */
const newTime = 0x80;

const allow: Instruction = [0x06, 0, 0, 0x7fff_0000];
const refuse = (errno: number): Instruction => [0x06, 0, 0, 0x0005_0000 | errno];
const load = (offset: number): Instruction => [0x20, 0, 0, offset];
const mask = (bits: number): Instruction => [0x54, 0, 0, bits];
const equals = 0x15;
const atLeast = 0x35;
const anyBitOf = 0x45;

/** Each path through the filter ends with this block. */
function when(test: number, value: number, block: readonly Instruction[]): Instruction[] {
  return [[test, 0, block.length, value], ...block];
}

function unless(test: number, value: number, block: readonly Instruction[]): Instruction[] {
  return [[test, block.length, 0, value], ...block];
}

const forEach = (calls: readonly number[], block: readonly Instruction[]) =>
  calls.flatMap((call) => when(equals, call, block));

export interface CallFilter {
  code: string;
  /** The number of the call that installs it. */
  call: number;
}

/** Null for a processor whose call numbers are unknown here. */
export function callFilter(architecture: string, wish: FilterRequest): CallFilter | null {
  const numbers = callNumbersOf[architecture];
  if (numbers === undefined) return null;
  return { code: codeOf(programOf(numbers, wish)), call: numbers.seccomp };
}

function programOf(numbers: CallNumbers, wish: FilterRequest): Instruction[] {
  const { foreign, callMax, architecture } = numbers;
  const other = [
    load(callAt),
    ...forEach(
      [...foreign.keys, ...foreign.opaque, ...(wish.closesPorts ? foreign.sockets : [])],
      [refuse(noSuchCall)],
    ),
    ...when(equals, foreign.socket, noHost),
    ...everywhere(foreign, wish),
    allow,
  ];
  const native = [
    load(callAt),
    ...when(atLeast, callMax, [refuse(noSuchCall)]),
    ...forEach([...numbers.keys, ioUringSetup], [refuse(notPermitted)]),
    ...(wish.closesPorts ? socketsOf(numbers) : when(equals, numbers.socket, noHost)),
    ...everywhere(numbers, wish),
    allow,
  ];
  return [
    load(architectureAt),
    ...when(equals, architecture, native),
    ...when(equals, foreign.architecture, other),
    refuse(noSuchCall),
  ];
}

const noHost = [load(argumentAt(0)), ...when(equals, families.vsock, [refuse(noFamily)]), allow];
const noLease = [load(argumentAt(1)), ...when(equals, setLease, [refuse(notPermitted)]), allow];

/** Runs after the call's number was loaded. */
function everywhere(calls: CallsOfArchitecture, { allowsNamespaces = false }: FilterRequest): Instruction[] {
  const { fcntl, modes, opens, clone, unshare, setns } = calls;
  return [
    ...forEach(fcntl, noLease),
    ...modes.flatMap(({ at, calls }) => forEach(calls, noRights(at))),
    ...opens.flatMap(({ at, calls }) =>
      forEach(calls, [load(argumentAt(at - 1)), ...unless(anyBitOf, creates, [allow]), ...noRights(at)]),
    ),
    // The C library then uses the older calls, whose arguments are seen.
    ...when(equals, openat2, [refuse(noSuchCall)]),
    ...(allowsNamespaces
      ? []
      : [
          ...when(equals, clone, noNamespaces(newNamespaces)),
          ...when(equals, unshare, noNamespaces(newNamespaces | newTime)),
          ...when(equals, setns, [refuse(notPermitted)]),
          ...when(equals, clone3, [refuse(noSuchCall)]),
        ]),
  ];
}

function noRights(modeAt: number): Instruction[] {
  return [load(argumentAt(modeAt)), ...when(anyBitOf, rightsOfOwner, [refuse(notPermitted)]), allow];
}

function noNamespaces(flags: number): Instruction[] {
  return [load(argumentAt(0)), ...when(anyBitOf, flags, [refuse(notPermitted)]), allow];
}

/** Runs after the call's number was loaded. */
function socketsOf(calls: Pick<CallNumbers, 'socket' | 'sendto' | 'sendmsg' | 'sendmmsg'>): Instruction[] {
  const inet = [
    load(argumentAt(1)),
    mask(typeMask),
    ...unless(equals, stream, [allow]),
    load(argumentAt(2)),
    ...when(equals, 0, [allow]),
    ...when(equals, tcp, [allow]),
    refuse(noProtocol),
  ];
  const socket = [
    load(argumentAt(0)),
    ...when(equals, families.unix, [allow]),
    ...when(equals, families.netlink, [allow]),
    ...when(equals, families.inet, inet),
    ...when(equals, families.inet6, inet),
    refuse(noFamily),
  ];
  const send = (flagsIndex: number) => [
    load(argumentAt(flagsIndex)),
    ...when(anyBitOf, fastOpen, [refuse(notSupported)]),
    allow,
  ];
  return [
    ...when(equals, calls.socket, socket),
    ...when(equals, calls.sendto, send(3)),
    ...when(equals, calls.sendmsg, send(2)),
    ...when(equals, calls.sendmmsg, send(3)),
  ];
}

function codeOf(program: readonly Instruction[]): string {
  const bytes = Buffer.alloc(program.length * 8);
  for (const [index, [code, jumpTrue, jumpFalse, value]] of program.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(jumpTrue, index * 8 + 2);
    bytes.writeUInt8(jumpFalse, index * 8 + 3);
    bytes.writeUInt32LE(value >>> 0, index * 8 + 4);
  }
  return bytes.toString('hex');
}
