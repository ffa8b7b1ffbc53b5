declare const brand: unique symbol;

/** A value that only one place in the code can make, so that its type proves where it came from. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
