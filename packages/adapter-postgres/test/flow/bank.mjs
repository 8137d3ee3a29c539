/**
 * The program of the crash tests: what it did can be told from its items and from what the outside world was asked for.
 *
 * - `chain`: three functions, each calling the next; the last one pays outside. One of them registers an asynchronous run.
 * - `rotate`: takes a marble out of each of three bowls and puts it into the next one: none is lost, none made.
 * - `count`: one hot item.
 */

/** @typedef {import('@flowstate/core').Flow} Flow */
/** @typedef {{ marbles: number[], taken: number | null }} Bowl */

const COUNTERS = { name: 'counters' };
const BOWLS = { name: 'bowls' };
const LINES = { name: 'lines' };
const STATES = { name: 'states' };
export const BOWL_COUNT = 3;

const plusOne = (/** @type {number | undefined} */ count) => (count ?? 0) + 1;

/**
 * @param {Flow} flow
 * @param {(key: string, order: number) => Promise<string>} pay answers another receipt each time
 */
export function defineBank(flow, pay) {
  const note = flow.function('note', async (ctx, /** @type {string} */ line) => {
    await ctx.update(LINES, 'all', (/** @type {string[] | undefined} */ lines) => [...(lines ?? []), line]);
  });
  const back = flow.function('back', async (ctx, /** @type {number} */ order) => {
    const receipt = await ctx.step('pay', ({ idempotencyKey }) => pay(idempotencyKey, order));
    await ctx.update(COUNTERS, 'back', plusOne);
    return receipt;
  });
  const middle = flow.function('middle', async (ctx, /** @type {number} */ order) => {
    const receipt = await ctx.syncInvoke(back, order);
    await ctx.update(COUNTERS, 'middle', plusOne);
    return receipt;
  });
  const chain = flow.function('chain', async (ctx, /** @type {number} */ order) => {
    for (const word of ['new', 'called']) await ctx.write(STATES, `${order}`, word);
    const receipt = await ctx.syncInvoke(middle, order);
    await ctx.write(STATES, `${order}`, 'paid');
    await ctx.asyncInvoke(note, `${order} ${receipt}`);
    const nth = await ctx.update(COUNTERS, 'chain', plusOne, { returns: (count) => count });
    return { order, receipt, nth };
  });
  const rotate = flow.function('rotate', async (ctx, /** @type {number} */ first) => {
    const moved = [];
    for (let i = first; i < first + BOWL_COUNT; i++) moved.push(await moveOne(ctx, i));
    return moved;
  });
  const count = flow.function('count', (ctx, /** @type {string} */ key) =>
    ctx.update(COUNTERS, key, plusOne, { returns: (count) => count }),
  );
  return { chain, rotate, count };
}

/**
 * @param {import('@flowstate/core').Context} ctx
 * @param {number} i
 */
async function moveOne(ctx, i) {
  const taken = await ctx.update(BOWLS, `bowl ${i % BOWL_COUNT}`, takeOne, { returns: (bowl) => bowl.taken });
  if (taken === null) return null;
  await ctx.update(BOWLS, `bowl ${(i + 1) % BOWL_COUNT}`, (/** @type {Bowl | undefined} */ bowl) => ({
    marbles: [...(bowl?.marbles ?? []), taken],
    taken: null,
  }));
  return taken;
}

/** @returns {Bowl} */
function takeOne(/** @type {Bowl | undefined} */ bowl) {
  const [taken = null, ...marbles] = bowl?.marbles ?? [];
  return { marbles, taken };
}
