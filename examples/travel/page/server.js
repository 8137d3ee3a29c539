/** What the page asks of its server. */

/** An answer; throws an Error with what the server said, where it refused. */
async function answered(/** @type {Promise<Response>} */ asked) {
  const response = await asked.catch(() => {
    throw new Error('The server of this page is gone. Start the example again.');
  });
  const body = await response.json();
  if (!response.ok) throw new Error(body.error);
  return body;
}

/** Asks for something. */
export function get(/** @type {string} */ path) {
  return answered(fetch(`api/${path}`));
}

/** Does something. */
export function post(/** @type {string} */ path, /** @type {unknown} */ body) {
  const headers = { 'content-type': 'application/json' };
  return answered(fetch(`api/${path}`, { method: 'POST', headers, body: JSON.stringify(body) }));
}
