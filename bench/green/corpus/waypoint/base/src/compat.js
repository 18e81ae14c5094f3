// Stand-ins for Node 16.
export const at = (list, index) => list[index < 0 ? list.length + index : index]

export const structuredCopy = globalThis.structuredClone ?? (value => JSON.parse(JSON.stringify(value)))
