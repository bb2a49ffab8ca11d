import type { Language, Person, Role } from '../bindings';

/** What is written of an operator until it is saved; without a PIN, the one they have stays. */
export type Draft = { name: string; role: Role; language: Language; pin: string | null };
/** Why it cannot be saved yet. */
export type Missing = 'name' | 'pin' | 'change';

export const roles: Role[] = ['cashier', 'supervisor', 'manager'];

/** What is known of somebody; of somebody new, that most are cashiers. */
export function draftOf(person: Person | null, language: Language): Draft {
  if (!person) return { name: '', role: 'cashier', language, pin: null };
  return { name: person.name, role: person.role, language: person.language, pin: null };
}

/** Whether anything would be lost. */
export function isChanged(draft: Draft, person: Person | null): boolean {
  const name = draft.name.trim();
  if (draft.pin !== null) return true;
  if (!person) return name !== '';
  return name !== person.name || draft.role !== person.role || draft.language !== person.language;
}

export function missingOf(draft: Draft, person: Person | null): Missing | null {
  if (draft.name.trim() === '') return 'name';
  if (!person && draft.pin === null) return 'pin';
  return isChanged(draft, person) ? null : 'change';
}

/** Who works here first, then who has left. */
export function listed(people: Person[]): Person[] {
  return [...people.filter(({ active }) => active), ...people.filter(({ active }) => !active)];
}

/** Until when wrong PINs keep a name locked; nothing once that is over. */
export function lockedUntil({ locked_until }: Person, now: Date): string | null {
  return locked_until !== null && new Date(locked_until) > now ? locked_until : null;
}

/** Who stands above or below in the list. */
export function neighbour(people: Person[], id: string | null, by: 1 | -1): Person | null {
  const at = people.findIndex((one) => one.id === id);
  if (at < 0) return people[by === 1 ? 0 : people.length - 1] ?? null;
  return people[at + by] ?? null;
}
