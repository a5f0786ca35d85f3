// The demo's buttons and promises. Elsewhere there are none, and nothing of this shows.

import { byId, el, Keyed, setText } from './dom.js';

const STATES = {
  kept: '✓ Kept',
  checking: '… Checking',
  broken: '✕ Broken',
};

export class Controls {
  constructor() {
    this.buttons = new Keyed(byId('buttons'), (button) => press(button));
    this.promises = new Keyed(byId('promises'), () => promise());
  }

  show(board) {
    const { controls } = board;
    byId('demo').hidden = !controls;
    byId('jump-demo').hidden = !controls;
    if (!controls) return;
    this.buttons.show(controls.buttons ?? [], (button) => button.id);
    this.promises.show(controls.promises ?? [], (item) => item.id);
  }
}

function press({ id, label, hint }) {
  const button = el('button', { type: 'button', class: 'press', 'aria-describedby': `hint-${id}` }, label);
  button.addEventListener('click', async () => {
    // Not `disabled`: that would throw the keyboard's focus away.
    if (button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true');
    setText(byId('answer'), `${label} …`);
    try {
      const answer = await fetch(`/api/controls?id=${encodeURIComponent(id)}`, {
        method: 'POST', headers: { 'X-Slackwater': 'page' },
      });
      const data = await answer.json();
      setText(byId('answer'), data.text ?? data.error ?? `It did not work (${answer.status}).`);
    } catch {
      setText(byId('answer'), 'The demo does not answer.');
    } finally {
      button.removeAttribute('aria-disabled');
    }
  });
  return {
    node: el('li', {}, button, el('p', { class: 'note', id: `hint-${id}` }, hint ?? '')),
    update() {},
  };
}

function promise() {
  const state = el('span', { class: 'state' });
  const label = el('b');
  const text = el('span', { class: 'note' });
  const node = el('li', {}, state, el('span', {}, label, text));
  return {
    node,
    update(item) {
      setText(state, STATES[item.state] ?? item.state);
      node.dataset.state = item.state;
      setText(label, item.label);
      setText(text, item.text);
    },
  };
}
