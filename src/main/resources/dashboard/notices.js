// Alerts and dead letters: lists of the newest, each with a filter by kind.

import { byId, el, name, Keyed, LiveList, setText, setAttribute } from './dom.js';
import { amount, count, money, when, words } from './format.js';
import { newestFirst } from './board.js';

/** A row of buttons, one a kind with its count; one may be chosen. */
class Chips {
  constructor(box, changed) {
    this.chosen = null;
    this.changed = changed;
    this.keyed = new Keyed(box, (item) => this.chip(item));
  }

  chip({ kind }) {
    const number = el('span', { class: 'n' });
    const button = el('button', { type: 'button', class: 'chip' }, words(kind), ' ', number);
    button.addEventListener('click', () => {
      this.chosen = this.chosen === kind ? null : kind;
      this.changed();
    });
    return {
      node: button,
      update: ({ counted, pressed }) => {
        setText(number, count(counted));
        setAttribute(button, 'aria-pressed', String(pressed));
      },
    };
  }

  show(counts) {
    const kinds = Object.entries(counts).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    this.keyed.show(kinds.map(([kind, counted]) => ({
      kind, counted, pressed: kind === this.chosen,
    })), (item) => item.kind);
  }
}

const SEVERITY = { INFO: '• Info', WARNING: '▲ Warning', CRITICAL: '✕ Critical' };

export class Alerts {
  constructor(route) {
    this.route = route;
    this.chips = new Chips(byId('alert-kinds'), () => this.show(this.board, true));
    this.list = new LiveList({
      box: byId('alerts-scroll'), body: byId('alert-rows'), newer: byId('alerts-newer'),
      state: byId('alerts-state'), empty: byId('alerts-empty'),
      create: (alert) => this.row(alert), id: (alert) => alert.id,
    });
  }

  show(board, force = false) {
    this.board = board;
    this.chips.show(board.alertCounts);
    const all = newestFirst(board.alerts);
    const { chosen } = this.chips;
    setText(byId('alerts-empty'), chosen ? 'None of this kind among the newest.' : 'No alert.');
    this.list.show(chosen ? all.filter((alert) => alert.alert === chosen) : all, force);
  }

  row(alert) {
    const product = el('a', { href: this.route.toProduct(alert.product_id, alert.warehouse_id) },
      name(alert.product_id));
    return {
      node: el('li', { class: 'item' },
        el('p', { class: 'item-head' },
          el('b', {}, words(alert.alert)),
          el('span', { class: 'severity', 'data-severity': alert.severity },
            SEVERITY[alert.severity] ?? String(alert.severity)),
          el('time', { datetime: alert.event_time }, when(alert.event_time, this.board.now))),
        el('p', { class: 'item-text' }, product,
          alert.warehouse_id ? ' in ' : '', alert.warehouse_id ? name(alert.warehouse_id) : '',
          el('span', {}, detailed(alert.details)))),
      update() {},
    };
  }
}

const LABELS = {
  quantity: 'stock', threshold: 'low below', price: 'price',
  change_percent: 'change', limit: 'limit', why: 'because', rule_id: 'rule', segment: 'segment',
};

const AMOUNTS = new Set(['price', 'previous_price']);

/** Amounts have the currency that stands with them, and no other one. */
function detailed(details) {
  const {
    previous_price: before, previous_currency: old, currency, ...rest
  } = details ?? {};
  const parts = Object.entries(rest).map(([field, value]) => {
    const label = LABELS[field] ?? words(field).toLowerCase();
    const text = AMOUNTS.has(field) ? money(value, currency) : amount(value);
    if (field === 'price' && before !== undefined) {
      return `${money(before, old ?? currency)} to ${text}`;
    }
    if (field === 'change_percent') return `${label} ${text} %`;
    if (field === 'why' || field === 'limit') return `${label} ${words(value).toLowerCase()}`;
    return `${label} ${text}`;
  });
  return parts.length ? `: ${parts.join(', ')}` : '';
}

export class Letters {
  constructor(route) {
    this.route = route;
    this.chips = new Chips(byId('letter-reasons'), () => this.show(this.board, true));
    this.list = new LiveList({
      box: byId('letters-scroll'), body: byId('letter-rows'), newer: byId('letters-newer'),
      state: byId('letters-state'), empty: byId('letters-empty'),
      create: (letter) => this.row(letter), id: (letter) => letter.id,
    });
  }

  show(board, force = false) {
    this.board = board;
    this.chips.show(board.letterCounts);
    const all = newestFirst(board.letters);
    const { chosen } = this.chips;
    setText(byId('letters-empty'), chosen ? 'None of this reason among the newest.' : 'No dead letter.');
    this.list.show(chosen ? all.filter((letter) => letter.reason === chosen) : all, force);
  }

  row(letter) {
    const source = letter.source ?? {};
    return {
      node: el('li', { class: 'item' },
        el('p', { class: 'item-head' },
          el('a', { href: this.route.toLetter(letter.id) }, words(letter.reason)),
          el('time', { datetime: letter.failed_at }, when(letter.failed_at, this.board.now))),
        el('p', { class: 'item-text' }, name(letter.message)),
        el('p', { class: 'note' },
          name(`${letter.path ? `${letter.path}, ` : ''}${source.topic ?? ''} ${source.partition ?? ''}:${source.offset ?? ''}`))),
      update() {},
    };
  }
}
