// A product, opened: its warehouses, price and stock over time, and every price explained.

import { byId, el, name, Keyed, setText, setAttribute } from './dom.js';
import { amount, between, cause, count, direction, plural, step, when } from './format.js';
import { chart, drop, line, range, valueAxis } from './charts.js';

const ANEW = 1000;

export class Product {
  constructor(sheet, route) {
    this.sheet = sheet;
    this.route = route;
  }

  open(id, warehouse, board) {
    this.id = id;
    this.warehouse = warehouse;
    this.board = board;
    this.sheet.begin(id);
    this.message = el('p', { class: 'note', role: 'status' }, 'Loading');
    this.sheet.body.replaceChildren(this.message);
    this.built = false;
    this.fetch();
  }

  close() {
    this.id = null;
    clearTimeout(this.later);
    this.later = null;
    if (this.chart) drop(this.chart);
    this.chart = null;
    this.built = false;
  }

  choose(warehouse) {
    this.warehouse = warehouse;
    if (this.built) this.render();
  }

  /** Rows that just came: the product is read anew where one is of it, at most once a second. */
  changed(rows) {
    if (!this.id || this.later || !rows.some((row) => row.product_id === this.id)) return;
    this.later = setTimeout(() => {
      this.later = null;
      this.fetch();
    }, ANEW);
  }

  async fetch() {
    const id = this.id;
    if (!id) return;
    try {
      const answer = await fetch(`/api/products?id=${encodeURIComponent(id)}`);
      const data = await answer.json();
      if (id !== this.id) return;
      if (!answer.ok) {
        setText(this.message, data.error ?? `The product cannot be read (${answer.status}).`);
        return;
      }
      this.data = data;
      if (!this.built) this.build();
      this.render();
    } catch {
      if (id === this.id && !this.built) setText(this.message, 'The product cannot be read now.');
    }
  }

  build() {
    this.built = true;
    const rows = el('tbody');
    this.rows = new Keyed(rows, (item) => this.warehouseRow(item));
    const canvas = el('canvas', { role: 'img', 'aria-label': '' });
    this.canvas = canvas;
    this.title = el('h3');
    this.note = el('p', { class: 'note' });
    const steps = el('ol', { class: 'steps' });
    this.steps = new Keyed(steps, () => explained());
    this.sheet.body.replaceChildren(
      el('div', { class: 'scroll-x', role: 'region', 'aria-label': 'Warehouses', tabindex: '0' },
        el('table', { class: 'places' },
          el('caption', { class: 'hidden' }, 'The newest price in every warehouse'),
          el('thead', {}, el('tr', {},
            el('th', { scope: 'col' }, 'Warehouse'),
            el('th', { scope: 'col', class: 'num' }, 'Stock'),
            el('th', { scope: 'col', class: 'num' }, 'Price'),
            el('th', { scope: 'col' }, 'Segments'),
            el('th', { scope: 'col', class: 'num' }, 'Since (UTC)'))),
          rows)),
      this.title, this.note,
      el('div', { class: 'plot tall' }, canvas),
      el('h3', {}, 'Why each price'),
      steps);
    this.chart = chart(canvas, 'line',
      [line('Price', 'one', { stepped: true, yAxisID: 'price', pointRadius: 2 }),
        line('Stock', 'two', { stepped: true, yAxisID: 'stock', pointRadius: 2 })],
      {
        // The last one stands on top.
        stock: valueAxis('Stock', { stack: 'one', stackWeight: 2, position: 'left', beginAtZero: true, offset: true }),
        price: valueAxis('Price', { stack: 'one', stackWeight: 3, position: 'left', grace: '10%', offset: true }),
      },
      (item) => (item.dataset.yAxisID === 'price'
        ? `Price ${amount(item.raw.text, item.raw.currency)}`
        : `Stock ${count(item.raw.text)}`));
  }

  warehouseRow(item) {
    const button = el('button', { type: 'button', class: 'pick' }, name(item.warehouse_id));
    button.addEventListener('click', () => this.route.toWarehouse(item.warehouse_id));
    const cells = ['num', 'num', '', 'num'].map((kind) => el('td', { class: kind || null }));
    const node = el('tr', {}, el('th', { scope: 'row' }, button), ...cells);
    return {
      node,
      update: ({ last, chosen }) => {
        setAttribute(button, 'aria-pressed', String(chosen));
        setAttribute(node, 'data-chosen', chosen ? 'true' : null);
        setText(cells[0], count(last.quantity));
        setText(cells[1], last.withdrawn ? 'withdrawn' : amount(last.price, last.currency));
        setText(cells[2], segments(last));
        setText(cells[3], when(last.effective_at ?? last.at, this.board.now));
      },
    };
  }

  render() {
    const places = this.data.warehouses.filter((place) => place.history.length);
    const place = places.find((p) => p.warehouse_id === this.warehouse) ?? places[0];
    if (!place) return;
    this.rows.show(places.map((p) => ({
      warehouse_id: p.warehouse_id, last: p.history.at(-1), chosen: p === place,
    })), (item) => item.warehouse_id);
    this.title.replaceChildren('Price and stock in ', name(place.warehouse_id));
    const history = place.history;
    const others = otherCurrencies(history);
    setText(this.note, `${plural(history.length, 'change', 'changes')} known, newest first below. Times are UTC.`
      + (others.length ? ` Prices in ${others.join(', ')} are not in the chart.` : ''));
    this.draw(history);
    this.steps.show(history.map((row, i) => ({
      row, before: history[i - 1], now: this.board.now, first: i === history.length - 1,
    })).reverse(), (item) => `${place.warehouse_id} ${item.row.price_version} ${item.row.at} ${item.row.withdrawn}`);
  }

  draw(history) {
    const at = (row) => Date.parse(row.effective_at ?? row.at);
    // Versions are in order; the moments from which they hold may be equal, or step back.
    const rows = history.map((row) => ({ row, x: at(row) })).sort((a, b) => a.x - b.x);
    const point = (x, text, currency) => ({ x, y: text === null ? null : Number(text), text, currency });
    // Amounts of two currencies on one axis would say nothing.
    const currency = newestCurrency(history);
    const prices = rows.map(({ row, x }) => point(x,
      row.withdrawn || row.currency !== currency ? null : row.price ?? null, row.currency));
    const stock = rows.map(({ row, x }) => point(x, row.withdrawn ? null : row.quantity ?? null));
    // The last of each holds until now.
    const end = Math.max(Date.parse(this.board.eventTime ?? '') || 0, rows.at(-1).x);
    for (const line of [prices, stock]) line.push({ ...line.at(-1), x: end });
    this.chart.data.datasets[0].data = prices;
    this.chart.data.datasets[1].data = stock;
    range(this.chart, rows[0].x, end);
    this.chart.update('none');
    const known = rows.map(({ row }) => row).filter((row) => !row.withdrawn && row.price);
    const last = history.at(-1);
    setAttribute(this.canvas, 'aria-label', known.length
      ? `Price and stock over time, from ${between(rows[0].x, end, this.board.now)}. `
        + `First price ${amount(known[0].price, known[0].currency)} at a stock of ${count(known[0].quantity)}, `
        + `last ${amount(known.at(-1).price, known.at(-1).currency)} at a stock of ${count(last.quantity)}. `
        + 'Every price stands in the list below.'
      : 'Price and stock over time: no price is known.');
  }
}

const newestCurrency = (history) => history.findLast((row) => row.currency)?.currency;

/** Currencies of earlier prices. */
function otherCurrencies(history) {
  const newest = newestCurrency(history);
  return [...new Set(history.map((row) => row.currency))].filter((c) => c && c !== newest);
}

function segments(row) {
  const entries = Object.entries(row.segment_prices ?? {});
  return entries.length
    ? entries.map(([segment, price]) => `${segment} ${amount(price)}`).join(', ') : '–';
}

/** One price with its trace in words. */
function explained() {
  const time = el('time');
  const head = el('span', { class: 'step-price' });
  const why = el('span', { class: 'step-why' });
  const trace = el('ol', { class: 'trace' });
  const note = el('p', { class: 'note' });
  const details = el('details', {}, el('summary', {}, time, head, why), trace, note);
  let opened = false;
  return {
    node: el('li', {}, details),
    update({ row, before, now, first }) {
      setText(time, when(row.effective_at ?? row.at, now));
      setAttribute(time, 'datetime', row.effective_at ?? row.at);
      if (!opened && first) details.open = true;
      opened = true;
      const way = row.previous_currency ? null : direction(row.price, row.previous_price);
      const price = amount(row.price, row.currency);
      setText(head, row.withdrawn ? 'withdrawn'
        : row.previous_currency
          ? `${price}, was ${amount(row.previous_price, row.previous_currency)} in another currency`
        : way === null ? `first price ${price}`
          : way === 0 ? `${price}, unchanged`
            : `${way > 0 ? '▲' : '▼'} ${way > 0 ? 'up' : 'down'} from ${amount(row.previous_price)} to ${price}`);
      setAttribute(head, 'data-direction', way > 0 ? 'up' : way < 0 ? 'down' : null);
      const stock = before && before.quantity !== row.quantity && !row.withdrawn
        ? `, stock ${count(before.quantity)} to ${count(row.quantity)}` : `, stock ${count(row.quantity)}`;
      setText(why, (row.withdrawn ? 'Has no price now' : cause(row.cause)) + stock);
      const steps = row.trace ?? [];
      trace.replaceChildren(...steps.map((entry) => el('li', {},
        el('bdi', {}, step(entry)), ': ', el('b', {}, amount(entry.after)), '.')));
      trace.hidden = steps.length === 0;
      setText(note, [
        steps.length || row.withdrawn ? '' : 'This record has no trace.',
        row.rule_book ? `Rule book ${row.rule_book}, price version ${count(row.price_version)}.` : '',
        segments(row) === '–' ? '' : `Segments: ${segments(row)}.`,
      ].filter(Boolean).join(' '));
    },
  };
}
