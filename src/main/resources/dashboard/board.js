// What the page knows. A snapshot replaces everything; an update replaces by key, so that what
// comes twice after a reconnect changes nothing.

const PRICES = 200;
const ALERTS = 200;
const LETTERS = 100;
const WINDOWS = { all: 120, warehouse: 30, price_tier: 30 };

export class Board {
  constructor() {
    this.clear();
  }

  clear() {
    this.now = null;
    this.eventTime = null;
    this.broker = null;
    this.currency = null;
    this.keys = 0;
    this.records = 0;
    this.skipped = 0;
    this.prices = new Map(); // oldest first: what is set anew goes to the end
    this.metrics = new Map(); // dimension -> value -> window_start -> currency -> record
    this.rules = { active: null, scheduled: [], sweep: null, history: [] };
    this.alerts = new Map();
    this.alertCounts = {};
    this.letters = new Map();
    this.letterCounts = {};
    this.controls = null;
  }

  snapshot(data) {
    this.clear();
    return this.update(data);
  }

  /** Returns the names of the parts that changed. */
  update(data) {
    const changed = new Set(['head']);
    this.now = data.now ?? this.now;
    if ('event_time' in data) this.eventTime = data.event_time;
    if (data.broker) this.broker = data.broker;
    if (data.currency && data.currency !== this.currency) {
      this.currency = data.currency;
      changed.add('metrics');
    }
    this.keys = data.keys ?? this.keys;
    this.records = data.records ?? this.records;
    this.skipped = data.skipped ?? 0;
    if (data.prices?.length) {
      newest(this.prices, data.prices, (row) => row.key, PRICES);
      changed.add('prices');
    }
    if (data.metrics?.length) {
      data.metrics.forEach((record) => this.metric(record));
      changed.add('metrics');
    }
    if (data.rules) {
      this.rules = data.rules;
      changed.add('rules');
    }
    if (data.alerts?.length) newest(this.alerts, data.alerts, (alert) => alert.id, ALERTS);
    if (data.alert_counts) this.alertCounts = data.alert_counts;
    if (data.alerts?.length || data.alert_counts) changed.add('alerts');
    if (data.dead_letters?.length) {
      newest(this.letters, data.dead_letters, (letter) => letter.id, LETTERS);
    }
    if (data.dead_letter_counts) this.letterCounts = data.dead_letter_counts;
    if (data.dead_letters?.length || data.dead_letter_counts) changed.add('letters');
    if (data.controls) {
      this.controls = { ...this.controls, ...data.controls };
      changed.add('controls');
    }
    return changed;
  }

  metric(record) {
    if (!WINDOWS[record.dimension]) return;
    const values = within(this.metrics, record.dimension);
    const windows = within(values, record.value);
    within(windows, record.window_start).set(record.currency ?? '', record);
    if (windows.size > WINDOWS[record.dimension]) {
      windows.delete([...windows.keys()].sort()[0]);
    }
  }

  /** The windows of a value, oldest first. */
  windows(dimension, value) {
    const windows = this.metrics.get(dimension)?.get(value);
    return windows
      ? [...windows.values()].map(whole).sort((a, b) => (a.window_start < b.window_start ? -1 : 1))
      : [];
  }

  /** The newest window of every value of a dimension, by name. */
  newestOf(dimension) {
    return [...(this.metrics.get(dimension)?.keys() ?? [])]
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .map((value) => this.windows(dimension, value).at(-1));
  }
}

/** A window of all its currencies: stock is told in each, changes are added, amounts stay apart. */
function whole(currencies) {
  const records = [...currencies.values()];
  const sum = (field) => records.reduce((all, record) => all + Number(record[field] ?? 0), 0);
  const amounts = records.filter((record) => record.stock_value !== undefined)
    .map((record) => [record.currency ?? '', record.stock_value]);
  return {
    ...records.at(-1),
    updates: sum('updates'),
    price_changes: sum('price_changes'),
    stock_value: undefined,
    values: new Map(amounts), // currency -> value of the stock that is priced in it
  };
}

function within(map, key) {
  if (!map.has(key)) map.set(key, new Map());
  return map.get(key);
}

/** Adds records that come newest first, and forgets the oldest beyond the limit. */
export function newest(map, records, key, limit) {
  for (let i = records.length - 1; i >= 0; i--) {
    map.delete(key(records[i]));
    map.set(key(records[i]), records[i]);
  }
  for (const oldest of map.keys()) {
    if (map.size <= limit) break;
    map.delete(oldest);
  }
}

/** Newest first; of records that have a time, by that and not by when they came. */
export const newestFirst = (map) => [...map.values()].reverse().sort((a, b) => {
  if (!a.at_kafka || a.at_kafka === b.at_kafka) return 0;
  return a.at_kafka < b.at_kafka ? 1 : -1;
});
