// Loaded into a gateway before its program: the time of day jumps every few seconds, as a clock does that is set, or a virtual
// machine's that was asleep.
const everyMs = 3_000;
const jumpMsMax = 86_400_000;
const Real = Date;
const now = Real.now.bind(Real);
let offset = 0;
setInterval(() => {
  offset = Math.round((Math.random() - 0.5) * 2 * jumpMsMax);
}, everyMs).unref();
const moved = () => now() + offset;
globalThis.Date = new Proxy(Real, {
  construct: (target, given: [], made: typeof Date) =>
    Reflect.construct(
      target,
      given.length === 0 ? [moved()] : given,
      made === globalThis.Date ? target : made,
    ),
  get: (target, key) => (key === 'now' ? moved : Reflect.get(target, key)),
});

export {};
