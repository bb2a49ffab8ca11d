import type { PriceReason, Role, VoidReason } from '../bindings';
import type { Messages } from './en';

const officeRefuses: Record<string, string> = {
  code_unknown: 'Ce code n’existe pas. Vérifiez-le lettre par lettre.',
  code_expired: 'Le code est échu. Demandez-en un autre.',
  code_used: 'Le code a déjà servi. Demandez-en un autre.',
  too_many_tries: 'Trop de codes erronés. Réessayez dans dix minutes.',
  other_tenant: 'Le code est pour une autre entreprise que celle de cette caisse.',
  other_store: 'Le code est pour un autre magasin que celui de cette caisse.',
  register_taken: 'Un autre appareil du magasin porte ce numéro de caisse.',
  other_secret: 'Les autres caisses du magasin ont d’autres NIP. Créez plutôt cette caisse avec un code.',
  store_empty: 'Personne de ce magasin n’est encore relié. Commencez par la caisse qui vend déjà.',
  revoked: 'Cet appareil a été révoqué. Demandez au siège.',
};
const roles: Record<Role, string> = { cashier: 'Caisse', supervisor: 'Supervision', manager: 'Gérance' };
const reasons: Record<VoidReason, string> = {
  customer_changed_mind: 'Le client a changé d’idée',
  wrong_item: 'Mauvais article',
  wrong_quantity: 'Mauvaise quantité',
  damaged: 'Article abîmé',
  other: 'Autre motif',
  undone: 'Ajout défait',
  age_refused: 'Âge non prouvé',
};
const priceReasons: Record<PriceReason, string> = {
  shelf_price: 'Prix affiché en rayon',
  price_match: 'Prix d’un concurrent',
  damaged: 'Article abîmé',
  courtesy: 'Geste commercial',
  staff: 'Personnel',
  other: 'Autre motif',
  label: 'Prix de l’étiquette',
};
const approval: Record<Role, string> = {
  cashier: 'Approbation de la caisse',
  supervisor: 'Approbation d’un superviseur',
  manager: 'Approbation d’un gérant',
};
const needs: Record<Role, string> = {
  cashier: 'une caissière ou un caissier',
  supervisor: 'un superviseur',
  manager: 'un gérant',
};

/** Français du Canada, écrit pour la caisse. */
export const fr: Messages = {
  languageName: 'Français',
  language: 'Langue',
  strip: {
    label: 'État',
    link: { ready: 'En ligne', busy: 'En ligne', offline: 'Hors ligne' },
    clockOffHere: (there) =>
      `Les horloges diffèrent : aux autres caisses du magasin, il est ${there}. Réglez celle qui se trompe.`,
    clockOff: (there) => `Les horloges diffèrent : au siège, il est ${there}. Réglez l’horloge de cet ordinateur.`,
    linkIs: { busy: 'rattrapage', ready: 'à jour', offline: 'voisins seulement' },
    register: (number) => `Caisse ${number}`,
    switch: 'Verrouiller, ou laisser la place',
    shiftSince: (time) => `Quart depuis ${time}`,
    noShift: 'Aucun quart ouvert',
    printer: 'Imprimante',
    scanner: 'Lecteur',
    terminal: 'Terminal',
    waiting: (count) => `${count} en attente`,
    lastSale: 'Dernière vente',
    lastSaleStored: (receipt, time, { neighbour, head_office }) =>
      `Dernière vente ${receipt}, inscrite sur ce disque à ${time}` +
      (neighbour ? ', à une autre caisse' : '') +
      (head_office ? ', au siège social' : ''),
    demo: 'DÉMO',
  },
  training: {
    word: 'FORMATION',
    end: 'Terminer la formation',
    signIn: 'Formation : rien n’est vraiment vendu.',
    key: 'Formation',
    drawer: 'Le tiroir reste fermé en formation',
    kept: 'Exercice : effacé à la fin de la formation.',
    title: 'Commencer une formation',
    hint: 'S’exercer à cette caisse telle qu’elle est, jusqu’à la fin de la formation.',
    is: [
      'Articles, prix, règles, imprimante et lecteur sont les vrais.',
      'Aucune vente n’est faite : stock, rapports et numéros de reçu restent tels quels.',
      'Aucune carte n’est débitée, et le tiroir reste fermé.',
      'Tous les exercices sont effacés à la fin.',
    ],
    noted: 'Qui la commence et qui l’autorise est inscrit au journal et figure dans les rapports.',
    begin: 'Commencer',
    began: { fact: 'Formation.', then: 'Rien n’est vraiment vendu jusqu’à la fin.' },
    asks: (name) => `${name} demande à commencer une formation. Sa session reste ouverte.`,
    thisTime: 'Pour cette formation seulement. L’autorisation est inscrite au journal.',
    what: 'À cette caisse',
    endTitle: 'Terminer cette formation ?',
    endHint:
      'Les exercices sont effacés, et la caisse vend de nouveau pour vrai. La personne qui suit ouvre sa session.',
    stay: 'Continuer à s’exercer',
    over: 'La formation est terminée.',
    thrownAway: (sales) =>
      sales === 0
        ? 'Aucune vente d’exercice n’a été faite.'
        : sales === 1
          ? '1 vente d’exercice a été effacée.'
          : `${sales} ventes d’exercice ont été effacées.`,
  },
  lamps: {
    ready: 'prêt',
    attention: 'à voir',
    stopped: 'arrêt',
    offline: 'non branché',
    busy: 'occupé',
    unknown: 'inconnu',
  },
  causes: {
    paper_out: 'plus de papier',
    paper_low: 'bientôt sans papier',
    cover_open: 'couvercle ouvert',
    cutter_jammed: 'massicot bloqué',
    offline: 'hors ligne',
    failed: 'en panne',
    disconnected: 'sans liaison',
    silent: 'sans réponse',
    stalled: 'arrêt en route',
    busy: 'au travail',
    cannot_be_read: 'état inconnu',
    not_configured: 'à installer',
  },
  roles,
  signIn: {
    title: 'Qui est au comptoir ?',
    noShift: (day) => `Aucun quart ouvert. ${sentence(day)}`,
    shiftOpen: (time, day) => `Quart ouvert depuis ${time}. ${sentence(day)}`,
    operators: 'Personnel',
    inShift: 'En quart',
    choose: 'Choisissez votre nom',
    chooseHint: 'puis entrez votre NIP',
    enterPin: 'Entrez votre NIP',
    notYou: 'Pas vous ?',
    pin: (name) => `NIP de ${name}`,
    digits: (count) => (count < 2 ? `${count} chiffre` : `${count} chiffres`),
    signIn: 'Ouvrir',
    wrong: 'NIP erroné.',
    triesLeft: (count) => (count < 2 ? `Encore ${count} essai.` : `Encore ${count} essais.`),
    locked: (time) => `Bloqué jusqu’à ${time}.`,
    lockedHint: 'Une autre personne peut ouvrir sa session.',
    rule: 'Les NIP erronés bloquent un nom pour un temps.',
    scanIgnored: 'Lecture ignorée.',
    scanIgnoredHint: 'Ouvrez d’abord une session.',
  },
  search: {
    label: 'Recherche',
    placeholder: 'Numériser, ou chercher : nom, UGS, GTIN, PLU',
    results: (count) => (count < 2 ? `${count} résultat` : `${count} résultats`),
    none: 'Absent du catalogue',
    noneHint: 'Vérifiez l’orthographe, ou numérisez l’article.',
    choose: 'Haut et Bas choisissent, Entrée ajoute, Échap ferme',
  },
  missing: {
    ask: 'Demander à la gérance de l’ajouter',
    add: 'L’ajouter au catalogue',
    sell: 'Vendre en divers',
    title: 'Qui l’ajoute ?',
    hint: 'La gérance ouvre sa session. Le panier reste tel quel.',
    read: 'Absent du catalogue',
    then: 'On l’ajoute avec son nom, son prix et sa taxe ; il se numérise ensuite.',
    who: 'Qui l’ajoute',
    choose: 'Choisissez qui gère',
    leave: 'Retour au panier',
    goods: 'Le vendre comme quoi ?',
  },
  departments: { label: 'Rayons', favourites: 'Favoris', first: 'Premiers rayons', last: 'Autres rayons' },
  goods: {
    label: 'Articles',
    empty: 'Rien ici pour l’instant. Numérisez ou cherchez.',
    inCart: (count) => `${count} au panier`,
  },
  perKg: '/kg',
  openPrice: 'prix libre',
  ageTag: (years) => `${years}+`,
  pad: {
    label: 'Pavé numérique',
    open: 'Pavé',
    goods: 'Articles',
    quantity: 'Qté',
    quantityOf: (name) => `Quantité de ${name}`,
    modes: 'Ce que le pavé change',
    price: 'Prix',
    discount: 'Rabais',
    priceOf: (name) => `Prix : ${name}`,
    priceOfKg: (name) => `Prix de 1 kg : ${name}`,
    discountOf: (name) => `Rabais : ${name}`,
    discountNow: (name, discount) => `Rabais : ${name}, déjà ${discount}`,
    ofCart: 'tout le panier',
    target: 'Ce que le rabais touche',
    line: 'Cette ligne',
    cart: 'Tout le panier',
    unit: 'Pourcentage ou montant',
    quick: 'Rabais rapides',
    takeAway: 'Retirer le rabais',
    listPrice: 'Prix courant',
    openName: 'Nom',
    note: 'Note',
    park: 'Mettre en attente',
    weight: 'Poids',
    weightOf: (name) => `Poids de ${name}, kg`,
    kg: 'kg',
    noLine: 'Aucune ligne choisie',
    enter: 'Valider',
    cancel: 'Annuler',
    back: 'Effacer un chiffre',
    decimal: ',',
    point: 'Virgule décimale',
    voidLine: 'Annuler la ligne',
    voidCart: 'Annuler le panier',
    xReport: 'Rapport X',
    closeShift: 'Fermer le quart',
    more: 'Autres actions',
  },
  caps: { del: 'Suppr', ctrl: 'Ctrl', esc: 'Échap', enter: 'Entrée', up: 'Haut', down: 'Bas' },
  cart: {
    title: 'Panier',
    lines: (count) => (count < 2 ? `${count} ligne` : `${count} lignes`),
    empty: 'Numérisez le premier article',
    emptyHint: 'ou choisissez-le parmi les articles, ou cherchez avec F2',
    cameBackElsewhere: (receipt) => ({
      fact: `Une autre caisse a repris des articles de ${receipt}.`,
      then: 'Ils ne paient plus rien dans ce panier.',
    }),
    subtotal: 'Sous-total',
    charges: 'Consignes et frais',
    total: 'Total',
    taxOn: (name, rate, base) => `${name} ${rate} sur ${base}`,
    tax: (name, rate) => `${name} ${rate}`,
    voided: (reason) => `annulée : ${down(reason)}`,
    pay: 'Encaisser',
    nothingToPay: 'Rien à encaisser',
    wasAmount: (amount) => `au lieu de ${amount}`,
    waits: (what) => `${what} : approbation requise`,
    discounted: (discount, reason) => `Panier ${discount}, ${down(reason)}`,
    editNote: 'Note du panier',
    parked: 'En attente',
    resumeHint: (count) =>
      count < 2 ? 'ou reprenez le panier en attente' : `ou reprenez un des ${count} paniers en attente`,
    lineSaid: (quantity, name, amount, total) => `${quantity} ${name}, ${amount}. Total ${total}.`,
    lineLabel: (quantity, name, amount) => `${quantity} ${name}, ${amount}`,
    recovered: { fact: 'Le panier est revenu.', then: 'Le programme s’est arrêté ; rien n’est perdu.' },
    dismiss: 'Fermer',
    weighed: 'pesé',
    takenTwice: ({ register, first }) => ({
      fact: `Ce panier a aussi été repris à la caisse ${register}.`,
      then: first ? 'Repris ici en premier : annulez-le là-bas.' : 'Repris là-bas en premier : annulez-le ici.',
    }),
    keepHere: 'Garder ici',
    voidHere: 'Annuler ici',
  },
  unknownCode: { title: 'Absent du catalogue.', read: 'Lu' },
  age: {
    title: (years: number) => `Le client a-t-il ${years} ans ou plus ?`,
    hint: 'Demandé une fois par panier. La réponse est gardée avec votre nom.',
    goods: 'Demande un âge',
    bornBy: 'Né ce jour-là ou avant',
    answers: {
      looks_older: (under: number, _age: number) => `Paraît ${under} ans ou plus`,
      document: (_under: number, age: number) => `Pièce présentée : ${age} ans ou plus`,
      refuse: (_under: number, _age: number) => 'Ne pas vendre : retirer ces lignes',
    },
    toCheck: (years: number) => ({ fact: `Âge à vérifier : ${years}+.`, then: 'Il est demandé avant le paiement.' }),
    check: 'Vérifier l’âge',
    notChecked: 'non vérifié',
    checked: 'Âge vérifié.',
    refused: 'Retiré : âge non prouvé.',
  },
  possession: {
    label: 'Cannabis',
    of: (limit: string) => `sur ${limit}`,
    fits: (left: string) => `il reste ${left}`,
    over: (name: string) => `À retirer : ${name}`,
    tooMuch: 'Au-delà de la limite',
  },
  voids: {
    line: 'Annuler cette ligne ?',
    cart: 'Annuler tout le panier ?',
    why: 'Pourquoi ? Le motif est gardé avec votre nom.',
    reasons,
    gone: (lines, total) => `${lines}, ${total}`,
    close: 'Fermer',
  },
  change: {
    reasons: priceReasons,
    why: 'Pourquoi ? Le motif est gardé avec votre nom.',
    price: 'Changer le prix ?',
    discount: 'Accorder un rabais ?',
    cart: 'Tout le panier',
    row: { price: 'Prix', discount: 'Rabais', reason: 'Motif', line: 'Ligne', total: 'Total' },
    off: (amount, percent) => (percent === null ? amount : `${amount} (${percent}\u00a0%)`),
    none: 'aucun',
    becomes: 'devient',
    each: (quantity, sku) => `${quantity} × UGS ${sku}`,
  },
  approve: {
    title: (role) => approval[role],
    asksPrice: (name) => `${name} demande un autre prix. Sa session reste ouverte.`,
    asksDiscount: (name) => `${name} demande un rabais. Sa session reste ouverte.`,
    asksNoDiscount: (name) => `${name} demande de retirer un rabais. Sa session reste ouverte.`,
    request: 'Demande',
    who: 'Qui approuve',
    choose: 'Choisissez qui approuve',
    onlyLine: 'Vaut pour cette ligne seulement. Le nom de qui approuve est inscrit au journal.',
    onlyCart: 'Vaut pour ce panier seulement. Le nom de qui approuve est inscrit au journal.',
    approve: 'Approuver',
    refuse: 'Refuser',
    nobody: (role) => `Il n’y a ici personne pour approuver : il faut ${needs[role]}.`,
    nobodyHint: 'Fermez et continuez sans cela.',
    tooLow: (role) => ({ fact: 'Insuffisant.', then: `Il faut ${needs[role]}.` }),
    asking: 'Vérification du NIP',
  },
  note: {
    title: 'Écrire une note',
    hint: 'Elle se lit sur le panier, pour qui travaille ici.',
    label: 'Note',
    target: 'Ce que la note concerne',
    line: 'Cette ligne',
    cart: 'Tout le panier',
    left: (count) => (count < 2 ? `Reste ${count} caractère` : `Reste ${count} caractères`),
    quick: ['Cadeau', 'Passera le prendre', 'Garder au froid'],
    quickLabel: 'Notes rapides',
    save: 'Garder la note',
    remove: 'Retirer la note',
  },
  openName: {
    title: 'Comment cela s’appelle-t-il ?',
    hint: 'Sur le panier et sur le reçu.',
    label: 'Nom',
    usual: (name) => `Seulement « ${name} »`,
    keep: 'Garder le nom',
  },
  park: {
    title: 'Mettre ce panier en attente ?',
    hint: 'Il attend sous ce nom, à toutes les caisses du magasin.',
    label: 'Nom',
    suggested: 'Noms proposés',
    name: (number) => `Panier ${number}`,
    park: 'Mettre en attente',
  },
  parked: {
    title: 'Paniers en attente',
    hint: 'Touchez un panier pour le reprendre.',
    none: 'Aucun panier en attente.',
    noneHint: 'F6 met en attente le panier affiché.',
    by: (name, time) => `${name}, ${time}`,
    register: (register) => `caisse ${register}`,
    resume: 'Reprendre',
    first: {
      fact: 'Le panier affiché contient encore des lignes.',
      then: 'Mettez-le en attente, puis reprenez celui-ci.',
    },
    parkFirst: (name) => `En attente : « ${name} »`,
  },
  toast: {
    undo: 'Défaire',
    quantity: (name, quantity) => `${name} : quantité ${quantity}`,
    price: (name, price) => `${name} : prix ${price}`,
    discount: (name, discount) => `${name} : ${discount}`,
    noDiscount: (name) => `${name} : rabais retiré`,
    cart: 'Tout le panier',
    voided: (name) => `${name} : ligne annulée`,
    parked: (name) => `Panier en attente : « ${name} »`,
    undone: 'C’est défait.',
    resumed: (lines, total) => `Panier repris, ${lines}. Total ${total}.`,
  },
  pay: {
    title: 'Encaisser',
    due: 'À payer comptant',
    rounded: 'arrondi à 5 ¢',
    notRounded: 'sans arrondi',
    stillDue: 'Reste à payer',
    byCard: 'par carte',
    tenders: 'Moyens de paiement',
    card: 'Carte',
    noTerminal: 'aucun terminal',
    askCard: 'À demander à la carte',
    allDue: 'tout ce qui reste',
    approvedAt: (time) => `approuvé à ${time}`,
    voidCard: (card) => `Annuler le paiement par carte, ${card}`,
    nothingDue: 'Plus rien à payer',
    paid: 'Payé par carte',
    given: 'Montant remis',
    exact: 'exact',
    quick: 'Montants rapides',
    back: 'Au panier',
    rounding: 'Arrondi',
    cash: 'Comptant',
    cashGiven: 'remis',
    leaveCash: (amount) => `Rendre ${amount} comptant`,
    change: 'Monnaie',
    complete: 'Conclure',
    typeAmount: 'Tapez le montant remis',
    isStillDue: (amount) => `Il reste ${amount} à payer`,
    drawer: 'Tiroir-caisse',
    drawerOpens: {
      opens: 's’ouvre tout seul',
      shut: 's’ouvrira au retour de l’imprimante',
      none: 's’ouvre avec sa clé',
    },
    steps: ['Comptez ce qu’on vous remet', 'Laissez-le en vue', 'Rendez la monnaie'],
    enough: 'Suffisant',
    notEnough: 'Pas encore assez',
  },
  card: {
    terminal: 'Terminal',
    ask: 'Débiter la carte',
    askWhat: 'Interroger le terminal',
    waits: 'Attend le terminal',
    asking: 'Le terminal est interrogé',
    compare: 'Comparez avec le terminal',
    typeAmount: 'Tapez un montant pour la carte',
    most: (amount) => `Max. ${amount} par carte`,
    steps: ['Convenez du montant', 'Demandez-le au terminal', 'Le client y paie'],
    stop: 'Arrêter',
    stopping: 'Arrêt demandé',
    stopHint: 'Peut-être trop tard. La réponse du terminal compte.',
    void: 'Annuler ce paiement par carte',
    settle: 'Trancher à la main',
    code: (code) => `code ${code}`,
    inFull: 'Approuvé en entier',
    authorisation: (number) => `Aut. ${number}`,
    now: {
      asked: 'Le terminal commence',
      insert_card: 'Client : approcher ou insérer la carte',
      watch_pin_pad: 'Client : regarder le terminal',
      wrong_pin: 'NIP erroné : le client peut réessayer',
      authorising: 'La banque est interrogée',
      wait: 'Le terminal travaille',
      remove_card: 'Client : retirer la carte',
      approving: 'Va approuver : attendez sa réponse',
      declining: 'Va refuser : attendez sa réponse',
      other: 'Le terminal travaille',
    },
    log: {
      asked: 'Demandé',
      insert_card: 'Carte attendue',
      watch_pin_pad: 'Clavier NIP',
      wrong_pin: 'NIP erroné',
      authorising: 'Banque interrogée',
      wait: 'Au travail',
      remove_card: 'Carte à retirer',
      approving: 'Va approuver',
      declining: 'Va refuser',
      other: 'Au travail',
    },
    asked: {
      payment: (amount) => `Demandé ${amount}`,
      reversal: (amount) => `Annulation de ${amount}`,
      refund: (amount) => `Remboursement de ${amount}`,
    },
    outcome: {
      payment: {
        approved: () => ({ fact: 'Approuvé', then: 'En entier.' }),
        part: (asked, moved, rest) => ({
          fact: 'Approuvé en partie',
          then: `Approuvé : ${moved} sur ${asked}. Il reste ${rest} à payer.`,
        }),
        declined: () => ({ fact: 'Refusé', then: 'Rien n’a été débité. Essayez encore, ou payez autrement.' }),
        cancelled: () => ({ fact: 'Arrêté', then: 'Rien n’a été débité. Essayez encore, ou payez autrement.' }),
        not_sent: () => ({ fact: 'Non envoyé', then: 'Rien n’a été débité.' }),
        unknown: (asked) => ({ fact: 'Inconnu', then: `La carte a peut-être été débitée de ${asked}.` }),
        doubtful: () => ({
          fact: 'Le terminal ne peut le dire',
          then: 'Comparez avec son propre journal : montant et heure.',
        }),
      },
      reversal: {
        approved: () => ({ fact: 'Annulé', then: 'C’est rendu à la carte.' }),
        part: (asked, moved) => ({ fact: 'Annulé en partie', then: `Rendu à la carte : ${moved} sur ${asked}.` }),
        declined: () => ({ fact: 'Non annulé', then: 'Le terminal a refusé. Le paiement par carte demeure.' }),
        cancelled: () => ({ fact: 'Arrêté', then: 'Le paiement par carte demeure.' }),
        not_sent: () => ({ fact: 'Non envoyé', then: 'Le paiement par carte demeure.' }),
        unknown: (asked) => ({ fact: 'Inconnu', then: `On a peut-être rendu ${asked} à la carte.` }),
        doubtful: () => ({
          fact: 'Le terminal ne peut le dire',
          then: 'Comparez avec son propre journal : montant et heure.',
        }),
      },
      refund: {
        approved: () => ({ fact: 'Remboursé', then: 'C’est rendu à la carte.' }),
        part: (asked, moved) => ({ fact: 'Remboursé en partie', then: `Rendu à la carte : ${moved} sur ${asked}.` }),
        declined: () => ({ fact: 'Non remboursé', then: 'Le terminal a refusé. Rien n’est rendu à la carte.' }),
        cancelled: () => ({ fact: 'Arrêté', then: 'Rien n’est rendu à la carte.' }),
        not_sent: () => ({ fact: 'Non envoyé', then: 'Rien n’est rendu à la carte.' }),
        unknown: (asked) => ({ fact: 'Inconnu', then: `On a peut-être rendu ${asked} à la carte.` }),
        doubtful: () => ({
          fact: 'Le terminal ne peut le dire',
          then: 'Comparez avec son propre journal : montant et heure.',
        }),
      },
    },
    open: {
      payment: { fact: 'On ne sait pas si la carte a payé.', then: 'Cela se règle avant tout le reste.' },
      reversal: { fact: 'On ne sait pas si la carte a été remboursée.', then: 'Cela se règle avant tout le reste.' },
      refund: { fact: 'On ne sait pas si la carte a été remboursée.', then: 'Cela se règle avant tout le reste.' },
    },
    back: { fact: 'Un paiement par carte est resté ouvert.', then: 'Il se règle avant tout le reste.' },
    recovered: {
      fact: 'Un paiement par carte est resté ouvert.',
      then: 'Le programme s’est arrêté avant d’en connaître l’issue.',
    },
    trouble: (cause) => `Terminal : ${cause}.`,
    cures: {
      disconnected: 'Vérifiez son câble et son alimentation.',
      silent: 'Vérifiez qu’il est allumé et affiche son accueil.',
      stalled: 'Vérifiez qu’il est allumé et affiche son accueil.',
      offline: 'Vérifiez son réseau.',
      failed: 'Éteignez-le et rallumez-le. Sinon, appelez de l’aide.',
      busy: 'Attendez qu’il affiche son accueil.',
      paper_out: 'Mettez-y un rouleau neuf.',
      not_configured: 'Demandez au gérant de l’installer.',
      other: 'Regardez son écran.',
    },
    judge: {
      title: 'Que dit son journal ?',
      hint: 'Lisez le journal du terminal, pas seulement son écran.',
      payment: { yes: 'L’argent a été pris', no: 'Rien n’a été pris' },
      reversal: { yes: 'L’argent a été rendu', no: 'Rien n’a été rendu' },
      refund: { yes: 'L’argent a été rendu', no: 'Rien n’a été rendu' },
      amount: 'Montant',
      askedAt: 'Demandé à',
      trace: 'Trace',
      said: 'Journal',
      asks: (name) => `${name} demande à trancher un paiement par carte. Sa session reste ouverte.`,
      onlyOnce: 'Vaut pour ce paiement seulement. Le nom de qui approuve est inscrit au journal.',
    },
    take: {
      title: 'Annuler ce paiement par carte ?',
      hint: 'Le terminal rend l’argent. Il peut demander la carte.',
      do: 'Annuler au terminal',
    },
    onCart: (amounts) => ({ fact: `Payé par carte : ${amounts}.`, then: 'Seul le reste est encore à payer.' }),
  },
  done: {
    card: (card) => `Carte ${card}`,
    paidByCard: 'Payé par carte',
    change: 'Monnaie',
    exact: 'Compte exact',
    handBack: 'À rendre',
    nothingBack: 'Rien à rendre',
    total: 'Total',
    cashDue: 'À payer',
    given: 'Remis',
    drawer: {
      waiting: 'Tiroir : attend l’imprimante',
      printing: 'Tiroir : ouverture',
      printed: 'Ouverture du tiroir demandée',
      sent: 'Ouverture du tiroir demandée',
      unknown: 'Tiroir : inconnu',
      discarded: 'Tiroir non ouvert',
      given: 'Tiroir non ouvert',
    },
    stored: (receipt, places) =>
      `La vente ${receipt} est inscrite à ${['un endroit', 'deux endroits', 'trois endroits'][places - 1]}`,
    receipt: 'Reçu',
    paper: {
      waiting: 'Reçu en attente',
      printing: 'Reçu en impression',
      printed: 'Reçu imprimé',
      sent: 'Reçu envoyé',
      unknown: 'Reçu : inconnu',
      discarded: 'Reçu non imprimé',
      given: 'Reçu envoyé ailleurs',
    },
    printsItself: 'S’imprimera tout seul',
    elsewhere: 'Une autre caisse l’imprime',
    onItsWay: 'En route vers l’imprimante',
    noReport: 'Cette imprimante ne confirme rien',
    confirmed: 'L’imprimante l’a confirmé',
    printAgain: 'Réimprimer',
    marked: 'marqué DUPLICATA',
    askOut: 'Le reçu est-il sorti ?',
    askOutHint: 'L’imprimante a été coupée pendant l’impression.',
    cameOut: 'Il est sorti',
    notOut: 'Non, imprimer',
    next: 'Article suivant',
    at: (place, time) => `Inscrite sur ${down(place)} à ${time}`,
  },
  printer: {
    paper_out: { fact: 'Plus de papier.', then: 'Ouvrez le couvercle, posez un rouleau neuf, refermez.' },
    paper_low: { fact: 'Bientôt plus de papier.', then: 'Gardez un rouleau neuf à portée.' },
    cover_open: { fact: 'Le couvercle est ouvert.', then: 'Fermez-le jusqu’au déclic.' },
    cutter_jammed: { fact: 'Le massicot est bloqué.', then: 'Éteignez l’imprimante, ouvrez-la, dégagez le papier.' },
    offline: { fact: 'L’imprimante est hors ligne.', then: 'Regardez ses voyants et ses boutons.' },
    failed: { fact: 'L’imprimante est en panne.', then: 'Éteignez-la et rallumez-la. Sinon, appelez de l’aide.' },
    disconnected: { fact: 'L’imprimante n’est pas branchée.', then: 'Vérifiez le câble et l’alimentation.' },
    silent: { fact: 'L’imprimante ne répond pas.', then: 'Vérifiez qu’elle est allumée et branchée.' },
    stalled: { fact: 'L’imprimante s’est arrêtée en route.', then: 'Vérifiez papier, couvercle et câble.' },
    other: { fact: 'L’imprimante demande un coup d’œil.', then: 'Vérifiez papier, couvercle et câble.' },
    goesOn: 'La vente continue.',
    jobs: (count) => (count < 2 ? 'Une impression repartira seule.' : `${count} impressions repartiront seules.`),
  },
  jobs: {
    ask: (receipt) => `Le reçu ${receipt} est-il sorti ?`,
    askHint: 'L’imprimante a été coupée pendant l’impression.',
    reportSent: { fact: 'Le rapport s’imprime.', then: 'La vente continue.' },
    againSent: { fact: 'Le reçu s’imprime de nouveau.', then: 'Il est marqué DUPLICATA.' },
    noSale: { fact: 'Aucune vente à réimprimer.', then: 'Le dernier reçu se réimprime d’ici.' },
  },
  shift: {
    office: 'Journal et bureau',
    openTitle: 'Ouvrir le quart',
    openHint: 'Comptez l’argent du tiroir et tapez le montant.',
    float: 'Fonds de caisse',
    floatHint: 'argent dans le tiroir maintenant',
    open: 'Ouvrir le quart',
    typeFloat: 'Tapez le fonds de caisse',
    facts: { store: 'Magasin', register: 'Caisse', operator: 'Personne', day: 'Jour' },
    closeTitle: 'Fermer le quart',
    countTitle: 'Compter le tiroir',
    countHint: (name, time, float) => `${name} · ouvert à ${time} avec ${float}`,
    counted: 'Compté',
    countedHint: 'billets et pièces, fonds compris',
    expected: 'Attendu',
    hidden: 'caché jusqu’à la remise',
    steps: [
      ['Compter le tiroir', 'à l’aveugle : l’attendu est caché'],
      ['Expliquer l’écart', 'seulement s’il y en a un'],
      ['Lire le rapport Z', 'numéroté une seule fois'],
    ],
    openDrawer: 'Ouvrir le tiroir',
    nextFloat: (float) => `Prochain fonds ${float}, dépôt au coffre`,
    keepSelling: 'Continuer',
    handIn: 'Finir le compte',
    notes: 'Billets',
    coins: 'Pièces',
    rolls: 'Rouleaux',
    loose: 'En vrac',
    count: 'Nombre',
    amount: 'Montant',
    nextField: 'Champ suivant',
    previousField: 'Précédent',
    fieldName: (piece, part, kind) =>
      part === 'rolls' ? `Rouleaux de ${piece}` : kind === 'coin' ? `${piece} en vrac` : `Billets de ${piece}`,
    fieldOf: (piece, part, count) => (part === 'rolls' ? `${count} rouleaux de ${piece}` : `${count} × ${piece}`),
    parkedStay: (count) =>
      count < 2
        ? 'Un panier en attente reste pour le prochain quart.'
        : `${count} paniers en attente restent pour le prochain quart.`,
    explain: {
      title: 'Expliquer l’écart',
      hint: 'Le compte est remis et reste au journal.',
      note: 'Ce qui s’est passé, si vous le savez',
      again: 'Recompter',
      againHint: 'Si vous recomptez, les deux comptes figurent au Z.',
      close: 'Fermer le quart',
    },
    printAgain: 'Réimprimer, marqué DUPLICATA',
    print: 'Imprimer',
    typeCounted: 'Tapez ce que vous avez compté',
    cartOpen: { fact: 'Le panier contient des lignes.', then: 'Réglez son sort avant de compter le tiroir.' },
    closed: 'Quart fermé',
    over: 'Surplus',
    short: 'Manque',
    exact: 'Exact',
    countedWas: 'Compté',
    expectedWas: 'Attendu',
    done: 'Terminé',
    signOut: 'Fermer la session',
    zReport: (number) => `Rapport Z ${number}`,
    xReport: 'Rapport X',
    xHint: 'Le quart jusqu’ici ; rien n’est fermé.',
  },
  report: {
    shift: 'Quart',
    opened: 'Ouvert',
    closed: 'Fermé',
    operator: 'Personne',
    sales: 'Ventes',
    returns: 'Retours',
    returned: 'Retourné',
    taxBack: (tax) => `${tax} des retours`,
    refund: (tender, count) => `Remb. ${tender.toLowerCase()} × ${count}`,
    voidedLines: 'Lignes annulées',
    voidedCarts: 'Paniers annulés',
    noSales: 'Ouvertures sans vente',
    subtotal: 'Sous-total',
    total: 'Total',
    rounding: 'Arrondi',
    tenders: 'Paiements',
    change: 'Monnaie',
    float: 'Fonds de caisse',
    paidIn: 'Entrées de caisse',
    paidOut: 'Sorties de caisse',
    safeDrops: 'Dépôts au coffre',
    expected: 'Attendu',
    blind: 'Sans ventes ni comptant\u00a0: comptage à l’aveugle.',
    counted: 'Compté',
    countedBefore: 'Compté avant',
    overShort: 'Surplus ou manque',
    note: 'Note',
    receipts: 'Reçus',
    tender: { cash: 'Comptant', card: 'Carte', exchange: 'Échange' },
  },
  drawer: {
    title: 'Entrées et sorties',
    moves: 'Où va l’argent',
    what: {
      no_sale: 'Ouvrir le tiroir',
      paid_in: 'Entrée de caisse',
      paid_out: 'Sortie de caisse',
      safe_drop: 'Dépôt au coffre',
    },
    hints: {
      paid_in: 'Argent mis dans le tiroir, comme la monnaie de la banque.',
      paid_out: 'Argent pris pour une petite dépense. La facture va dans le tiroir.',
      safe_drop: 'Argent pris dans le tiroir et mis au coffre.',
    },
    amount: 'Montant',
    change: 'Changer le montant',
    next: 'Suivant',
    cash: 'Argent',
    why: {
      no_sale: 'Ouvrir le tiroir sans vente ?',
      paid_in: 'Pourquoi cette entrée ?',
      paid_out: 'Pourquoi cette sortie ?',
      safe_drop: 'Pourquoi ce dépôt ?',
    },
    whyHint: 'Le motif est gardé avec votre nom.',
    reasons: {
      no_sale: { exchange: 'Monnaie pour un billet', correct: 'Erreur de monnaie rendue', look: 'Voir dans le tiroir' },
      paid_in: { change: 'Monnaie de la banque', back: 'Reste d’un achat', found: 'Argent trouvé' },
      paid_out: { supplies: 'Fournitures', delivery: 'Livraison', post: 'Timbres', window: 'Lavage des vitres' },
      safe_drop: {
        full: 'Beaucoup d’argent au tiroir',
        handover: 'Avant un changement de quart',
        night: 'Avant la fermeture',
      },
    },
    other: 'Un autre motif',
    usual: 'Motifs courants',
    do: { no_sale: 'Ouvrir le tiroir', paid_in: 'Entrer', paid_out: 'Sortir', safe_drop: 'Mettre au coffre' },
    done: {
      no_sale: () => 'Ouverture sans vente notée.',
      paid_in: (amount) => `Entrée de ${amount}.`,
      paid_out: (amount) => `Sortie de ${amount}.`,
      safe_drop: (amount) => `Mis au coffre : ${amount}.`,
    },
    asks: {
      no_sale: (name) => `${name} demande à ouvrir le tiroir. Sa session reste ouverte.`,
      paid_in: (name) => `${name} demande à mettre de l’argent au tiroir. Sa session reste ouverte.`,
      paid_out: (name) => `${name} demande à sortir de l’argent. Sa session reste ouverte.`,
      safe_drop: (name) => `${name} demande à mettre de l’argent au coffre. Sa session reste ouverte.`,
    },
    onlyOnce: 'Vaut pour ce montant seulement. Le nom de qui approuve est inscrit au journal.',
    thisTime: 'Vaut pour cette fois seulement. Le nom de qui approuve est inscrit au journal.',
  },
  more: {
    title: 'Touches et plus',
    keys: 'Touches',
    settings: 'Réglages',
    theme: 'Thème',
    themes: { system: 'Système', light: 'Clair', dark: 'Sombre' },
    sound: 'Son',
    lock: 'Verrouiller après',
    lockAfter: (minutes) => (minutes === 0 ? 'Jamais' : `${minutes}\u00a0min`),
    keyCaps: 'Touches visibles',
    on: 'Oui',
    off: 'Non',
    shift: 'Quart',
    signOut: 'Fermer la session',
    cart: 'Panier',
    cartNote: 'Note du panier',
    undo: 'Défaire',
    lastReceipt: 'Réimprimer le dernier',
    list: [
      ['F2', 'Chercher'],
      ['F3', 'Quantité'],
      ['F4', 'Prix'],
      ['F5', 'Rabais ; encore : tout le panier'],
      ['% $', 'Rabais en pourcentage ou en dollars'],
      ['F6', 'Mettre en attente'],
      ['F7', 'Paniers en attente'],
      ['F9', 'Retour'],
      ['F10', 'Ouvrir le tiroir'],
      ['F12', 'Encaisser'],
      ['F2 F3', 'Au paiement : comptant, carte'],
      ['Haut Bas', 'Choisir une ligne'],
      ['+ −', 'Quantité, un de plus ou de moins'],
      ['Suppr', 'Annuler la ligne'],
      ['Ctrl+Suppr', 'Annuler le panier'],
      ['Entrée', 'Valider'],
      ['Échap', 'Revenir'],
      ['Ctrl+Z', 'Défaire'],
      ['F4 F7 F9', 'Après une vente : réimprimer, cadeau, annuler'],
      ['Ctrl+L', 'Fermer la session'],
      ['Alt+1…9', 'Rayon'],
      ['Ctrl+P', 'Réimprimer le dernier reçu'],
    ],
  },
  sim: {
    title: 'Les appareils à côté de la fenêtre',
    hint: 'Une imprimante, un tiroir, un lecteur et un terminal qui n’existent qu’ici.',
    printer: 'Imprimante à reçus',
    faults: {
      none: 'Prête',
      paper_out: 'Plus de papier',
      cover_open: 'Couvercle ouvert',
      silent: 'Sans réponse',
      slow: 'Lente',
      cut_off: 'Coupée',
    },
    noPaper: 'Rien d’imprimé encore',
    slip: (number) => `Papier ${number}`,
    drawer: 'Tiroir-caisse',
    kicks: (count) => `ouvert ${count} fois`,
    scanner: 'Lecteur',
    terminal: 'Terminal de paiement',
    cards: {
      none: 'Approuve',
      declines: 'Refuse',
      stopped: 'Le client arrête',
      part: 'Approuve en partie',
      line_lost: 'Ligne perdue',
      silent: 'Ne dit rien',
      unplugged: 'Débranché',
      waits: 'Attend',
    },
    cardWaits: 'attend une carte',
    booked: { payment: 'Paiement', refund: 'Remboursement', reversal: 'Annulation' },
    reversed: 'annulé',
    nothingBooked: 'Rien à son journal encore',
    scannerHint: 'Touchez un article pour le numériser.',
    code: 'Code',
    scan: 'Numériser',
    alone: 'Aucun appareil simulé ici',
    aloneHint: 'Cette page ne marche qu’avec le moteur de démonstration.',
  },
  rules: {
    title: (region) => `${region}, aujourd’hui`,
    rule: 'Règle',
    from: 'Depuis',
    source: 'Source',
    tax: (name, rate) => `${name} ${rate}`,
    onlyGst: 'biens sans la part provinciale',
    cashRounding: 'Arrondi des espèces',
    cashRoundingTo: (coin) => `à ${coin}, en espèces seulement`,
    age: { alcohol: 'Âge pour l’alcool', cannabis: 'Âge pour le cannabis' },
    ageOf: (age, under) => `${age}\u00a0ans, demander à qui paraît moins de ${under}`,
    possession: 'Limite de cannabis par vente',
    possessionOf: (grams) => `équivalent de ${grams}\u00a0g`,
  },
  setup: {
    strip: 'Préparer cette caisse',
    title: 'Ouvrir un magasin',
    steps: {
      store: 'Magasin',
      region: 'Région',
      register: 'Caisse',
      manager: 'Première gérance',
      join: 'Siège social',
    },
    stepHints: {
      store: 'nom, code, adresse',
      region: 'taxes, âges',
      register: 'numéro, langues',
      manager: 'nom et NIP',
      join: 'adresse et code',
    },
    storeTitle: 'Comment s’appelle le magasin\u00a0?',
    storeHint: 'Comme sur les reçus. L’adresse et les numéros peuvent attendre.',
    name: 'Nom sur la porte',
    code: 'Code du magasin',
    codeHint: (code) => `Fait partie de chaque numéro de reçu, comme ${code}1-1-17. Il ne changera plus.`,
    tenant: 'Code de l’entreprise, si elle a plusieurs magasins',
    street: 'Rue',
    city: 'Ville, province, code postal',
    gst: 'Numéro de TPS/TVH',
    pst: 'Numéro de taxe provinciale',
    regionTitle: 'Où est le magasin\u00a0?',
    regionHint: 'D’ici viennent les taxes et les âges. Tout est visible et daté.',
    registerTitle: 'Quelle caisse est-ce\u00a0?',
    registerHint: 'Chaque caisse du magasin a son propre numéro.',
    number: 'Numéro de la caisse',
    languages: 'Langues, la première sur les reçus',
    way: (languages) => (languages.length > 1 ? `${languages[0]} d’abord` : `${languages[0]} seulement`),
    tongue: { en: 'Anglais', fr: 'Français' },
    timeZone: 'Heure',
    managerTitle: 'Qui dirige le magasin\u00a0?',
    managerHint: 'La gérance peut tout faire et ajoute les autres.',
    managerFor: (store) => `Personne ne peut encore s’identifier chez ${store}.`,
    managerName: 'Nom',
    pinKept: 'Le NIP est choisi.',
    pinAnew: 'En choisir un autre',
    next: (step) => `Suite\u00a0: ${step.toLowerCase()}`,
    open: 'Ouvrir le magasin',
    opening: 'Ouverture du magasin',
    join: 'Se joindre à un magasin',
    joinInstead: 'Une caisse de plus dans un magasin qui vend déjà\u00a0?',
    own: 'Ouvrir un nouveau magasin',
    ownHint: 'La première caisse d’un nouveau magasin\u00a0?',
    joinTitle: 'À quel magasin se joint-elle\u00a0?',
    joinHint: 'Prix, stocks, personnel et ventes viennent de son siège social.',
    office: 'Adresse du siège social',
    officeHint: 'Comme dans le navigateur\u00a0: https://office.example',
    ticket: 'Code à usage unique',
    ticketHint: 'Le siège social le donne pour une seule caisse.',
    joinNow: 'Se joindre au magasin',
    joinBusy: 'La caisse se joint au magasin',
    joining: (entries, of) => `${entries} écritures du magasin sur ${of} sont ici.`,
    demo: 'Ouvrir le magasin de démonstration',
    demoHint: 'Juste pour voir\u00a0? La démonstration a 300 produits et des appareils simulés.',
    missing: {
      name: 'Il manque le nom',
      code: 'Le code a de 2 à 8 majuscules ou chiffres',
      tenant: 'Le code de l’entreprise n’a que lettres, chiffres et tirets',
      region: 'Choisissez la région',
      register: 'Les caisses vont de 1 à 999',
      manager: 'Il manque le nom',
      pin: 'Choisissez un NIP',
      office: 'Il manque l’adresse',
      ticket: 'Il manque le code',
    },
  },
  reject: (reason) => {
    switch (reason.kind) {
      case 'missing':
        return 'Il manque. Remplissez-le, ou donnez une valeur par défaut.';
      case 'bad_check_digit':
        return `Le chiffre de contrôle devrait être ${reason.expected}. Comparez avec l’emballage.`;
      case 'not_a_gtin':
        return 'Pas un GTIN. Il a de 6 à 14 chiffres.';
      case 'gtin_taken':
        return `Ce GTIN est celui de ${reason.sku}. Corrigez l’un des deux.`;
      case 'duplicate_sku':
        return `Aussi à la ligne ${reason.first}. Une ligne par UGS.`;
      case 'bad_amount':
        return 'Pas un montant. Écrivez 4,99.';
      case 'price_of_open_item':
        return 'Un prix libre se saisit au comptoir. Laissez vide.';
      case 'bad_unit':
        return 'Pas une unité. Écrivez each ou kg.';
      case 'unknown_tax_category':
        return `Pas une catégorie de taxe d’ici. Prenez l’une de\u00a0: ${reason.known}.`;
      case 'bad_age':
        return 'Pas un âge. Écrivez 18, 19, 21, oui ou non.';
      case 'bad_flag':
        return 'Ni oui ni non.';
      case 'unknown_cannabis_class':
        return 'Pas une classe de cannabis. Prenez dried, fresh, solid, non_solid, beverage, concentrate ou seed.';
      case 'bad_weight':
        return 'Pas un poids. Écrivez des grammes\u00a0: 3,5.';
      case 'bad_charges':
        return 'Pas des consignes ni des frais. Écrivez une UGS, et *6 pour six\u00a0; seulement pour ce qui se vend à la pièce.';
      case 'unknown_charge':
        return `Aucune UGS ${reason.sku} avec un prix. Ajoutez d’abord la consigne ou les frais au catalogue.`;
      case 'unreadable':
        return 'Caractères illisibles. Enregistrez le fichier en UTF-8 et importez-le de nouveau.';
      case 'too_long':
        return `Trop long\u00a0: au plus ${reason.most} caractères.`;
      case 'wrong_columns':
        return `${reason.found} colonnes au lieu de ${reason.expected}. Cherchez un guillemet ou un séparateur de trop.`;
    }
  },
  fields: {
    sku: 'UGS',
    name: 'Nom anglais',
    name_fr: 'Nom français',
    gtin: 'GTIN',
    plu: 'PLU',
    department: 'Rayon',
    price: 'Prix',
    open_price: 'Prix libre',
    cost: 'Coûtant',
    unit: 'Unité',
    tax_category: 'Catégorie de taxe',
    age_restricted: 'Âge minimal',
    archived: 'Archivé',
    drawing: 'Dessin',
    cannabis_class: 'Classe de cannabis',
    net_weight: 'Poids net',
    charges: 'Consignes et frais',
  },
  people: {
    title: 'Personnel',
    here: (count) => (count < 2 ? `${count} personne` : `${count} personnes`),
    add: 'Ajouter une personne',
    newcomer: 'Nouvelle personne',
    choose: 'Choisissez une personne, ou ajoutez-en une.',
    back: 'Au comptoir',
    left: 'a quitté',
    lockedUntil: (time) => `bloqué jusqu’à ${time}`,
    name: 'Nom',
    role: 'Rôle',
    may: {
      cashier: 'Vend et tient un tiroir.',
      supervisor: 'Approuve aussi ce que la caisse ne peut faire seule.',
      manager: 'Dirige aussi le magasin : articles, prix et personnel.',
    },
    pin: 'NIP',
    pinKept: 'Ne change pas',
    pinNone: 'Aucun encore',
    pinNew: 'à enregistrer',
    newPin: 'Nouveau NIP',
    changePin: 'Changer le NIP',
    keepPin: 'Garder l’ancien NIP',
    pinRule: 'Quatre à huit chiffres, tapés deux fois par la personne même.',
    typePin: 'Tapez le nouveau NIP',
    typeAgain: 'Tapez-le encore une fois',
    keepNewPin: 'Garder',
    pinsDiffer: { fact: 'Les deux ne sont pas pareils.', then: 'Tapez de nouveau le NIP.' },
    hasLeft: 'A quitté',
    comesBack: 'Revient',
    worksHere: 'Travaille ici.',
    leftHint: 'A quitté et ne peut ouvrir de session.',
    yourself: 'Vous ne pouvez quitter pendant votre session.',
    askLeft: (name) => `${name} a quitté le magasin ?`,
    askLeftHint: 'Plus personne n’ouvre de session sous ce nom. Ses ventes le gardent.',
    askBack: (name) => `${name} revient ?`,
    askBackHint: 'Le nom revient à l’ouverture de session, avec son ancien NIP.',
    save: 'Enregistrer',
    saved: (name) => ({ fact: 'C’est enregistré.', then: name }),
    missing: { name: 'Tapez un nom', pin: 'Choisissez un NIP', change: 'Rien à enregistrer' },
    unsaved: 'Enregistrer ce qui a changé ?',
    discard: 'Continuer sans enregistrer',
  },
  refusal: (refusal, tools) => {
    switch (refusal.kind) {
      case 'not_signed_in':
        return { fact: 'Aucune session ouverte.', then: 'Ouvrez d’abord une session.' };
      case 'wrong_pin':
        return { fact: 'NIP erroné.', then: fr.signIn.triesLeft(refusal.tries_left) };
      case 'locked_out':
        return { fact: fr.signIn.locked(tools.time(refusal.until)), then: fr.signIn.lockedHint };
      case 'unknown_operator':
        return { fact: 'Ce nom n’est pas sur la liste.', then: 'Choisissez de nouveau votre nom.' };
      case 'last_manager':
        return { fact: 'La dernière gérance reste.', then: 'Nommez d’abord une autre gérance.' };
      case 'bad_name':
        return { fact: 'Nom refusé.', then: `Il compte de un à ${refusal.most} caractères.` };
      case 'bad_pin':
        return { fact: 'Ce n’est pas un NIP.', then: 'Un NIP a de quatre à huit chiffres.' };
      case 'not_allowed':
        return { fact: 'Non permis.', then: `Il faut ${needs[refusal.needs]}.` };
      case 'no_open_shift':
        return { fact: 'Aucun quart ouvert.', then: 'Ouvrez d’abord le quart.' };
      case 'shift_already_open':
        return { fact: 'Un quart est déjà ouvert.', then: 'Continuez à vendre.' };
      case 'cart_not_empty':
        return {
          fact: 'Le panier contient des lignes.',
          then: 'Encaissez-le, mettez-le en attente ou annulez-le d’abord.',
        };
      case 'unknown_code':
        return { fact: 'Absent du catalogue.', then: 'Cherchez par nom, ou demandez au gérant.' };
      case 'bad_check_digit':
        return { fact: 'Mal lu.', then: 'Le chiffre de contrôle est faux. Numérisez de nouveau.' };
      case 'bad_price_check':
        return { fact: 'Le prix de cette étiquette est impossible.', then: 'Pesez l’article, ou tapez son prix.' };
      case 'archived':
        return { fact: 'N’est plus vendu.', then: 'Mettez-le de côté et demandez au gérant.' };
      case 'unknown_sku':
        return { fact: 'Absent du catalogue.', then: 'Cherchez par nom, ou demandez au gérant.' };
      case 'quantity_required':
        return { fact: `${tools.text(refusal.name)} : vendu au poids.`, then: 'Tapez le poids en kg.' };
      case 'bad_quantity':
        return { fact: 'Quantité illisible.', then: 'Tapez-la de nouveau.' };
      case 'whole_quantity_only':
        return { fact: 'Vendu à la pièce.', then: 'Tapez un nombre entier.' };
      case 'bad_amount':
        return { fact: 'Montant illisible.', then: 'Tapez-le de nouveau.' };
      case 'no_price':
        return { fact: 'Aucun prix aujourd’hui.', then: 'Demandez son prix au gérant.' };
      case 'price_required':
        return { fact: `${tools.text(refusal.name)} : prix à taper.`, then: 'Tapez son prix.' };
      case 'fixed_price':
        return { fact: 'Cet article a son prix.', then: 'Ajoutez-le, puis changez le prix de sa ligne.' };
      case 'no_miscellaneous':
        return { fact: 'Aucun nom libre dans ce magasin.', then: 'Vendez-le sous le nom qu’il a.' };
      case 'empty_cart':
        return { fact: 'Le panier est vide.', then: 'Numérisez le premier article.' };
      case 'no_such_line':
        return { fact: 'Cette ligne n’est plus là.', then: 'Choisissez une autre ligne.' };
      case 'paid_along':
        return { fact: 'Une consigne suit son article.', then: 'Changez la ligne au-dessus.' };
      case 'too_many_lines':
        return {
          fact: `Un panier tient ${refusal.most} lignes.`,
          then: 'Encaissez celui-ci et commencez-en un autre.',
        };
      case 'underpaid':
        return { fact: 'Pas encore assez.', then: `À payer : ${tools.money(refusal.due)}.` };
      case 'approval_required':
        return { fact: 'Approbation requise.', then: `Demandez à ${needs[refusal.needs]}.` };
      case 'bad_price':
        return { fact: 'Prix illisible.', then: 'Tapez-le de nouveau.' };
      case 'bad_discount':
        return { fact: 'Rabais refusé.', then: 'Tapez jusqu’à 100 %, ou un montant qui ne dépasse pas le prix.' };
      case 'bad_note':
        return { fact: 'La note est trop longue.', then: `Elle tient ${refusal.most} caractères.` };
      case 'name_required':
        return { fact: 'Le panier n’a pas de nom.', then: 'Tapez-en un pour le retrouver.' };
      case 'age_check_required':
        return { fact: `Âge à vérifier : ${refusal.age}+.`, then: 'Appuyez sur F12 et répondez à la question.' };
      case 'no_age_to_check':
        return { fact: 'Rien ici ne demande un âge.', then: 'Continuez la vente.' };
      case 'over_possession_limit':
        return {
          fact: `Cannabis au-delà de la limite : ${refusal.used.replace('.', ',')} g sur ${refusal.limit} g.`,
          then: 'Retirez la ligne marquée.',
        };
      case 'same_operator':
        return { fact: 'Cette personne a déjà la caisse.', then: 'Choisissez qui la prend.' };
      case 'reason_required':
        return { fact: 'Aucun motif.', then: 'Tapez pourquoi\u00a0: c’est gardé avec votre nom.' };
      case 'nothing_to_undo':
        return { fact: 'Rien à défaire.', then: 'Seuls les derniers changements de ce panier se défont.' };
      case 'unknown_cart':
        return { fact: 'Ce panier n’est plus en attente.', then: 'Choisissez-en un autre.' };
      case 'customer_name_required':
        return { fact: 'Ce client n’a pas de nom.', then: 'Tapez un nom pour le retrouver.' };
      case 'promotion_name_required':
        return {
          fact: 'La promotion n’a pas de nom dans les deux langues.',
          then: 'Tapez ce que les clients lisent, en français et en anglais.',
        };
      case 'bad_bundle':
        return {
          fact: 'Un lot compte au moins deux articles et un prix.',
          then: 'Tapez combien d’articles, et leur prix ensemble.',
        };
      case 'no_goods':
        return { fact: 'La promotion ne vise rien.', then: 'Choisissez des articles ou des rayons.' };
      case 'unknown_sheet':
        return { fact: 'Cette feuille de comptage est inconnue ici.', then: 'Choisissez-en une autre.' };
      case 'sheet_closed':
        return { fact: 'Cette feuille de comptage est fermée.', then: 'Commencez-en une autre.' };
      case 'already_decided':
        return { fact: 'Quelqu’un a tranché entre-temps.', then: 'Regardez de nouveau.' };
      case 'bad_customer_field':
        return { fact: `Pas plus de ${refusal.most} caractères ici.`, then: 'Raccourcissez.' };
      case 'ends_before_it_begins':
        return { fact: 'La promotion finit avant de commencer.', then: 'Changez l’un des deux jours.' };
      case 'bad_place':
        return { fact: 'Ce n’est pas un emplacement.', then: `Tapez de un à ${refusal.most} caractères.` };
      case 'bad_sheet_name':
        return {
          fact: 'La feuille de comptage n’a pas de nom.',
          then: `Tapez-en un, ${refusal.most} caractères au plus.`,
        };
      case 'bad_count':
        return { fact: `${refusal.quantity} ne se compte pas.`, then: 'Rien sous zéro.' };
      case 'taken_elsewhere':
        return {
          fact: `Ce panier a été repris à la caisse ${refusal.register}.`,
          then: 'Servez la personne à cette caisse.',
        };
      case 'cart_changed':
        return { fact: 'Le panier a changé.', then: 'Lisez le nouveau total, puis encaissez.' };
      case 'card_unsettled':
        return { fact: 'Un paiement par carte n’est pas réglé.', then: 'Attendez le terminal, ou interrogez-le.' };
      case 'card_tendered':
        return { fact: 'Une carte a payé sur ce panier.', then: 'Annulez d’abord le paiement par carte.' };
      case 'card_exceeds_due':
        return {
          fact: `Plus que le reste : ${tools.money(refusal.amount)}.`,
          then: `Demandez au plus ${tools.money(refusal.due)} à la carte.`,
        };
      case 'terminal_missing':
        return { fact: 'Aucun terminal n’est installé.', then: 'Encaissez comptant, ou demandez au gérant.' };
      case 'unknown_card_payment':
        return { fact: 'Ce paiement par carte est introuvable.', then: 'Il est peut-être déjà annulé.' };
      case 'terminal_silent':
        return { fact: 'Le terminal ne répond pas.', then: 'Rien n’a été débité. Vérifiez-le, ou encaissez comptant.' };
      case 'terminal_busy':
        return { fact: 'Le terminal est occupé.', then: 'Attendez qu’il affiche son accueil.' };
      case 'bad_store_code':
        return { fact: `${refusal.code} ne convient pas comme code.`, then: 'Prenez de 2 à 8 majuscules ou chiffres.' };
      case 'bad_tenant_code':
        return {
          fact: `${refusal.code} ne convient pas comme code.`,
          then: 'Prenez de 1 à 16 lettres, chiffres et tirets.',
        };
      case 'bad_register':
        return { fact: 'Ce n’est pas un numéro de caisse.', then: 'Les caisses vont de 1 à 999.' };
      case 'unknown_time_zone':
        return { fact: `Le fuseau ${refusal.name} n’existe pas.`, then: 'Choisissez-en un dans la liste.' };
      case 'name_missing':
        return { fact: 'Un magasin a un nom et une langue.', then: 'Complétez ce qui manque.' };
      case 'bad_price_barcode':
        return { fact: `${refusal.text} n’est pas un format.`, then: 'Écrivez-le ainsi\u00a0: 02=2|IIIII|V|PPPP|C.' };
      case 'bad_address':
        return {
          fact: `${refusal.text} n’est pas une adresse.`,
          then: 'Écrivez tcp://192.168.1.50:9100 ou serial:/dev/ttyUSB0.',
        };
      case 'bad_password':
        return { fact: 'Ce n’est pas un mot de passe de terminal.', then: 'Tapez six chiffres au plus.' };
      case 'store_exists':
        return { fact: 'Il y a déjà un magasin dans ce dossier.', then: 'Redémarrez Comptoir pour l’ouvrir.' };
      case 'store_unknown':
        return {
          fact: `On ne sait encore rien du magasin ${refusal.store}.`,
          then: 'Reliez cette caisse à une autre caisse du magasin, ou au siège.',
        };
      case 'bad_office_url':
        return { fact: `${refusal.url} n’est pas une adresse Web.`, then: 'Écrivez-la comme https://office.example.' };
      case 'plain_office_url':
        return { fact: 'Tout le monde pourrait lire en chemin.', then: 'Écrivez l’adresse avec https.' };
      case 'office_unreachable':
        return { fact: `${refusal.url} ne répond pas.`, then: 'Vérifiez l’adresse et le réseau. La vente continue.' };
      case 'no_office':
        return { fact: `Aucun siège ne répond à ${refusal.url}.`, then: 'Vérifiez l’adresse.' };
      case 'office_refuses':
        return { fact: 'Le siège refuse.', then: officeRefuses[refusal.reason] ?? `Il dit : ${refusal.said}` };
      case 'store_unfinished':
        return { fact: 'Le magasin n’est pas encore complet.', then: 'Réessayez avec le même code.' };
      case 'bad_neighbour':
        return { fact: `${refusal.address} n’est pas une adresse.`, then: 'Écrivez-la comme 192.168.1.21.' };
      case 'register_taken':
        return { fact: `La caisse ${refusal.register} est un autre appareil.`, then: 'Choisissez un autre numéro.' };
      case 'store_in_use':
        return { fact: 'Un autre programme tient ce magasin.', then: `Fermez d’abord ${refusal.holder}.` };
      case 'no_store':
        return { fact: `Il n’y a pas de magasin dans ${refusal.path}.`, then: 'Redémarrez Comptoir pour en créer un.' };
      case 'unknown_column':
        return { fact: `Le fichier n’a pas de colonne ${refusal.column}.`, then: 'Choisissez-en une qu’il a.' };
      case 'unknown_field':
        return { fact: `Le champ ${refusal.field} n’existe pas.`, then: 'Choisissez-en un dans la liste.' };
      case 'field_unmapped':
        return {
          fact: `${fr.fields[refusal.field] ?? refusal.field} n’a pas de colonne.`,
          then: 'Dites quelle colonne c’est.',
        };
      case 'empty_file':
        return { fact: 'Il n’y a rien dans ce fichier.', then: 'Choisissez un fichier CSV avec en-tête et lignes.' };
      case 'no_file':
        return { fact: 'Il n’y a pas de fichier.', then: 'Choisissez-en un d’abord.' };
      case 'bad_field':
        return {
          fact: `${refusal.sku ? `${refusal.sku}\u00a0: ` : ''}${fr.fields[refusal.field] ?? refusal.field}.`,
          then: fr.reject(refusal.reason),
        };
      case 'sku_exists':
        return {
          fact: `Un produit a déjà l’UGS ${refusal.sku}.`,
          then: 'Prenez un autre code, ou modifiez ce produit.',
        };
      case 'unknown_hand_over':
        return { fact: 'Remise introuvable.', then: 'Choisissez-en une dans la liste.' };
      case 'unknown_shift':
        return { fact: `Cette caisse n’a pas eu de quart ${refusal.shift}.`, then: 'Choisissez-en un dans la liste.' };
      case 'unknown_sale':
        return { fact: 'Vente introuvable.', then: 'Vérifiez le numéro du reçu.' };
      case 'training_receipt':
        return { fact: 'C’est un reçu de formation.', then: 'Rien n’a été vendu. Cherchez le vrai reçu.' };
      case 'not_in_training':
        return { fact: 'Cela ne se fait pas en formation.', then: 'Terminez d’abord la formation.' };
      case 'training_already':
        return { fact: 'Cette caisse est déjà en formation.', then: 'Terminez d’abord cette formation.' };
      case 'no_training':
        return { fact: 'Aucune formation n’est en cours ici.', then: 'Cette caisse vend pour vrai.' };
      case 'training_copy':
        return { fact: `${refusal.path} n’est qu’une copie de formation.`, then: 'Ouvrez le magasin lui-même.' };
      case 'sale_still_coming':
        return {
          fact: 'Cette vente n’est peut-être pas encore arrivée : l’historique du magasin n’est pas complet ici.',
          then: 'Vérifiez le numéro du reçu, patientez un peu, ou demandez à une autre caisse.',
        };
      case 'two_of_one_number':
        return {
          fact: `Plus d’un reçu porte le numéro ${refusal.receipt}.`,
          then: 'Cette caisse a tourné en double. Choisissez selon l’heure et le montant.',
        };
      case 'nothing_to_return':
        return { fact: 'Rien à retourner.', then: 'Choisissez ce qui revient ; c’est peut-être déjà fait.' };
      case 'more_than_sold':
        return {
          fact: `Plus que vendu : ${refusal.left.replace('.', ',')} peut revenir.`,
          then: 'Tapez une quantité plus petite.',
        };
      case 'line_voided':
        return { fact: 'Cette ligne a été annulée.', then: 'Elle n’a pas été vendue. Choisissez-en une autre.' };
      case 'unknown_line':
        return { fact: 'La vente n’a pas cette ligne.', then: 'Choisissez une autre ligne.' };
      case 'not_last_sale':
        return { fact: 'Ce n’est pas la dernière vente du quart.', then: 'Faites plutôt un retour.' };
      case 'card_refund_first':
        return {
          fact: `${tools.money(refusal.amount)} ont été payés par carte.`,
          then: 'Remboursez-les d’abord au terminal.',
        };
      case 'return_unfinished':
        return {
          fact: 'Une carte est remboursée sans retour.',
          then: `Terminez d’abord le retour du reçu ${refusal.receipt}.`,
        };
      case 'exchange_pending':
        return { fact: 'Des articles reviennent sur ce panier.', then: 'Concluez l’échange, ou quittez-le d’abord.' };
      case 'nothing_to_exchange':
        return { fact: 'Rien ne revient sur ce panier.', then: 'Choisissez les articles à l’écran des retours.' };
      case 'price_above_list':
        return { fact: `Son prix est de ${tools.money(refusal.most)}.`, then: 'Rendez cela, ou moins.' };
      case 'no_such_job':
        return { fact: 'Cette impression est réglée.', then: 'Il ne reste rien à faire.' };
      case 'nothing_to_give':
        return { fact: 'Rien n’attend d’être imprimé.', then: 'C’est sorti entre-temps.' };
      case 'neighbour_cannot_print':
        return { fact: 'Cette caisse ne peut pas imprimer.', then: 'Tout reste ici. Allez voir son imprimante.' };
      case 'fault':
        return {
          fact: 'Cela n’a pas marché.',
          then: refusal.reference
            ? `Essayez encore. Référence ${refusal.reference}.`
            : 'Le moteur ne répond pas. Essayez encore.',
        };
    }
  },
};

/** A day as a sentence of its own: « Jeu. 20 nov. » already ends with its point. */
function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1) + (text.endsWith('.') ? '' : '.');
}
function down(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
