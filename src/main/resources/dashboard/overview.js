// The tiles, the charts and the tables from the windows.

import { byId, el, name, Keyed, setText, setAttribute } from './dom.js';
import { amount, between, count, headline, money, plural, signed } from './format.js';
import { chart, line, range, valueAxis } from './charts.js';

const TILES = [
  { id: 'units', label: 'Units on hand', field: 'units_on_hand' },
  { id: 'value', label: 'Stock value', field: 'stock_value' },
  { id: 'low', label: 'Low stock', field: 'low_stock', level: 'warn' },
  { id: 'out', label: 'Out of stock', field: 'out_of_stock', level: 'warn' },
  { id: 'oversold', label: 'Oversold', field: 'oversold', level: 'bad' },
  { id: 'changes', label: 'Price changes', field: 'price_changes', flow: true },
  { id: 'updates', label: 'Stock updates', field: 'updates', flow: true },
];

export class Overview {
  constructor() {
    this.tiles = TILES.map((tile) => {
      const value = el('dd', { class: 'big', id: `tile-${tile.id}` }, '–');
      const more = el('dd', { class: 'note' }, ' ');
      byId('tiles').append(el('div', { class: 'tile' }, el('dt', {}, tile.label), value, more));
      return { ...tile, value, more };
    });
    this.showsValue = false;
    this.level = chart(byId('level-chart'), 'line', [line('Units', 'one', { fill: false })],
      { y: valueAxis('') }, (item) => this.worded(item.parsed.y));
    this.changes = chart(byId('changes-chart'), 'bar',
      [{ label: 'Price changes', role: 'two', data: [], minBarLength: 1 }],
      { y: valueAxis('', { beginAtZero: true, ticks: { maxTicksLimit: 5, precision: 0 } }) },
      (item) => plural(item.parsed.y, 'price change', 'price changes'));
    byId('show-units').addEventListener('click', () => this.choose(false));
    byId('show-value').addEventListener('click', () => this.choose(true));
    this.warehouses = new Keyed(byId('warehouses'), () => levelRow());
    this.tiers = new Keyed(byId('tiers'), () => levelRow());
  }

  choose(value) {
    this.showsValue = value;
    setAttribute(byId('show-units'), 'aria-pressed', String(!value));
    setAttribute(byId('show-value'), 'aria-pressed', String(value));
    if (this.board) this.show(this.board);
  }

  worded(value) {
    return this.showsValue ? money(value, this.currency) : plural(value, 'unit', 'units');
  }

  show(board) {
    this.board = board;
    const windows = board.windows('all', 'all');
    const last = windows.at(-1);
    const before = windows.at(-2);
    if (last) {
      setText(byId('window'), `At the end of the window ${between(last.window_start, last.window_end, board.now)}`);
    } else {
      setText(byId('window'), 'No window has closed yet.');
    }
    this.currency = currencyOf(last, board.currency);
    for (const tile of this.tiles) {
      const value = tile.id === 'value' ? last?.values.get(this.currency) : last?.[tile.field];
      if (tile.id === 'value') {
        setText(tile.value, value === undefined ? '–' : headline(value, this.currency));
        setAttribute(tile.value, 'title', value === undefined ? null : money(value, this.currency));
      } else {
        setText(tile.value, count(value));
      }
      setAttribute(tile.value, 'data-level', Number(value) > 0 ? tile.level : null);
      setText(tile.more, note(tile, last, before, this.currency));
    }
    this.draw(windows, board.now);
    const most = (records) => Math.max(1, ...records.map((r) => Math.abs(Number(r.units_on_hand))));
    for (const [rows, dimension] of [[this.warehouses, 'warehouse'], [this.tiers, 'price_tier']]) {
      const records = board.newestOf(dimension);
      const top = most(records);
      rows.show(records.map((record) => ({ record, top })), (item) => item.record.value);
    }
  }

  draw(windows, now) {
    const { currency } = this;
    // Axes without data would show a day of 1970.
    byId('level-chart').classList.toggle('nothing', windows.length === 0);
    byId('changes-chart').classList.toggle('nothing', windows.length === 0);
    const of = (w) => (this.showsValue ? w.values.get(currency) : w.units_on_hand);
    const at = (record) => Date.parse(record.window_end);
    // Windows in another currency leave a gap: two currencies on one axis would say nothing.
    this.level.data.datasets[0].data = windows.map((w) => ({
      x: at(w), y: of(w) === undefined ? null : Number(of(w)),
    }));
    const shown = windows.filter((w) => of(w) !== undefined);
    // One window alone is a point; more are a line.
    this.level.data.datasets[0].pointRadius = shown.length < 2 ? 3 : 0;
    this.changes.data.datasets[0].data = windows.map((w) => ({ x: at(w), y: w.price_changes }));
    const title = this.showsValue ? `Stock value${currency ? ` (${currency})` : ''}` : 'Units on hand';
    setText(byId('level-title'), title);
    if (windows.length) {
      range(this.level, at(windows[0]), at(windows.at(-1)));
      range(this.changes, at(windows[0]), at(windows.at(-1)));
      this.changes.data.datasets[0].barThickness = thickness(windows, this.changes.width);
    }
    this.level.update('none');
    this.changes.update('none');
    setAttribute(byId('level-chart'), 'aria-label', `${title}: ${told(shown, now, (w) => Number(of(w)),
      (w) => (this.showsValue ? money(of(w), currency) : count(of(w))))}`);
    setAttribute(byId('changes-chart'), 'aria-label', `Price changes a window: ${told(windows, now,
      (w) => w.price_changes, (w) => count(w.price_changes))}`);
  }
}

/** Of a bar: most of its window's place, but never too thin to be seen, as in a week of minutes. */
function thickness(windows, width) {
  const last = windows.at(-1);
  const end = Date.parse(last.window_end);
  const share = (end - Date.parse(last.window_start)) / (end - Date.parse(windows[0].window_start));
  return Math.max(2, Math.min(14, 0.7 * share * width));
}

/** What a chart shows, in a sentence for those who do not see it. */
function told(windows, now, value, worded) {
  if (!windows.length) return 'no window has closed yet.';
  const sorted = [...windows].sort((a, b) => value(a) - value(b));
  return `${plural(windows.length, 'window', 'windows')} from ${between(windows[0].window_start, windows.at(-1).window_end, now)}; now ${worded(windows.at(-1))}, lowest ${worded(sorted[0])}, highest ${worded(sorted.at(-1))}.`;
}

/** The currency of the newest prices, where the window has amounts in it; else one that it has. */
function currencyOf(window, newest) {
  const has = [...window?.values.keys() ?? []];
  return has.includes(newest) ? newest : has.at(-1) ?? newest ?? '';
}

/** What a window's stock is worth in every currency. */
function worth(window) {
  const amounts = [...window.values].map(([currency, value]) => money(value, currency));
  return amounts.length ? amounts.join(' and ') : '–';
}

function note(tile, last, before, currency) {
  if (!last) return ' ';
  if (tile.flow) return 'in the last window';
  if (tile.id === 'value') {
    const others = [...last.values].filter(([other]) => other !== currency)
      .map(([other, value]) => headline(value, other));
    if (others.length) return `and ${others.join(' and ')}`;
    if (!before?.values.has(currency)) return ' ';
    const difference = Number(last.values.get(currency)) - Number(before.values.get(currency));
    if (difference === 0) return 'no change';
    return `${difference > 0 ? '+' : '−'}${amount(Math.abs(difference).toFixed(2))} since the last`;
  }
  if (!before) return ' ';
  const difference = Number(last[tile.field]) - Number(before[tile.field]);
  return difference === 0 ? 'no change' : `${signed(difference)} since the last`;
}

function levelRow() {
  const title = el('th', { scope: 'row' });
  const bar = el('span', { class: 'bar', 'aria-hidden': 'true' });
  const units = el('span');
  const value = el('td', { class: 'num wide' });
  const cells = ['low_stock', 'out_of_stock', 'oversold'].map((field) => ({
    field, cell: el('td', { class: 'num' }),
  }));
  const node = el('tr', {}, title, el('td', { class: 'num' }, units), value,
    ...cells.map((c) => c.cell));
  return {
    node,
    update({ record, top }) {
      if (!title.firstChild) title.append(name(record.value), bar);
      setText(units, count(record.units_on_hand));
      bar.style.width = `${Math.max(0, Math.min(100, (100 * Number(record.units_on_hand)) / top))}%`;
      setText(value, worth(record));
      for (const { field, cell } of cells) setText(cell, count(record[field]));
    },
  };
}
