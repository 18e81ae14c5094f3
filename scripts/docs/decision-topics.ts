// The topics of the index of decisions. Each page of `docs/adr` belongs to exactly one.

export interface DecisionTopic {
  title: string;
  numbers: readonly number[];
}

export const decisionTopics: readonly DecisionTopic[] = [
  { title: 'Runs, processes and machines', numbers: [1, 3, 4, 5, 30, 55, 89, 91, 104, 127, 141, 142, 145] },
  { title: 'Database and data', numbers: [2, 7, 31, 73, 76, 119, 121, 139, 140, 143] },
  {
    title: 'Work orders, specs and plans',
    numbers: [37, 42, 52, 54, 60, 61, 64, 95, 97, 98, 132, 136],
  },
  {
    title: 'Sessions and isolation',
    numbers: [6, 20, 27, 33, 34, 46, 47, 50, 51, 53, 56, 106, 122, 131, 134, 135, 138],
  },
  { title: 'Repositories and worktrees', numbers: [28, 40, 41, 43, 48, 109, 110, 144, 146, 147] },
  { title: 'Forges and pull requests', numbers: [13, 36, 57, 58, 59, 62, 67] },
  { title: 'Money and models', numbers: [8, 19, 21, 29, 32, 63, 90, 96, 99, 102, 117, 120, 129, 130] },
  {
    title: 'Failures and recovery',
    numbers: [14, 17, 18, 72, 80, 81, 82, 111, 113, 114, 115, 116, 118, 124],
  },
  { title: 'Learning', numbers: [65, 66, 69, 70, 75, 78] },
  { title: 'Secrets, sign-in and access', numbers: [16, 44, 86, 94, 103] },
  {
    title: 'What people see',
    numbers: [15, 22, 23, 24, 25, 26, 38, 49, 87, 100, 101, 123, 128, 137],
  },
  { title: 'Chaos and tests', numbers: [71, 79, 88, 92, 112] },
  { title: 'Verification', numbers: [125, 126, 148] },
  {
    title: 'Code, build and releases',
    numbers: [9, 10, 11, 12, 35, 39, 45, 68, 84, 85, 108],
  },
];
