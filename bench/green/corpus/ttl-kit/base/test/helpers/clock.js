/** A clock that only moves when told to. */
export function fakeClock(start = 0) {
  let time = start;
  return {
    now: () => time,
    tick: (ms) => {
      time += ms;
    },
  };
}
