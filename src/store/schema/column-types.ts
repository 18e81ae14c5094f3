// The types of columns for reading and writing, by SQL type and by whether an insert may leave the column out.
import type { ColumnType } from 'kysely';

/** JSON is read as its shape, and written as text. */
export type Json<T> = ColumnType<T, string, string>;
export type JsonWithDefault<T> = ColumnType<T, string | undefined, string>;
export type OptionalJson<T> = ColumnType<T | null, string | null | undefined, string | null>;
export type WithDefault<T> = ColumnType<T, T | undefined, T>;
export type Optional<T> = ColumnType<T | null, T | null | undefined, T | null>;
export type At = ColumnType<Date, Date | string | undefined, Date | string>;
