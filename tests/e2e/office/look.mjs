// Every page once, as it stands, kept and looked over.

export const places = ['stores', 'live', 'catalogue', 'prices', 'stock', 'quarantine', 'reports', 'audit', 'people'];

/** Signs in by the form. */
export async function signIn(screen, name, password) {
  await screen.shown('sign-in-name');
  await screen.at('sign-in-name').fill(name);
  await screen.at('sign-in-password').fill(password);
  await screen.press('sign-in');
}

/** What has to be there before a place is looked at. */
const there = {
  stores: 'store-RDC',
  live: 'live-rows',
  catalogue: 'products',
  prices: 'prices-rows',
  stock: 'stock-rows',
  quarantine: 'quarantine',
  reports: 'days',
  audit: 'deeds',
  people: 'people-rows',
};

export async function look(screen, { password }) {
  await screen.shown('sign-in-name');
  await screen.keep('office-sign-in');
  await signIn(screen, 'amelie@demo', password);
  for (const place of places) {
    await screen.shown(`rail-${place}`);
    await screen.press(`rail-${place}`);
    await screen.shown(there[place]);
    await screen.keep(`office-${place}`);
  }
  const inside = [
    ['stores', 'enrol', 'sheet', 'enrol'],
    ['people', 'person-amelie', 'sheet', 'person'],
    ['prices', 'price-GRO-104', 'sheet', 'price'],
    ['prices', 'decide', 'undecided-list', 'apart'],
  ];
  for (const [place, key, shown, name] of inside) {
    await screen.press(`rail-${place}`);
    await screen.shown(key);
    await screen.press(key);
    await screen.shown(shown);
    await screen.keep(`office-${name}`);
    await screen.page.keyboard.press('Escape');
    await screen.gone(shown);
  }
  await screen.press('rail-stores');
  await screen.page.getByTestId('store-RDC').getByRole('link').click();
  await screen.shown('device-1');
  await screen.keep('office-store');
  await screen.press('rail-catalogue');
  await screen.page.getByTestId('products').getByRole('link').first().click();
  await screen.shown('product-close');
  await screen.keep('office-product');
  await screen.press('account');
  await screen.shown('sign-out');
  await screen.keep('office-account');
  await screen.press('sign-out');
  await screen.shown('sign-in-name');
}
