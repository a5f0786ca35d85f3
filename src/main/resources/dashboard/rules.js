// The rule book in force, what is scheduled, how far a re-pricing is, and the last books.

import { byId, el, name, Keyed, setText } from './dom.js';
import { count, plural, span, when } from './format.js';

const STATES = {
  ACTIVE: ['good', '✓ In force'],
  CONVERGED: ['good', '✓ Every price follows it'],
  CONVERGING: ['wait', '… Re-pricing'],
  SCHEDULED: ['wait', '… Scheduled'],
  STALE: ['none', '– Stale: a newer version is known'],
  REJECTED: ['bad', '✕ Refused'],
  IGNORED: ['none', '– Ignored: not the book that prices'],
  RETIRED: ['none', '– Retired'],
  CANCELLED: ['none', '– Replaced before it was done'],
  OVERTAKEN: ['none', '– Overtaken: a newer version holds at its begin'],
  ENDED: ['none', '– Ended'],
};

/** What happens to one version in turn is one line; a refusal is one of its own. */
const LIFE = new Set(['ACTIVE', 'CONVERGED', 'CONVERGING', 'SCHEDULED', 'RETIRED', 'CANCELLED',
  'OVERTAKEN', 'ENDED']);

export class Rules {
  constructor() {
    this.history = new Keyed(byId('history'), () => historyRow());
  }

  show(board) {
    const { scheduled, sweep, history } = board.rules;
    const { now } = board;
    byId('book-active').replaceChildren(inForce(board.rules, now));
    byId('book-scheduled').replaceChildren(scheduled?.length
      ? el('ul', { class: 'plain' }, ...scheduled.map((status) => el('li', {},
        name(title(status)), ` begins ${when(status.effective_from, now)} UTC`,
        status.version < board.rules.deciding
          ? `, unless ${version(board.rules)}, which is newer, still holds then` : '')))
      : para('Nothing.'));
    this.progress(sweep);
    const lines = grouped(history ?? [], board.rules);
    this.history.show(lines.map((line) => ({ ...line, now })), (line) => line.id);
    byId('history-empty').hidden = lines.length > 0;
  }

  /** In place: a bar that is made anew at every step would be read aloud at every step. */
  progress(sweep) {
    const box = byId('book-sweep');
    if (sweep?.status !== 'CONVERGING') {
      const text = sweep?.status === 'CONVERGED'
        ? `Every price follows ${title(sweep)}: ${effect(sweep)}.`
        : 'None under way.';
      if (box.textContent !== text) box.replaceChildren(para(text));
      this.bar = null;
      return;
    }
    if (!this.bar) {
      this.bar = el('progress', { max: '100', 'aria-labelledby': 'sweep-text' });
      this.text = el('p', { id: 'sweep-text' });
      box.replaceChildren(this.text, this.bar);
    }
    const percent = Math.max(0, Math.min(100, Number(sweep.progress_percent ?? 0)));
    this.bar.value = percent;
    setText(this.text, `${title(sweep)}: ${percent} % done, ${effect(sweep)}`);
  }
}

/** A book that begins in the past is in force from when it came. */
const later = (a, b) => (!a || (b && b > a) ? b : a);

/** The version that decides, such as default@7. */
const version = (rules) => `${rules.book_id}@${rules.deciding}`;

/** Which version decides and since when, or why none does. */
function inForce(rules, now) {
  const { active, end } = rules;
  if (!rules.deciding) {
    const why = end?.status === 'ENDED' ? [' ', name(title(end)), ` ended ${when(end.at, now)} UTC, and no other version holds.`]
      : end?.status === 'RETIRED' ? [' ', name(title(end)), ' was retired.'] : [];
    return para('None: nothing is priced.', ...why);
  }
  const since = active?.status === 'ACTIVE' && !rules.again_since
    ? later(active.effective_from, active.at) : rules.since;
  return para(name(version(rules)),
    since ? `, since ${when(since, now)} UTC` : '',
    rules.again_since ? `, and again since ${when(rules.again_since, now)} UTC` : '');
}

const para = (...children) => el('p', {}, ...children);

function title(status) {
  const id = status.book_id ?? 'unknown book';
  return status.version === null || status.version === undefined ? id : `${id}@${status.version}`;
}

function effect(status) {
  if (status.examined === null || status.examined === undefined) return '';
  const took = status.took_ms === null || status.took_ms === undefined ? '' : `, in ${span(status.took_ms)}`;
  return `${plural(status.examined, 'price', 'prices')} examined, ${count(status.changed ?? 0)} changed${took}`;
}

/** Newest first, as the history comes: the newest state of a version stands for it. */
function grouped(history, rules) {
  const lines = new Map();
  history.forEach((status, i) => {
    const life = LIFE.has(status.status);
    const id = life ? title(status) : `${title(status)} ${status.status} ${status.at_kafka ?? i}`;
    const line = lines.get(id);
    if (!line) {
      lines.set(id, { id, status, effect: effect(status) });
    } else if (!line.effect) {
      line.effect = effect(status);
    }
  });
  for (const line of lines.values()) {
    line.state = stateOf(line.status, rules);
  }
  return [...lines.values()];
}

/** How good it is, and words: what was said last of a version, by what is in force now. */
function stateOf(status, rules) {
  const decides = rules.deciding && title(status) === version(rules);
  const decided = status.deciding_version ? `${status.book_id}@${status.deciding_version}` : null;
  switch (status.status) {
    case 'ACTIVE':
      return decides ? STATES.ACTIVE : ['none', '– Replaced'];
    case 'CONVERGED':
      return decides ? ['good', '✓ In force, every price follows it']
        : ['none', '– Replaced; every price followed it'];
    case 'ENDED':
      return ['none', decided ? `– Ended: ${decided} took its place` : '– Ended: no version took its place'];
    case 'OVERTAKEN':
      return decided ? ['none', `– Overtaken: ${decided}, which is newer, held at its begin`] : STATES.OVERTAKEN;
    default:
      return STATES[status.status] ?? ['none', status.status];
  }
}

function historyRow() {
  const book = el('td', { role: 'cell', class: 'c-book' });
  const state = el('td', { role: 'cell', class: 'c-state' });
  const effects = el('td', { role: 'cell', class: 'c-effect' });
  const time = el('time');
  const node = el('tr', { role: 'row' }, book, state, effects,
    el('td', { role: 'cell', class: 'num c-at' }, time));
  return {
    node,
    update({ status, state: [level, text], effect: what, now }) {
      if (!book.firstChild) book.append(name(title(status)));
      setText(state, text);
      state.dataset.level = level;
      const reasons = status.reasons ?? [];
      if (reasons.length) {
        effects.replaceChildren(el('ul', { class: 'plain reasons' }, ...reasons.map((reason) =>
          el('li', {}, name(reason.message), reason.path ? el('code', {}, reason.path) : null)),
        status.reasons_left_out ? el('li', {}, `and ${count(status.reasons_left_out)} more; jobs/rules lint tells them`) : null));
      } else {
        setText(effects, what || '–');
      }
      setText(time, when(status.at_kafka ?? status.at, now));
    },
  };
}
