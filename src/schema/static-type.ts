/**
 * A protocol type as schemas and REST classes can express it: ids are plain strings, nothing is read-only, and fields
 * that are never present are left out.
 */
export type Unbranded<T> = T extends string & { readonly __id: string }
  ? string
  : T extends readonly (infer Item)[]
    ? Unbranded<Item>[]
    : T extends object
      ? { -readonly [K in keyof T as [Exclude<T[K], undefined>] extends [never] ? never : K]: Unbranded<T[K]> }
      : T;

/** True when each type is assignable to the other and both have the same fields. */
export type Same<One, Other> = [One, Other, keyof One, keyof Other] extends [Other, One, keyof Other, keyof One]
  ? true
  : false;

/** True when a REST class has exactly the fields and types of a protocol type. */
export type SameAsProtocol<Response, Contract> = Same<Unbranded<Response>, Unbranded<Contract>>;

/** Compiles only when every property is `true`. */
export type Every<All extends Readonly<Record<string, true>>> = All;
