/** Compile-time comparison of a TypeBox schema with the type that it checks. */

/** A type of the contract as a schema can say it: ids are plain strings there, nothing is read-only, and what never is there is not named. */
export type Unbranded<T> = T extends string & { readonly __id: string }
  ? string
  : T extends readonly (infer Item)[]
    ? Unbranded<Item>[]
    : T extends object
      ? { -readonly [K in keyof T as [Exclude<T[K], undefined>] extends [never] ? never : K]: Unbranded<T[K]> }
      : T;

/** Whether either type can stand for the other, and no field is missing on one side. */
export type Same<One, Other> = [One, Other, keyof One, keyof Other] extends [Other, One, keyof Other, keyof One]
  ? true
  : false;

/** Compiles only when all are true. */
export type Every<All extends Readonly<Record<string, true>>> = All;
