import type { Language, Region } from '../bindings';

export type Step = 'store' | 'region' | 'register' | 'manager' | 'join';

/** What is being typed about a store that is not there yet. */
export type Draft = {
  name: string;
  code: string;
  tenant: string;
  street: string;
  city: string;
  taxNumbers: [string, string];
  region: Region | null;
  register: string;
  languages: Language[];
  timeZone: string;
  manager: string;
  managerLanguage: Language;
  pin: string | null;
  /** where head office of a store is that sells already, and what it gave out for this register */
  office: string;
  ticket: string;
};
export type Missing = 'name' | 'code' | 'tenant' | 'region' | 'register' | 'manager' | 'pin' | 'office' | 'ticket';

/** The first letters of the words of a name, or the first letters of the only one. */
export function proposeCode(name: string): string {
  const words = name
    .normalize('NFD')
    .toUpperCase()
    .split(/[^A-Z0-9\u0300-\u036f]+/)
    .map((word) => word.replace(/[^A-Z0-9]/g, ''))
    .filter((word) => word !== '');
  const code = words.length > 1 ? words.map((word) => word[0]).join('') : (words[0] ?? '').slice(0, 3);
  return code.slice(0, 8);
}

/** What a step still wants before the next can begin. */
export function missingOf(draft: Draft, step: Step): Missing | null {
  switch (step) {
    case 'store':
      if (draft.name.trim() === '') return 'name';
      if (!/^[A-Z0-9]{2,8}$/.test(draft.code)) return 'code';
      return /^[A-Za-z0-9-]{0,16}$/.test(draft.tenant.trim()) ? null : 'tenant';
    case 'region':
      return draft.region === null ? 'region' : null;
    case 'register':
      return /^[1-9]\d{0,2}$/.test(draft.register) ? null : 'register';
    case 'manager':
      if (draft.manager.trim() === '') return 'manager';
      return draft.pin === null ? 'pin' : null;
    case 'join':
      if (draft.office.trim() === '') return 'office';
      return draft.ticket.trim() === '' ? 'ticket' : null;
  }
}
