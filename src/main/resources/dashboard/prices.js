// The table of the newest prices, with its search.

import { byId, el, name, LiveList, setText, setAttribute, still } from './dom.js';
import { amount, cause, count, direction, plural, when } from './format.js';
import { newest, newestFirst } from './board.js';

const LIMIT = 200;
const TYPING = 200;
const ANEW = 5000;
const FLASHES = 12;

export class Prices {
  /** @param route where the search and the product are kept */
  constructor(route) {
    this.route = route;
    this.now = null;
    this.quiet = false;
    this.query = '';
    this.found = null; // what the search found: key -> row, oldest first; null without a search
    this.list = new LiveList({
      box: byId('prices-scroll'),
      body: byId('price-rows'),
      newer: byId('prices-newer'),
      state: byId('prices-state'),
      empty: byId('prices-empty'),
      create: () => this.row(),
      id: (row) => row.key,
    });
    const input = byId('search');
    input.addEventListener('input', () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => route.search(input.value.trim()), TYPING);
    });
    byId('search-form').addEventListener('submit', (event) => {
      event.preventDefault();
      clearTimeout(this.typing);
      route.search(input.value.trim());
    });
  }

  /** Follows the address: also Back, or a link that was sent. */
  search(query) {
    if (query === this.query) return;
    this.query = query;
    const input = byId('search');
    if (input.value.trim() !== query) input.value = query;
    clearInterval(this.anew);
    this.found = null;
    if (query) {
      this.fetch(true);
      this.anew = setInterval(() => {
        if (!document.hidden) this.fetch(false);
      }, ANEW);
    } else {
      setText(byId('matches'), '');
      this.render(true);
    }
  }

  async fetch(force) {
    const query = this.query;
    try {
      const answer = await fetch(`/api/prices?q=${encodeURIComponent(query)}&limit=${LIMIT}`);
      if (!answer.ok) throw new Error(String(answer.status));
      const { matches, prices } = await answer.json();
      if (query !== this.query) return; // An answer that the reader no longer waits for.
      this.found = new Map();
      newest(this.found, prices, (row) => row.key, LIMIT);
      setText(byId('matches'), Number(matches) > LIMIT
        ? `${plural(matches, 'match', 'matches')}, the newest ${LIMIT} shown`
        : plural(matches, 'match', 'matches'));
      this.render(force);
    } catch {
      if (query === this.query && force) setText(byId('matches'), 'The search does not answer.');
    }
  }

  /** @param fresh the rows that just came, newest first */
  show(board, fresh) {
    this.board = board;
    this.now = board.now;
    this.quiet = fresh.length <= FLASHES;
    if (this.query && this.found && fresh.length) {
      const matching = fresh.filter((row) => this.found.has(row.key) || matches(row, this.query));
      newest(this.found, matching, (row) => row.key, LIMIT);
    }
    this.render(false);
    this.quiet = false;
  }

  render(force) {
    if (!this.board) return;
    const rows = this.query ? this.found && newestFirst(this.found) : newestFirst(this.board.prices);
    if (!rows) return;
    setText(byId('prices-empty'), this.query ? 'Nothing matches.' : 'No price yet.');
    this.list.show(rows, force);
  }

  row() {
    const link = el('a', { class: 'open' });
    const warehouse = el('td', { role: 'cell', class: 'c-warehouse' });
    const stock = el('td', { role: 'cell', class: 'num c-stock' });
    const tier = el('td', { role: 'cell', class: 'c-tier' });
    const price = el('td', { role: 'cell', class: 'num c-price' });
    const change = el('td', { role: 'cell', class: 'c-change' });
    const why = el('td', { role: 'cell', class: 'c-why' });
    const at = el('time');
    const node = el('tr', { role: 'row' },
      el('td', { role: 'cell', class: 'c-product' }, link),
      warehouse, stock, tier, price, change, why, el('td', { role: 'cell', class: 'num c-at' }, at));
    return {
      node,
      update: (row, before) => {
        if (!link.firstChild) {
          link.append(name(row.product_id));
          warehouse.append(name(row.warehouse_id));
        }
        link.href = this.route.toProduct(row.product_id, row.warehouse_id);
        setText(stock, count(row.quantity));
        setText(tier, row.price_tier ?? '–');
        setText(price, row.withdrawn ? 'withdrawn' : amount(row.price, row.currency));
        const [direct, text] = changeOf(row);
        setText(change, text);
        setAttribute(change, 'data-direction', direct);
        setText(why, whyOf(row));
        setText(at, when(row.at, this.now));
        setAttribute(at, 'datetime', row.at);
        setAttribute(node, 'data-withdrawn', row.withdrawn ? 'true' : null);
        if (before && before.price !== row.price) this.flash(price);
      },
    };
  }

  /** A glimpse of colour where a price moved; in a flood it would be noise, and dear. */
  flash(cell) {
    if (still.matches || !this.quiet) return;
    cell.classList.remove('moved');
    requestAnimationFrame(() => cell.classList.add('moved'));
  }
}

/** Direction and words. */
function changeOf(row) {
  if (row.withdrawn) return ['none', row.price ? `was ${amount(row.price)}` : ''];
  if (row.previous_currency) {
    return ['none', `other currency, was ${amount(row.previous_price, row.previous_currency)}`];
  }
  const way = direction(row.price, row.previous_price);
  if (way === null) return ['none', 'first price'];
  if (way === 0) return ['none', 'unchanged'];
  return way > 0
    ? ['up', `▲ up from ${amount(row.previous_price)}`]
    : ['down', `▼ down from ${amount(row.previous_price)}`];
}

function whyOf(row) {
  if (row.withdrawn) return 'Has no price now';
  const rules = row.rules?.length ? `: ${row.rules.join(', ')}` : '';
  return cause(row.cause) + rules;
}

/** As the server searches: every word in the product, warehouse, tier or a rule. */
export function matches(row, query) {
  const places = [row.product_id, row.warehouse_id, row.price_tier, ...(row.rules ?? [])]
    .filter(Boolean).map((text) => text.toLowerCase());
  return query.toLowerCase().split(/\s+/).filter(Boolean)
    .every((word) => places.some((place) => place.includes(word)));
}
