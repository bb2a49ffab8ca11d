import { describe, expect, it } from 'vitest';
import { missingOf, proposeCode, type Draft } from './draft';

const draft: Draft = {
  name: 'Rideau Corner',
  code: 'RC',
  tenant: '',
  street: '',
  city: '',
  taxNumbers: ['', ''],
  region: 'ON',
  register: '1',
  languages: ['en', 'fr'],
  timeZone: 'America/Toronto',
  manager: 'Manager',
  managerLanguage: 'en',
  pin: '4444',
  office: 'https://office.example',
  ticket: 'ABCDE-FGHJK',
};

describe('proposeCode', () => {
  it.each([
    ['Rideau Corner', 'RC'],
    ['Épicerie du Vieux-Port', 'EDVP'],
    ['Bytown', 'BYT'],
    ['Œuf', 'UF'],
    ['7 Days', '7D'],
    ['!', ''],
    ['a b c d e f g h i j', 'ABCDEFGH'],
  ])('%s', (name, code) => expect(proposeCode(name)).toBe(code));
});

describe('missingOf', () => {
  it.each([
    ['store', {}, null],
    ['store', { name: ' ' }, 'name'],
    ['store', { code: 'R' }, 'code'],
    ['store', { code: 'R-C' }, 'code'],
    ['store', { tenant: 'ACME-1' }, null],
    ['store', { tenant: 'ACME & Co' }, 'tenant'],
    ['region', { region: null }, 'region'],
    ['register', { register: '999' }, null],
    ['register', { register: '1000' }, 'register'],
    ['register', { register: '0' }, 'register'],
    ['manager', { manager: '' }, 'manager'],
    ['manager', { pin: null }, 'pin'],
    ['manager', {}, null],
    ['join', { office: ' ' }, 'office'],
    ['join', { ticket: '' }, 'ticket'],
    ['join', {}, null],
  ] as const)('%s %o', (step, change, missing) => expect(missingOf({ ...draft, ...change }, step)).toBe(missing));
});
