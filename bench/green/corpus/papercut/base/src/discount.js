export function discountFor(customer, net) {
  if (!customer.since) return 0;
  return net >= 10000 ? Math.round(net * 0.02) : 0;
}
