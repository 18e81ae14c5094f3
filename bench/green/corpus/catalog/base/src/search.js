export function search(products, term) {
  const t = term.toLowerCase();
  return products.filter((p) => p.title.toLowerCase().includes(t));
}
