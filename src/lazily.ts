/**
 * What `make` returns, made when it is first asked for. A loop in the body of a module makes V8 compile all of the bundle
 * once more, and most processes ask for few of the tables; `make` runs among the application's code: primordials only.
 */
export function lazily<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
