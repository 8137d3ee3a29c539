/** Makes elements. Text is always text: nothing that comes from the server is ever read as HTML. */

/**
 * An element with properties, or attributes where the name has a dash, and children.
 * @param {string} tag
 * @param {Record<string, unknown>} properties
 * @param {...(Node | string)} children
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes('-')) made.setAttribute(name, String(value));
    else made[name] = value;
  }
  made.append(...children);
  return made;
}

/** The element of an id. */
export function byId(/** @type {string} */ id) {
  return document.getElementById(id);
}

const shown = new Map();

/**
 * Puts new children into a place, where what they show has changed: else focus and scroll position would be lost.
 * @param {string} id
 * @param {unknown} content what they are made of
 * @param {() => Node[]} make
 */
export function show(id, content, make) {
  const text = JSON.stringify(content);
  if (shown.get(id) === text) return;
  shown.set(id, text);
  const place = byId(id);
  const focused = place.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  place.replaceChildren(...make());
  if (focused) place.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

/** A duration in ms as people read it. */
export function duration(/** @type {number} */ ms) {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/** A time of day, with tenths of a second. */
export function timeOfDay(/** @type {number} */ at) {
  const time = new Date(at);
  return `${time.toLocaleTimeString('en-GB')}.${Math.floor(time.getMilliseconds() / 100)}`;
}
