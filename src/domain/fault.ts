/** Who or what must change before it can succeed. */
export type Fault = 'work' | 'passing' | 'provider' | 'setting' | 'money' | 'time';
