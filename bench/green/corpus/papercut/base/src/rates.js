export async function rate(currency) {
  const response = await fetch(`https://rates.example/v1/${currency}`);
  const body = await response.json();
  return body.rate;
}
