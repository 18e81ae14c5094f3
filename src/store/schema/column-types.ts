// The types of columns for reading and writing, by SQL type and by whether an insert may leave the column out.
import type { ColumnType, JSONColumnType } from 'kysely';

export type Json<T> = JSONColumnType<T & object, string, string>;
export type WithDefault<T> = ColumnType<T, T | undefined, T>;
export type Optional<T> = ColumnType<T | null, T | null | undefined, T | null>;
export type OptionalJson<T> = ColumnType<T | null, string | null | undefined, string | null>;
export type At = ColumnType<Date, Date | string | undefined, Date | string>;
