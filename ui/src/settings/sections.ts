/** What can be set, in the order of the list. */
export const sections = ['store', 'receipts', 'selling', 'rules', 'link', 'window'] as const;
export type Section = (typeof sections)[number];
