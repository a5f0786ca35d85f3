// A payload set out for reading, with the place that a JSON pointer names marked. It reads the text
// itself: a parser would lose digits, duplicate keys and whatever else made it a dead letter.

const DEEPEST = 64;
const TOKEN = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/y;

/**
 * `{json, parts: [{text, bad}], missing}`: the text in pieces, those marked that the pointer names.
 * The pointer begins at the message; the text may be the bad part of it alone, such as one line, so
 * the end of the pointer counts too. Where it names something that is not there (`missing`), the
 * value around it is marked. `json` is false where the text is not JSON; then it is as it came.
 */
export function setOut(text, pointer) {
  const found = layOut(text);
  if (!found) return { json: false, parts: [{ text, bad: false }], missing: false };
  const { out, places } = found;
  const asked = pointer || '';
  let wanted = asked;
  // A name further up that is spelled alike is not meant: only a part begins elsewhere.
  const part = !places.has(asked.split('/').slice(0, 2).join('/'));
  while (wanted && !places.has(wanted)) wanted = part ? ending(wanted) : '';
  const exact = wanted !== '';
  if (!exact) {
    wanted = asked;
    while (wanted && !places.has(wanted)) wanted = wanted.slice(0, wanted.lastIndexOf('/'));
  }
  const marks = wanted ? places.get(wanted) : [];
  const parts = [];
  let end = 0;
  for (const [from, to] of marks) {
    if (from < end) continue;
    parts.push({ text: out.slice(end, from), bad: false }, { text: out.slice(from, to), bad: true });
    end = to;
  }
  parts.push({ text: out.slice(end), bad: false });
  return { json: true, parts: parts.filter((p) => p.text), missing: asked !== '' && !exact };
}

/** Without its first step: /inventory/0/quantity, /0/quantity, /quantity, nothing. */
function ending(pointer) {
  const next = pointer.indexOf('/', 1);
  return next < 0 ? '' : pointer.slice(next);
}

/** The pretty text, and for every pointer where it stands in it; null where it is not JSON. */
function layOut(text) {
  let out = '';
  const places = new Map();
  let position = 0;

  const blank = () => {
    while (position < text.length && ' \t\r\n'.includes(text[position])) position++;
  };
  const peek = () => {
    blank();
    TOKEN.lastIndex = position;
    const match = TOKEN.exec(text);
    if (!match) throw new SyntaxError();
    return match[0];
  };
  const take = (expected) => {
    const token = peek();
    if (expected && token !== expected) throw new SyntaxError();
    position += token.length;
    return token;
  };
  const note = (pointer, from) => {
    if (!places.has(pointer)) places.set(pointer, []);
    places.get(pointer).push([from, out.length]);
  };

  const value = (pointer, depth, begin) => {
    if (depth > DEEPEST) throw new SyntaxError();
    const token = take();
    if (token === '{' || token === '[') {
      const close = token === '{' ? '}' : ']';
      out += token;
      if (peek() === close) {
        take();
        out += close;
      } else {
        members(pointer, depth, token === '{', close);
      }
    } else if ('}],:'.includes(token)) {
      throw new SyntaxError();
    } else {
      out += token;
    }
    note(pointer, begin ?? out.length - token.length);
  };

  const members = (pointer, depth, named, close) => {
    const indent = '\n' + '  '.repeat(depth + 1);
    for (let i = 0; ; i++) {
      out += indent;
      const from = out.length;
      let own = `${pointer}/${i}`;
      if (named) {
        const key = take();
        if (key[0] !== '"') throw new SyntaxError();
        take(':');
        out += `${key}: `;
        own = `${pointer}/${JSON.parse(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
      }
      value(own, depth + 1, from);
      const token = take();
      if (token === close) break;
      if (token !== ',') throw new SyntaxError();
      out += ',';
    }
    out += '\n' + '  '.repeat(depth) + close;
  };

  try {
    value('', 0, 0);
    blank();
    return position === text.length ? { out, places } : null;
  } catch {
    return null;
  }
}
