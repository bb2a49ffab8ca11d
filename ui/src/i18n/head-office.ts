import type { Language } from '../bindings';
import type { Problem } from '../office/ask';
import { span } from '../office/spans';
import type { Said } from './en';
import { en, type HeadOfficeMessages } from './en-head-office';
import { fr } from './fr-head-office';
import { words } from './words.svelte';

const tongues: Record<Language, HeadOfficeMessages> = { en, fr };

/** The words of the moment for head office's pages. */
export const headOffice = {
  get t(): HeadOfficeMessages {
    return tongues[words.language];
  },
  /** Why something was not done, in words that one can act on. */
  refusal(problem: Problem): Said {
    const { t } = this;
    if (problem.kind === 'too_many_tries') return t.wait(span(Number(problem.seconds) * 1000, t.ago));
    if (problem.kind === 'password_bad')
      return { fact: t.choosing.bad(String(problem.least)), then: t.catalogue.nothing };
    if (problem.kind === 'sign_in_taken')
      return { fact: t.people.taken(String(problem.sign_in)), then: t.catalogue.nothing };
    return t.refusals[problem.kind] ?? t.other(problem.title);
  },
};
