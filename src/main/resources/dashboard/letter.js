// A dead letter, opened: why, from where, and its payload with the bad place marked.

import { el, name, setText } from './dom.js';
import { count, words } from './format.js';
import { setOut } from './payload.js';

const LONGEST = 200000;

export class Letter {
  constructor(sheet) {
    this.sheet = sheet;
  }

  async open(id) {
    this.id = id;
    this.sheet.begin('Dead letter');
    const message = el('p', { class: 'note', role: 'status' }, 'Loading');
    this.sheet.body.replaceChildren(message);
    try {
      const answer = await fetch(`/api/dead-letters?id=${encodeURIComponent(id)}`);
      const data = await answer.json();
      if (id !== this.id) return;
      if (!answer.ok) {
        setText(message, data.error ?? `The dead letter cannot be read (${answer.status}).`);
        return;
      }
      this.render(data);
    } catch {
      if (id === this.id) setText(message, 'The dead letter cannot be read now.');
    }
  }

  close() {
    this.id = null;
  }

  render(letter) {
    this.sheet.begin(words(letter.reason));
    const source = letter.source ?? {};
    const facts = [
      ['What', letter.message],
      ['Where', letter.path ? letter.path : 'the whole message'],
      ['From', `${source.topic ?? 'unknown'}, partition ${source.partition ?? '–'}, offset ${source.offset ?? '–'}`],
      ['Sent', utc(source.timestamp)],
      ['Refused', utc(letter.failed_at)],
      ['Key', letter.key ?? 'none'],
      ['Code', letter.reason],
    ];
    this.sheet.body.replaceChildren(
      el('dl', { class: 'pairs' }, ...facts.map(([term, text]) =>
        el('div', {}, el('dt', {}, term), el('dd', {}, name(text))))),
      ...payload(letter));
  }
}

function utc(time) {
  return time ? `${String(time).replace('T', ' ').replace('Z', '')} UTC` : 'unknown';
}

function payload(letter) {
  const heading = el('h3', {}, 'Payload');
  if (letter.payload === null || letter.payload === undefined) {
    return [heading, el('p', { class: 'note' }, 'The message had no value.')];
  }
  const notes = [];
  let text = letter.payload;
  const base64 = letter.payload_encoding === 'base64';
  if (letter.truncated) notes.push('It was cut: it is too long to be kept whole.');
  if (base64) notes.push('It is not text: shown in base64.');
  const laid = base64 ? { json: false, parts: [{ text }] } : setOut(text, letter.path);
  if (!base64 && !laid.json) notes.push('It is not JSON as a whole: shown as it came.');
  const marked = laid.parts.some((part) => part.bad);
  if (laid.missing) {
    notes.push(`What ${letter.path} names is not there${marked ? ': marked is where it belongs' : ''}.`);
  } else if (marked) {
    notes.push(`Marked is ${letter.path}.`);
  }
  let room = LONGEST;
  const pieces = [];
  for (const part of around(laid.parts)) {
    if (room <= 0) break;
    const piece = part.text.slice(0, room);
    room -= piece.length;
    pieces.push(part.bad ? el('mark', {}, piece) : piece);
  }
  if (room <= 0) notes.push(`Only ${count(LONGEST)} characters of it are shown.`);
  const box = el('pre', { class: 'payload', tabindex: '0', role: 'region', 'aria-label': 'Payload' },
    ...pieces);
  requestAnimationFrame(() => {
    const mark = box.querySelector('mark');
    if (mark) box.scrollTop = Math.max(0, mark.offsetTop - box.offsetTop - 60);
  });
  return [heading, el('p', { class: 'note' }, notes.join(' ')), box];
}

/** A long payload begins near its bad place. */
function around(parts) {
  const [first, ...rest] = parts;
  if (!rest.length || first.bad || first.text.length < LONGEST / 2) return parts;
  return [{ text: `…${first.text.slice(-LONGEST / 4)}`, bad: false }, ...rest];
}
