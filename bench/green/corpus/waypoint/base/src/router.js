/** Routes such as `/files/:name`; the first that matches wins. */
export class Router {
  #routes = []

  add(method, pattern, handler) {
    this.#routes.push({ method, parts: pattern.split('/').filter(Boolean), handler })
    return this
  }

  /** The handler and its parameters, or null. */
  match(method, path) {
    const parts = path.split('/').filter(Boolean)
    for (const route of this.#routes) {
      if (route.method !== method || route.parts.length !== parts.length) continue
      const params = {}
      const fits = route.parts.every((part, i) => {
        if (!part.startsWith(':')) return part === parts[i]
        params[part.slice(1)] = parts[i]
        return true
      })
      if (fits) return { handler: route.handler, params }
    }
    return null
  }

  async handle(request) {
    const found = this.match(request.method, request.path)
    if (!found) return { status: 404, body: 'not found' }
    return found.handler({ ...request, params: found.params })
  }
}
