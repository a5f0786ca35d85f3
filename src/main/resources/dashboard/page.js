// The page: one stream of events in, one drawing a frame out.

import { byId, setText, setAttribute } from './dom.js';
import { count, plural, span, when } from './format.js';
import { Board } from './board.js';
import { Overview } from './overview.js';
import { Prices } from './prices.js';
import { Product } from './product.js';
import { Letter } from './letter.js';
import { Rules } from './rules.js';
import { Alerts, Letters } from './notices.js';
import { Controls } from './controls.js';

/** The server speaks at least every second. */
const SILENCE = 6000;
const RETRY = 2000;

// ---- The address: what is searched and what is open, so that it can be sent, and Back works.

const route = {
  read: () => new URLSearchParams(location.hash.slice(1)),
  with(changes) {
    const next = route.read();
    for (const [key, value] of Object.entries(changes)) {
      if (value) next.set(key, value);
      else next.delete(key);
    }
    return `#${next}`;
  },
  toProduct: (product, warehouse) => route.with({ product, warehouse, letter: null }),
  toLetter: (letter) => route.with({ letter, product: null, warehouse: null }),
  toWarehouse: (warehouse) => route.replace(route.with({ warehouse })),
  // Not an entry of its own in the history for every letter that is typed.
  search: (q) => route.replace(route.with({ q })),
  replace(hash) {
    history.replaceState(history.state, '', hash === '#' ? location.pathname : hash);
    follow();
  },
};

// ---- The sheet over the page: a product or a dead letter.

const dialog = byId('sheet');
let opener = null;
let cameFromHere = false;

const sheet = {
  body: byId('sheet-body'),
  begin(title) {
    byId('sheet-title').textContent = title;
    if (!dialog.open) {
      opener = document.activeElement;
      dialog.showModal();
      sheet.body.scrollTop = 0;
      byId('sheet-title').focus();
    }
  },
};

document.addEventListener('click', (event) => {
  const link = event.target.closest('a');
  if (link?.hash.match(/[#&](product|letter)=/)) {
    cameFromHere = true;
    // What was searched since the row was drawn stays in the address.
    const target = new URLSearchParams(link.hash.slice(1));
    link.href = route.with({
      product: target.get('product'), warehouse: target.get('warehouse'), letter: target.get('letter'),
    });
  }
  if (link?.hasAttribute('data-jump')) {
    event.preventDefault();
    const section = document.querySelector(link.getAttribute('href'));
    section.focus({ preventScroll: true });
    section.scrollIntoView();
  }
});
byId('sheet-close').addEventListener('click', () => dialog.close());
dialog.addEventListener('click', (event) => {
  if (event.target === dialog) dialog.close(); // beside the sheet
});
dialog.addEventListener('close', () => {
  product.close();
  letter.close();
  const open = route.read();
  if (open.has('product') || open.has('letter')) {
    if (cameFromHere) {
      history.back();
    } else {
      route.replace(route.with({ product: null, warehouse: null, letter: null }));
    }
  }
  cameFromHere = false;
  if (opener?.isConnected) opener.focus();
  else byId('main').focus({ preventScroll: true });
  opener = null;
});

// ---- The parts.

const board = new Board();
const overview = new Overview();
const prices = new Prices(route);
const rules = new Rules();
const alerts = new Alerts(route);
const letters = new Letters(route);
const controls = new Controls();
const product = new Product(sheet, route);
const letter = new Letter(sheet);

let started = false;

function follow() {
  if (!started) return; // Nothing is known before the first snapshot.
  const now = route.read();
  prices.search(now.get('q') ?? '');
  if (now.get('product')) {
    if (product.id !== now.get('product')) {
      letter.close();
      product.close();
      product.open(now.get('product'), now.get('warehouse'), board);
    } else {
      product.choose(now.get('warehouse'));
    }
  } else if (now.get('letter')) {
    if (letter.id !== now.get('letter')) {
      product.close();
      letter.open(now.get('letter'));
    }
  } else if (dialog.open) {
    cameFromHere = false;
    dialog.close();
  }
}
addEventListener('hashchange', follow);

// ---- One drawing a frame, of what changed since the last.

let changed = new Set();
let fresh = [];
let waiting = false;

function redraw(parts, rows) {
  for (const part of parts) changed.add(part);
  // Newest first; what a hidden page collects is bounded.
  fresh = rows.concat(fresh).slice(0, 1000);
  if (!waiting) {
    waiting = true;
    requestAnimationFrame(draw);
  }
}

function draw() {
  waiting = false;
  const parts = changed;
  const rows = fresh;
  changed = new Set();
  fresh = [];
  head();
  if (parts.has('controls')) controls.show(board);
  if (parts.has('metrics')) overview.show(board);
  if (parts.has('prices')) prices.show(board, rows);
  if (parts.has('rules')) rules.show(board);
  if (parts.has('alerts')) alerts.show(board);
  if (parts.has('letters')) letters.show(board);
  if (rows.length) product.changed(rows);
}

function head() {
  setText(byId('keys'), count(board.keys));
  byId('skipped').hidden = !board.skipped;
  setText(byId('skipped'), board.skipped
    ? `${plural(board.skipped, 'record', 'records')} could not be read and may be missing here; the log of the page names the first.` : '');
  setText(byId('event-time'), board.eventTime ? `${when(board.eventTime, board.now)} UTC` : 'none yet');
  const behind = board.eventTime ? Date.parse(board.now) - Date.parse(board.eventTime) : null;
  setText(byId('behind'), behind === null ? 'unknown'
    : Math.abs(behind) < 1000 ? 'in step'
      : `${span(Math.round(behind / 1000) * 1000)} ${behind > 0 ? 'behind' : 'ahead'}`);
  const { book_id: book, deciding } = board.rules;
  setText(byId('book'), deciding ? `${book}@${deciding}` : 'none in force');
  tell();
}

// ---- The stream.

let link = 'wait'; // wait, open, lost
let source = null;
let heard = 0;

function tell() {
  const away = link === 'open' && board.broker && board.broker.up === false;
  const state = link === 'open' ? (away ? 'away' : 'open') : link;
  const pill = byId('connection');
  setAttribute(pill, 'data-state', state);
  setText(pill, { wait: 'Connecting', open: 'Live', lost: 'Reconnecting', away: 'Broker away' }[state]);
  const banner = byId('banner');
  const text = state === 'lost'
    ? 'The page has lost its server and is reconnecting. What you see stands still until then.'
    : state === 'away'
      ? `The broker has been away since ${when(board.broker.since, board.now)} UTC. The page goes on by itself when it is back.`
      : '';
  setText(banner, text);
  banner.hidden = text === '';
}

function connect() {
  source?.close();
  heard = performance.now();
  const mine = new EventSource('/api/stream');
  source = mine;
  const take = (how) => (event) => {
    heard = performance.now();
    link = 'open';
    const data = JSON.parse(event.data);
    const parts = how(data);
    redraw(parts, data.prices ?? []);
    if (!started) {
      started = true;
      follow();
    }
  };
  mine.addEventListener('snapshot', take((data) => {
    board.snapshot(data);
    return ['head', 'controls', 'metrics', 'prices', 'rules', 'alerts', 'letters'];
  }));
  mine.addEventListener('update', take((data) => board.update(data)));
  mine.addEventListener('error', () => {
    if (mine !== source) return;
    link = started ? 'lost' : 'wait';
    tell();
    // The browser tries again by itself, but not after a refusal.
    if (mine.readyState === EventSource.CLOSED) setTimeout(connect, RETRY);
  });
}

// A connection may be dead without anybody saying so: a laptop that slept, a proxy that hangs.
setInterval(() => {
  if (source.readyState === EventSource.OPEN && performance.now() - heard > SILENCE) {
    link = started ? 'lost' : 'wait';
    tell();
    connect();
  }
}, 1000);

connect();
