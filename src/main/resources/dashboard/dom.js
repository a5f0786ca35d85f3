// Elements and lists. What comes from outside goes in as text, never as markup.

export const byId = (id) => document.getElementById(id);

/** An element with attributes and children; strings become text nodes. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A name from outside: kept apart from the direction of the text around it. */
export const name = (text) => el('bdi', { class: 'name' }, String(text ?? ''));

/** Sets a text only where it differs: an untouched node costs no layout. */
export function setText(node, text) {
  const wanted = String(text);
  if (node.textContent !== wanted) node.textContent = wanted;
}

export function setAttribute(node, attribute, value) {
  if (value === null || value === undefined || value === false) {
    if (node.hasAttribute(attribute)) node.removeAttribute(attribute);
  } else if (node.getAttribute(attribute) !== String(value)) {
    node.setAttribute(attribute, value);
  }
}

/** Whether the reader wants no movement. */
export const still = matchMedia('(prefers-reduced-motion: reduce)');
const hovers = matchMedia('(hover: hover)');

/**
 * Makes the children of a node those of the items, in their order, with one child an id. Children
 * that stay are changed in place. `create(item)` gives `{node, update(item)}`.
 */
export class Keyed {
  constructor(parent, create) {
    this.parent = parent;
    this.create = create;
    this.parts = new Map();
  }

  show(items, id) {
    const wanted = new Map(items.map((item) => [id(item), item]));
    for (const [key, part] of this.parts) {
      if (!wanted.has(key)) {
        part.node.remove();
        this.parts.delete(key);
      }
    }
    let place = this.parent.firstChild;
    for (const [key, item] of wanted) {
      const part = this.change(key, item) || this.add(key, item);
      if (part.node === place) {
        place = place.nextSibling;
      } else {
        this.parent.insertBefore(part.node, place);
      }
    }
  }

  add(key, item) {
    const part = this.create(item);
    part.update(item);
    part.item = item;
    this.parts.set(key, part);
    return part;
  }

  /** Null: there is no such child. */
  change(key, item) {
    const part = this.parts.get(key);
    if (part && part.item !== item) {
      part.update(item, part.item);
      part.item = item;
    }
    return part;
  }
}

/**
 * A list in a box of its own that grows at the top. It holds still while somebody reads it (points
 * at it, has the focus in it, or has scrolled): then what is shown changes in place only, and a
 * button says how many newer ones wait.
 */
export class LiveList {
  constructor({ box, body, newer, state, empty, create, id }) {
    Object.assign(this, { box, newer, state, empty, id, items: [] });
    this.rows = new Keyed(body, create);
    for (const kind of ['pointerleave', 'focusout', 'scroll']) {
      // Once the event is over: the focus has then arrived where it goes.
      box.addEventListener(kind, () => setTimeout(() => this.render(), 0), { passive: true });
    }
    for (const kind of ['pointerenter', 'focusin']) {
      box.addEventListener(kind, () => this.tell(0));
    }
    newer.addEventListener('click', () => {
      box.scrollTop = 0;
      // The button goes away: whoever is at the keyboard goes on in the list's heading.
      const heading = box.closest('section');
      this.render(true);
      if (!newer.matches(':focus-visible')) return;
      heading.focus({ preventScroll: true });
    });
  }

  read() {
    return (
      (hovers.matches && this.box.matches(':hover')) ||
      this.box.contains(document.activeElement) ||
      this.box.scrollTop > 4 ||
      document.querySelector('dialog[open]') !== null
    );
  }

  show(items, force = false) {
    this.items = items;
    this.render(force);
  }

  render(force = false) {
    const shown = this.rows.parts;
    this.empty.hidden = this.items.length > 0;
    if (force || shown.size === 0 || !this.read()) {
      this.rows.show(this.items, this.id);
      this.tell(0);
      return;
    }
    let waiting = 0;
    for (const item of this.items) {
      if (!this.rows.change(this.id(item), item)) waiting++;
    }
    this.tell(waiting);
  }

  tell(waiting) {
    if (waiting > 0 || !this.read()) {
      this.newer.hidden = waiting === 0;
    }
    setText(this.newer, `${waiting} newer`);
    setText(this.state, this.read() ? 'Paused while you read' : 'Live');
  }
}
