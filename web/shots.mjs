// Takes pictures of every page and checks each with axe.
//
//   node web/shots.mjs --base URL (--link SIGN_IN_LINK | --cookie NAME=VALUE) [--out DIR] [--path /x ...] [--only] [--no-pictures]
//
// It signs in, follows the pages' own links to one page of each kind, adds the
// paths given (--only: looks at nothing else), and looks at each at 1280, 390 and 320 px, light and dark. It
// fails on an axe violation, on a page that scrolls sideways, on a small
// target, and on any message in the browser's console.
import { mkdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import axe from '@axe-core/playwright';

const AxeBuilder = axe.default ?? axe;
const { values: opt } = parseArgs({
  options: {
    base: { type: 'string' }, link: { type: 'string' }, cookie: { type: 'string' }, out: { type: 'string', default: 'docs/screenshots' },
    path: { type: 'string', multiple: true, default: [] }, only: { type: 'boolean', default: false }, 'no-pictures': { type: 'boolean', default: false },
  },
});
if (!opt.base || (!opt.link && !opt.cookie)) {
  console.error('usage: node web/shots.mjs --base URL (--link SIGN_IN_LINK | --cookie NAME=VALUE) [--out DIR] [--path /x ...]');
  process.exit(2);
}
const base = opt.base.replace(/\/$/, '');
const looks = [
  { name: '1280-light', width: 1280, height: 900, scheme: 'light' }, { name: '1280-dark', width: 1280, height: 900, scheme: 'dark' },
  { name: '390-light', width: 390, height: 844, scheme: 'light' }, { name: '390-dark', width: 390, height: 844, scheme: 'dark' },
];
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const problems = [];
const complain = (where, what) => { problems.push(`${where}: ${what}`); console.error(`  ✗ ${where}: ${what}`); };

const executablePath = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const browser = await chromium.launch({ executablePath, headless: true });
try {
  const state = await signIn();
  const pages = await findPages(state);
  if (!opt['no-pictures']) await mkdir(opt.out, { recursive: true });
  for (const look of looks) {
    const context = await browser.newContext({ storageState: state, viewport: { width: look.width, height: look.height }, colorScheme: look.scheme, reducedMotion: 'reduce' });
    for (const [name, url] of Object.entries(pages)) await inspect(context, look, name, url);
    if (opt.only) {
      await context.close();
      continue;
    }
    if (pages.form) await inspect(context, look, 'form-errors', pages.form, sendBadForm);
    await inspect(context, look, 'token-errors', '/tokens', sendBadToken);
    await inspect(context, look, 'token-revoke', '/tokens', (page) => openIfAny(page, '.rows summary'));
    await inspect(context, look, 'token-new', pages.app ? `/tokens?app=${pages.app.split('/').pop()}` : '/tokens', makeToken);
    await inspect(context, look, 'account', '/', (page) => page.locator('.account > summary').click());
    await context.close();
    const stranger = await browser.newContext({ viewport: { width: look.width, height: look.height }, colorScheme: look.scheme, reducedMotion: 'reduce' });
    await inspect(stranger, look, 'sign-in', '/sign-in');
    await inspect(stranger, look, 'sign-in-link', '/sign-in?token=not-a-real-one');
    await stranger.close();
  }
  if (!opt.only) await tryFragments(state, pages);
} finally {
  await browser.close();
}
if (problems.length) { console.error(`${problems.length} problems`); process.exit(1); }
console.log('all pages are good');

// signIn returns the browser's state with a session in it.
async function signIn() {
  const context = await browser.newContext();
  if (opt.cookie) {
    const [name, value] = opt.cookie.split(/=(.*)/s);
    await context.addCookies([{ name, value, url: base }]);
  } else {
    const page = await context.newPage();
    await page.goto(opt.link);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  }
  const state = await context.storageState();
  await context.close();
  return state;
}

// findPages follows links to one page of each kind.
async function findPages(state) {
  const given = Object.fromEntries(opt.path.map((at) => [at.replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, ''), at]));
  if (opt.only) return given;
  const found = { apps: '/', choose: '/new', approvals: '/approvals', audit: '/audit', notices: '/notices', tokens: '/tokens', 'not-found': '/no-such-page' };
  const context = await browser.newContext({ storageState: state });
  const page = await context.newPage();
  const first = async (at, pattern, keep = 1) => {
    await page.goto(base + at);
    const links = await page.locator('a[href]').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
    return [...new Set(links.filter((href) => pattern.test(href)))].slice(0, keep);
  };
  const [template] = await first('/new', /^\/new\/[^/]+$/);
  if (template) found.form = template;
  const apps = await first('/', /^\/apps\/[^/]+$/, 5);
  for (const [i, app] of apps.entries()) found[i ? `app-${i + 1}` : 'app'] = app;
  const changes = apps[0] ? await first(apps[0], /^\/apps\/[^/]+\/changes\/\d+$/, 5) : [];
  for (const [i, change] of changes.entries()) found[i ? `change-${i + 1}` : 'change'] = change;
  if (apps[0]) found.archive = `${apps[0]}/archive`;
  const [course] = await first('/', /^\/courses\//);
  if (course) found.course = course;
  await context.close();
  return { ...found, ...given };
}

// sendBadForm sends a budget that is no number; the server refuses it.
async function sendBadForm(page) {
  await page.locator('#field-name').fill('candidate-tracker');
  await page.locator('#field-budget').fill('a lot');
  await page.locator('form.split button.primary').click();
  await page.locator('#field-budget-error').waitFor();
  if (await page.locator('#field-budget').inputValue() !== 'a lot') complain('form-errors', 'the input is lost');
}

// sendBadToken sends a life that is no number; the server refuses it.
async function sendBadToken(page) {
  await page.locator('#field-name').fill('laptop');
  await page.locator('#field-days').fill('a year');
  await page.getByRole('button', { name: 'Make the token' }).click();
  await page.locator('#field-days-error').waitFor();
  if (await page.locator('#field-days').inputValue() !== 'a year') complain('token-errors', 'the input is lost');
}

// makeToken makes a token that lasts a day and revokes it again, so
// that a picture of it opens nothing.
async function makeToken(page) {
  const name = `picture ${Date.now()}`;
  await page.locator('#field-name').fill(name);
  await page.locator('#field-days').fill('1');
  await page.getByRole('button', { name: 'Make the token' }).click();
  await page.locator('#token').waitFor();
  for (const summary of await page.locator('.steps summary').all()) await summary.click();
  const other = await page.context().newPage();
  await other.goto(`${base}/tokens`);
  const row = other.locator('.rows > li', { hasText: name });
  await row.locator('summary').click();
  await row.getByRole('button').click();
  await other.locator('.said').waitFor();
  await other.close();
}

// openIfAny opens the first of what can be opened, if there is one.
async function openIfAny(page, selector) {
  const first = page.locator(selector).first();
  if (await first.count()) await first.click();
}

// tryFragments proves that fragments refresh under the content policy.
async function tryFragments(state, pages) {
  const context = await browser.newContext({ storageState: state });
  const page = await context.newPage();
  page.on('console', (m) => { if (['error', 'warning'].includes(m.type()) && !/status of 4\d\d/.test(m.text())) complain('fragments', `console: ${m.text()}`); });
  for (const url of Object.values(pages)) {
    await page.goto(base + url);
    if (!await page.locator('[hx-post], [hx-get]').count()) continue;
    const answer = page.waitForResponse((r) => r.request().headers()['hx-request'] === 'true', { timeout: 8000 });
    if (await page.locator('#field-name').count()) {
      await page.locator('#preview').evaluate((e) => { e.textContent = ''; });
      await page.locator('#field-name').fill('another-name');
      if (await page.locator('[data-without-script]').isVisible()) complain('fragments', 'the Preview button is still there');
    }
    await answer.catch(() => complain('fragments', `${url} never refreshed`));
    if (await page.locator('#field-name').count()) {
      await page.locator('#preview p').first().waitFor({ timeout: 4000 }).catch(() => complain('fragments', 'the preview stayed empty'));
    }
  }
  await context.close();
}

// inspect looks at one page in one look, after prepare has had its way with it.
async function inspect(context, look, name, url, prepare = () => {}) {
  const where = `${name} ${look.name}`;
  const page = await context.newPage();
  page.on('console', (m) => { if (['error', 'warning'].includes(m.type()) && !/status of 4\d\d/.test(m.text())) complain(where, `console: ${m.text()}`); });
  page.on('pageerror', (e) => complain(where, `script: ${e.message}`));
  await page.goto(base + url, { waitUntil: 'load' });
  await prepare(page);
  if (!opt['no-pictures']) await page.screenshot({ path: path.join(opt.out, `${name}-${look.name}.png`), fullPage: true });
  const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze();
  for (const v of violations) complain(where, `axe ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(' | ')}`);
  if (look.width < 600) {
    await page.setViewportSize({ width: 320, height: 700 });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (over > 0) complain(where, `scrolls sideways by ${over} px at 320 px`);
  }
  for (const small of await page.evaluate(smallTargets)) complain(where, `target smaller than 44 px: ${small}`);
  await page.close();
}

// smallTargets lists what can be pressed, stands by itself and is under 44 px high.
function smallTargets() {
  const small = [];
  for (const e of document.querySelectorAll('a[href], button, summary, select, textarea, input:not([type=hidden])')) {
    const box = e.closest('label')?.getBoundingClientRect() ?? e.getBoundingClientRect();
    const inText = e.tagName === 'A' && e.parentElement.closest('p, li, td, dd') && getComputedStyle(e).display === 'inline';
    if (box.width === 0 || e.classList.contains('skip') || inText) continue;
    if (box.height < 43.5) small.push(`${e.tagName.toLowerCase()} "${e.textContent.trim().slice(0, 30)}" ${Math.round(box.height)} px`);
  }
  return small;
}
