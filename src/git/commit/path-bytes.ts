/** File names byte for byte: each character is one byte. `shownPath` makes them readable. */
export type PathBytes = string;
