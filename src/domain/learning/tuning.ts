export const tuning = {
  draws: 64,
  sharpness: 4,
  explored: 0.02,
  optimisticTrials: 2,
  optimisticShare: 0.5,
  fadePerTask: 0.995,
  fadePerOwn: 0.99,
  shift: 1.5,
  alarm: 4.5,
  candidatesMax: 10,
  detect: true,
};
