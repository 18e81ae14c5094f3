export function SpecsPage() {
  return <h1>SpecsPage</h1>;
}
