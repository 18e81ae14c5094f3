export default [
  {
    rules: { eqeqeq: 'error', 'no-var': 'error', 'no-empty': 'error', 'no-unused-vars': 'warn', complexity: ['error', 6] },
  },
];
