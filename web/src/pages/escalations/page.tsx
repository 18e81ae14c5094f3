export function EscalationsPage() {
  return <h1>EscalationsPage</h1>;
}
