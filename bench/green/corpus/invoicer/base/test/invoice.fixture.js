module.exports = () => ({
  number: '2024-17',
  taxRate: 0.19,
  lines: [
    { text: 'Consulting', cents: 12050, quantity: 3 },
    { text: 'Travel', cents: 4999, quantity: 1 },
  ],
});
