/** Who or what must change before an attempt can succeed. */
export type Fault = 'work' | 'passing' | 'provider' | 'setting' | 'money' | 'time';
