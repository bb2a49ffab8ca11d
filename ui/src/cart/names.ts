/** The first numbered name that nothing has yet: Cart 1, Cart 2. */
export function freeName(taken: ReadonlyArray<string>, name: (number: number) => string): string {
  const used = new Set(taken);
  let number = 1;
  while (used.has(name(number))) number += 1;
  return name(number);
}
