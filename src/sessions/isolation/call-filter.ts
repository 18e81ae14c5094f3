// A system call filter (seccomp). It blocks the kernel's per-user keyrings, which have no name in the file system, and
// leases: with one, a program makes everybody else who opens a file of its user wait for most of a minute. And it blocks
// sockets to the host of a virtual machine (vsock), which belong to no network namespace, and io_uring, which opens
// sockets past any filter. For sessions that keep the machine's network but must not reach some of its ports, it also
// blocks the ways around Landlock, which only checks TCP's connect(2): sockets of protocols that speak TCP under another
// name (MPTCP, SMC), and a first message that connects by itself (TCP fast open). Many machines already forbid all of
// these, so programs manage without them.

/** The size of a struct sock_filter. */
type Instruction = readonly [code: number, jumpTrue: number, jumpFalse: number, value: number];

interface Numbers {
  seccomp: number;
  architecture: number;
  socket: number;
  sendto: number;
  sendmsg: number;
  sendmmsg: number;
  /** Its second argument says what it does. */
  fcntl: number;
  /** add_key, request_key, keyctl. */
  keys: readonly number[];
  /** Another architecture whose calls this kernel accepts too: there, these keys and sockets are blocked. */
  foreign: {
    architecture: number;
    fcntl: readonly number[];
    keys: readonly number[];
    socket: number;
    /** These open sockets too, of which the filter sees no family. */
    opaque: readonly number[];
    sockets: readonly number[];
  };
  /** Call numbers from here on belong to another calling convention, and are blocked. */
  callMax: number;
}

const ioUringSetup = 425;
const socketcall = 102;

const numbersOf: Readonly<Record<string, Numbers>> = {
  x64: {
    seccomp: 317,
    architecture: 0xc000_003e,
    socket: 41,
    sendto: 44,
    sendmsg: 46,
    sendmmsg: 307,
    fcntl: 72,
    keys: [248, 249, 250],
    foreign: {
      architecture: 0x4000_0003,
      // fcntl, fcntl64
      fcntl: [55, 221],
      keys: [286, 287, 288],
      socket: 359,
      opaque: [socketcall, ioUringSetup],
      // sendmmsg, socket, sendto, sendmsg
      sockets: [345, 359, 369, 370],
    },
    callMax: 0x4000_0000,
  },
  arm64: {
    seccomp: 277,
    architecture: 0xc000_00b7,
    socket: 198,
    sendto: 206,
    sendmsg: 211,
    sendmmsg: 269,
    fcntl: 25,
    keys: [217, 218, 219],
    foreign: {
      architecture: 0x4000_0028,
      fcntl: [55, 221],
      keys: [309, 310, 311],
      socket: 281,
      opaque: [socketcall, ioUringSetup],
      // socket, sendto, sendmsg, sendmmsg
      sockets: [281, 290, 296, 374],
    },
    callMax: 0x4000_0000,
  },
};

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

/** Null for a processor whose call numbers are unknown here. */
export function callFilter(
  architecture: string,
  { closesPorts }: { closesPorts: boolean },
): { call: number; code: string } | null {
  const numbers = numbersOf[architecture];
  if (numbers === undefined) return null;
  return { call: numbers.seccomp, code: codeOf(programOf(numbers, closesPorts)) };
}

function programOf({ architecture, callMax, ...calls }: Numbers, closesPorts: boolean): Instruction[] {
  const { foreign, keys } = calls;
  const refused = [...foreign.keys, ...foreign.opaque, ...(closesPorts ? foreign.sockets : [])];
  const other = [
    load(callAt),
    ...refused.flatMap((call) => when(equals, call, [refuse(noSuchCall)])),
    ...when(equals, foreign.socket, noHost),
    ...foreign.fcntl.flatMap((call) => when(equals, call, noLease)),
    allow,
  ];
  const native = [
    load(callAt),
    ...when(atLeast, callMax, [refuse(noSuchCall)]),
    ...keys.flatMap((call) => when(equals, call, [refuse(notPermitted)])),
    ...when(equals, calls.fcntl, noLease),
    ...when(equals, ioUringSetup, [refuse(notPermitted)]),
    ...(closesPorts ? socketsOf(calls) : when(equals, calls.socket, noHost)),
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
function socketsOf(calls: Pick<Numbers, 'socket' | 'sendto' | 'sendmsg' | 'sendmmsg'>): Instruction[] {
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
