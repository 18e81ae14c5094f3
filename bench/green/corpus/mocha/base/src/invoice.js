/** What has to be paid, with tax. */
export function gross(lines) {
  return lines.reduce((sum, line) => sum + line.net * line.count, 0);
}

export function net(lines) {
  return lines.reduce((sum, { net, count }) => sum + net * count, 0);
}

export function mean(numbers) {
  if (numbers.length === 0) return 0;
  return net(numbers.map((net) => ({ net, count: 1 }))) / numbers.length;
}

export function dueDate(issued) {
  const date = new Date(issued);
  date.setDate(date.getDate() + 30);
  return date.toISOString().slice(0, 10);
}
