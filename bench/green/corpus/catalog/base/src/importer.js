// Turns a supplier's feed entry into a product of ours.
export function importEntry(entry) {
  return {
    sku: entry.sku,
    title: entry.name,
    price: { amount: entry.price, currency: entry.currency },
  };
}
