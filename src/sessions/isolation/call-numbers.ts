// The numbers of the system calls that the filter of a session looks at, on each architecture.

/** Calls whose argument of this number is the mode of a file. */
interface ModeCalls {
  at: number;
  calls: readonly number[];
}

export interface CallsOfArchitecture {
  architecture: number;
  /** The second argument says what it does: fcntl, fcntl64. */
  fcntl: readonly number[];
  /** add_key, request_key, keyctl. */
  keys: readonly number[];
  socket: number;
  modes: readonly ModeCalls[];
  /** The argument before the mode has flags, which say whether there is a mode. */
  opens: readonly ModeCalls[];
  /** Its flags are the first argument, as those of unshare. */
  clone: number;
  unshare: number;
  setns: number;
}

export interface CallNumbers extends CallsOfArchitecture {
  seccomp: number;
  sendto: number;
  sendmsg: number;
  sendmmsg: number;
  /** Another architecture whose calls this kernel accepts too. */
  foreign: CallsOfArchitecture & {
    /** These open sockets too, of which the filter sees no family. */
    opaque: readonly number[];
    sockets: readonly number[];
  };
  /** Call numbers from here on belong to another calling convention, and are blocked. */
  callMax: number;
}

export const ioUringSetup = 425;
/** These two have had the same numbers on all architectures since their first kernel. Their arguments are in memory. */
export const clone3 = 435;
export const openat2 = 437;
const fchmodat2 = 452;
const socketcall = 102;

const ofI386 = {
  architecture: 0x4000_0003,
  fcntl: [55, 221],
  keys: [286, 287, 288],
  socket: 359,
  modes: [
    // chmod, fchmod, creat, mknod
    { at: 1, calls: [15, 94, 8, 14] },
    // fchmodat, fchmodat2, mknodat
    { at: 2, calls: [306, fchmodat2, 297] },
  ],
  // open, openat
  opens: [
    { at: 2, calls: [5] },
    { at: 3, calls: [295] },
  ],
  clone: 120,
  unshare: 310,
  setns: 346,
};

const ofArm = {
  architecture: 0x4000_0028,
  fcntl: [55, 221],
  keys: [309, 310, 311],
  socket: 281,
  modes: [
    { at: 1, calls: [15, 94, 8, 14] },
    { at: 2, calls: [333, fchmodat2, 324] },
  ],
  opens: [
    { at: 2, calls: [5] },
    { at: 3, calls: [322] },
  ],
  clone: 120,
  unshare: 337,
  setns: 375,
};

export const callNumbersOf: Readonly<Record<string, CallNumbers>> = {
  x64: {
    seccomp: 317,
    architecture: 0xc000_003e,
    socket: 41,
    sendto: 44,
    sendmsg: 46,
    sendmmsg: 307,
    fcntl: [72],
    keys: [248, 249, 250],
    modes: [
      // chmod, fchmod, creat, mknod
      { at: 1, calls: [90, 91, 85, 133] },
      // fchmodat, fchmodat2, mknodat
      { at: 2, calls: [268, fchmodat2, 259] },
    ],
    // open, openat
    opens: [
      { at: 2, calls: [2] },
      { at: 3, calls: [257] },
    ],
    clone: 56,
    unshare: 272,
    setns: 308,
    foreign: {
      ...ofI386,
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
    fcntl: [25],
    keys: [217, 218, 219],
    // The oldest calls do not exist there.
    modes: [
      { at: 1, calls: [52] },
      { at: 2, calls: [53, fchmodat2, 33] },
    ],
    opens: [{ at: 3, calls: [56] }],
    clone: 220,
    unshare: 97,
    setns: 268,
    foreign: {
      ...ofArm,
      opaque: [socketcall, ioUringSetup],
      // socket, sendto, sendmsg, sendmmsg
      sockets: [281, 290, 296, 374],
    },
    callMax: 0x4000_0000,
  },
};
