export function logLine(req, status, ms) {
  return JSON.stringify({ method: req.method, url: req.url, headers: req.headers, status, ms });
}
