import type { Department } from '../bindings';

/** The departments in the order of their tree, each with how deep it stands in it. */
export function treeOf(departments: Department[]): Array<{ department: Department; deep: number }> {
  const ids = new Set(departments.map(({ id }) => id));
  const below = (parent: string | null, deep: number): Array<{ department: Department; deep: number }> =>
    departments
      .filter((one) => (one.parent !== null && ids.has(one.parent) ? one.parent : null) === parent)
      .flatMap((department) => [{ department, deep }, ...below(department.id, deep + 1)]);
  return below(null, 0);
}
