/** Who or what has to change before it can go well. */
export type Fault = 'work' | 'passing' | 'provider' | 'setting' | 'money' | 'time';
