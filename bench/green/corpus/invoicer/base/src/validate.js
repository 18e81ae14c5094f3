function validate(invoice) {
  const problems = [];
  if (!invoice.number) problems.push('number is missing');
  if (!Array.isArray(invoice.lines) || invoice.lines.length === 0) problems.push('no lines');
  return problems;
}

module.exports = { validate };
