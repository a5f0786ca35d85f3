// How numbers, times and codes are written for people. Amounts stay text: no binary fractions.

const LOCALE = 'en-GB';
const numbers = new Map();

function decimals(digits) {
  if (!numbers.has(digits)) {
    const plain = new Intl.NumberFormat(LOCALE, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    // The sign of print; a hyphen is narrow and easily overlooked.
    numbers.set(digits, { format: (value) => plain.format(value).replace('-', '−') });
  }
  return numbers.get(digits);
}

/** A whole number with thousands separators; text keeps all its digits. */
export function count(value) {
  return value === null || value === undefined ? '–' : decimals(0).format(value);
}

/** An amount with the digits that it came with, such as 1,234.50 EUR. */
export function amount(value, currency) {
  if (value === null || value === undefined) return '–';
  const text = String(value);
  if (!/^-?\d+(\.\d+)?$/.test(text)) return text;
  const digits = Math.min(20, (text.split('.')[1] || '').length);
  return decimals(digits).format(text) + (currency ? ` ${currency}` : '');
}

/** The amount as money is written: a number that lost its zeros on the way gets them back. */
export function money(value, currency) {
  if (value === null || value === undefined) return '–';
  const digits = minorDigits(currency);
  const text = String(value);
  const own = (text.split('.')[1] || '').length;
  return own < digits && /^-?\d+(\.\d+)?$/.test(text)
    ? decimals(digits).format(text) + (currency ? ` ${currency}` : '')
    : amount(text, currency);
}

function minorDigits(currency) {
  if (!currency) return 0;
  try {
    return new Intl.NumberFormat(LOCALE, { style: 'currency', currency }).resolvedOptions()
      .minimumFractionDigits;
  } catch {
    return 0;
  }
}

/** Money for a headline: beyond a million nobody reads cents. */
export function headline(value, currency) {
  const whole = /^-?\d{7,}(\.\d+)?$/.test(String(value));
  return whole ? decimals(0).format(String(value)) + (currency ? ` ${currency}` : '') : money(value, currency);
}

const SIZES = [[1e9, 'bn'], [1e6, 'm'], [1e3, 'k']];

/** The label of an axis whose labels are `step` apart: as many digits as tell them apart. */
export function onAxis(value, step) {
  const [size, letter] = SIZES.find(([s]) => Math.abs(value) >= s && Math.abs(value) >= 1e4) ?? [1, ''];
  let digits = 0;
  // A difference of binary fractions is nearly, not quite, what it should be.
  const isWhole = (x) => Math.abs(x - Math.round(x)) < 1e-6;
  while (digits < 6 && !isWhole((step / size) * 10 ** digits)) digits += 1;
  return decimals(value === 0 ? 0 : digits).format(value / size) + letter;
}

export function signed(value) {
  if (value === 0) return 'no change';
  return (value > 0 ? '+' : '−') + decimals(0).format(Math.abs(value));
}

const clock = new Intl.DateTimeFormat(LOCALE, {
  hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZone: 'UTC',
});
const minute = new Intl.DateTimeFormat(LOCALE, {
  hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'UTC',
});
const dayAndMonth = new Intl.DateTimeFormat(LOCALE, {
  day: 'numeric', month: 'short', timeZone: 'UTC',
});
const day = new Intl.DateTimeFormat(LOCALE, {
  day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC',
});

function instant(value) {
  const time = typeof value === 'number' ? value : Date.parse(value);
  return Number.isNaN(time) ? null : time;
}

/** The time of day, with its date where that is not the day of `now`. */
export function when(value, now) {
  const time = instant(value);
  if (time === null) return value ? String(value) : '–';
  const today = now === undefined ? null : instant(now);
  const sameDay = today !== null && Math.floor(time / 864e5) === Math.floor(today / 864e5);
  return sameDay ? clock.format(time) : `${day.format(time)} ${clock.format(time)}`;
}

export function hourToSecond(value) {
  const time = instant(value);
  return time === null ? '–' : clock.format(time);
}

export function dayOf(value) {
  const time = instant(value);
  return time === null ? '–' : day.format(time);
}

/** From when to when: with the date where that is not the day of `now`, and again where it changes. */
export function between(from, to, now) {
  return `${when(from, now)} to ${when(to, from)} UTC`;
}

/** The label of a time axis whose labels are `step` milliseconds apart; midnight says the day. */
export function onTimeAxis(time, step) {
  if (step >= 864e5) return day.format(time);
  if (time % 864e5 === 0) return dayAndMonth.format(time);
  return (step < 60000 ? clock : minute).format(time);
}

/** How long, in at most two units: 3 min 4 s. */
export function span(millis) {
  const ms = Math.abs(millis);
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const s = Math.round(ms / 1000);
  if (ms < 10000 && ms % 1000 !== 0) return `${(ms / 1000).toFixed(1)} s`;
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min${s % 60 ? ` ${s % 60} s` : ''}`;
  if (s < 86400) {
    return `${Math.floor(s / 3600)} h${s % 3600 >= 60 ? ` ${Math.floor((s % 3600) / 60)} min` : ''}`;
  }
  const days = Math.floor(s / 86400);
  return `${count(days)} ${days === 1 ? 'day' : 'days'}`;
}

const SPELLED = { json: 'JSON', utf8: 'UTF-8', bom: 'BOM', nan: 'NaN', id: 'ID' };

/** QUANTITY_NOT_INTEGER: Quantity not integer. */
export function words(code) {
  const text = String(code).toLowerCase().split('_').map((word) => SPELLED[word] ?? word).join(' ')
    .replace(/\butf (\d+)/g, 'UTF-$1');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function plural(n, one, many) {
  return `${count(n)} ${Number(n) === 1 ? one : many}`;
}

const CAUSES = {
  inventory: 'Stock changed',
  rule_book: 'New rule book',
  schedule: 'A rule began or ended',
  catalog: 'Catalog changed',
};

/** Why a price came. */
export function cause(code) {
  return CAUSES[code] || (code ? words(code) : 'Withdrawn');
}

/** -1, 0 or 1: exact, also beyond what a binary fraction holds; null where there is none. */
export function direction(price, previous) {
  if (price === null || price === undefined || previous === null || previous === undefined) {
    return null;
  }
  const [a, b] = scaled(String(price), String(previous));
  return a === null ? null : a > b ? 1 : a < b ? -1 : 0;
}

function scaled(a, b) {
  const plain = /^-?\d+(\.\d+)?$/;
  if (!plain.test(a) || !plain.test(b)) return [null, null];
  const digits = Math.max((a.split('.')[1] || '').length, (b.split('.')[1] || '').length);
  const whole = (text) => {
    const [units, fraction = ''] = text.split('.');
    return BigInt(units + fraction.padEnd(digits, '0'));
  };
  return [whole(a), whole(b)];
}

/** A detail such as "- 10 %" or "band 1 x 1.2" with the signs of print. */
function printed(detail) {
  return detail.replace(/(^|\s)- (?=\d)/g, '$1− ').replace(/ x (?=[\d.])/g, ' × ');
}

/** What a step of a trace says, before its amount. */
export function step(entry) {
  const source = entry.source ?? '';
  const detail = entry.detail ? printed(entry.detail) : '';
  const how = detail ? ` (${detail})` : '';
  switch (entry.step) {
    case 'base':
      return source.startsWith('tier:')
        ? `Tier ${source.slice(5)}${detail ? ` (category ${detail})` : ''}`
        : source === 'list_price'
          ? `List price${detail ? ` (category ${detail})` : ''}`
          : source + how;
    case 'promotion':
      return `Promotion ${source}${how}`;
    case 'limits':
      return `Limit ${source}${how}`;
    case 'rounding':
      return source === 'HALF_UP'
        ? `Rounding${detail ? ` ${detail}` : ''}, half up`
        : `Rounding rule ${source}${how}`;
    case 'segment':
      return `Customers of segment ${source}${how}`;
    case 'hold':
      return `Rule ${source} holds the price${detail ? ` ${detail}` : ''}`;
    default:
      return `Rule ${source}${how}`;
  }
}
