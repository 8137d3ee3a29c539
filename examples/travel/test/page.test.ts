/** The page in a real browser, with real workers and a real database that goes away. */
import { existsSync } from 'node:fs';
import { engineOrSkip } from '@flowstate/engines';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onNode } from '../dist/on-node.js';
import { type PageServer, servePage } from '../src/page-server.js';
import { planOf } from '../src/plan.js';
import { Story } from '../src/story.js';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = [process.env.CHROMIUM, ...BROWSERS].find((path) => path && existsSync(path));
if (executablePath === undefined)
  console.warn(`SKIPPED the page: no Chromium (${BROWSERS.join(', ')}, or CHROMIUM)`);
const engine = executablePath === undefined ? undefined : await engineOrSkip('postgres');

describe.skipIf(engine === undefined || executablePath === undefined)('the page', () => {
  let browser: Browser;
  let world: Awaited<ReturnType<typeof onNode>>;
  let story: Story;
  let server: PageServer;

  beforeAll(async () => {
    world = await onNode(engine);
    const plan = planOf({ seed: 3, reservations: 40, kills: 0, freezes: 0, timeouts: 0 });
    story = await Story.begin(world, plan.hotels, plan.flights);
    server = await servePage(story, plan);
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await world?.stop();
    await engine?.stop();
  });

  /** A page of that width, with everything it complains of and every host that it asks. */
  async function opened(width: number, colorScheme: 'light' | 'dark' = 'light') {
    const page = await browser.newPage({ viewport: { width, height: 844 }, colorScheme });
    const complaints: string[] = [];
    const hosts = new Set<string>();
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => hosts.add(new URL(request.url()).origin));
    await page.goto(server.url);
    await page.locator('#stocks button').first().waitFor();
    return { page, complaints, hosts };
  }

  const figure = (page: Page, name: string) =>
    page
      .locator('#figures div')
      .filter({ has: page.getByText(name, { exact: true }) })
      .locator('dd');
  const reserve = (page: Page) => page.getByRole('button', { name: 'Reserve' }).click();

  test('a reservation by hand is booked, and its steps are shown', async () => {
    const { page, complaints, hosts } = await opened(1280);
    await page.getByLabel('Customer').fill('<img src=x onerror=alert(1)>');
    await reserve(page);
    await page.locator('#timeline .answer').getByText('answered').waitFor();
    await page.locator('#timeline').getByText('step charge').waitFor();
    await page.locator('#timeline').getByText('order: step mail').waitFor();
    await page.locator('#reservations').getByText('<img src=x onerror=alert(1)>').waitFor();
    await expect.poll(() => figure(page, 'mails').textContent()).toBe('1');
    expect(await page.locator('#reservations img').count()).toBe(0);
    expect(complaints).toEqual([]);
    expect([...hosts]).toEqual([new URL(server.url).origin]);
    await page.close();
  });

  test.each(['after the charge', 'before the answer'])(
    'a worker is killed right %s, and the trip is booked once',
    async (when) => {
      const { page } = await opened(1280);
      await page.getByLabel('Meanwhile').selectOption(when);
      const charges = (await world.provider.ledger()).charges.length;
      await reserve(page);
      await page.locator('#timeline .accident').getByText(`killed right ${when}`).waitFor();
      await page.locator('#timeline .answer').getByText('after asking 2 times').waitFor();
      await page.locator('#happened').getByText(`killed right ${when}`).waitFor();
      await expect.poll(() => figure(page, 'under way').textContent(), { timeout: 20_000 }).toBe('0');
      expect(await figure(page, 'lost').textContent()).toBe('0');
      expect(await figure(page, 'doubled').textContent()).toBe('0');
      expect((await world.provider.ledger()).charges.length).toBe(charges + 1);
      await page.close();
    },
  );

  test('workers are killed, frozen and thawed by buttons', async () => {
    const { page } = await opened(1280);
    const worker = page.locator('#workers li').filter({ hasText: 'worker-1' });
    await worker.and(page.locator('.running')).waitFor();
    const kills = story.kills;
    const killed = Number(/killed (\d+) times/.exec(await worker.innerText())?.[1]);
    await worker.getByRole('button', { name: 'Kill' }).click();
    await expect.poll(() => story.kills).toBe(kills + 1);
    // The page shows the old process as running until it next looks.
    const again = worker.filter({ hasText: `killed ${killed + 1} times` });
    await again.and(page.locator('.running')).waitFor();
    await worker.getByRole('button', { name: 'Freeze' }).click();
    await worker.and(page.locator('.frozen')).waitFor();
    await worker.getByRole('button', { name: 'Thaw' }).click();
    await worker.and(page.locator('.running')).waitFor();
    await page.close();
  });

  test('many reservations by chance fill the rows of an item', async () => {
    const { page } = await opened(1280);
    await page.getByRole('button', { name: '20 by chance' }).click();
    await page.locator('#stocks button').filter({ hasText: 'ZRH-OSL' }).click();
    await page.getByRole('heading', { name: 'Rows of flights / ZRH-OSL' }).waitFor();
    await page.locator('#rows li').getByText('row 0').waitFor();
    expect(await page.locator('#rows li.open').count()).toBe(1);
    await expect.poll(() => figure(page, 'under way').textContent(), { timeout: 30_000 }).toBe('0');
    await page.close();
  });

  test.each([
    [390, 'light'],
    [390, 'dark'],
    [1280, 'dark'],
  ] as const)('at %i pixels, %s, nothing is cut off', async (width, scheme) => {
    const { page, complaints } = await opened(width, scheme);
    await page.locator('#reservations button').first().click();
    await page.locator('#timeline .moments').waitFor();
    await page.locator('#rows li').first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('only pages of this machine are answered', async () => {
    const post = (headers: Record<string, string>, body: string) =>
      fetch(`${server.url}api/more`, { method: 'POST', headers, body });
    expect((await post({ 'content-type': 'text/plain' }, '{"reservations":1}')).status).toBe(403);
    expect((await post({ 'content-type': 'application/json' }, '{"reservations":0}')).status).toBe(400);
    expect((await post({ 'content-type': 'application/json' }, '{')).status).toBe(400);
    expect((await fetch(`${server.url}api/runs/nobody`)).status).toBe(404);
    expect((await fetch(`${server.url}../package.json`)).status).toBe(404);
  });

  test.skipIf(engine?.own === false)('a database that is gone is told, and comes back', async () => {
    const { page } = await opened(1280);
    await engine?.kill();
    await page.getByRole('alert').getByText('The database does not answer').waitFor({ timeout: 20_000 });
    await engine?.restart();
    await page.getByRole('alert').waitFor({ state: 'hidden', timeout: 20_000 });
    await reserve(page);
    await page.locator('#timeline .answer').getByText('answered').waitFor({ timeout: 40_000 });
    await page.close();
  });
});
