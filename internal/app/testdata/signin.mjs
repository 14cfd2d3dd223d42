// A person's day at the doors of Paddock: a certified OpenID Connect provider and a
// real browser. The test starts it with Paddock's address; it prints one line for
// what it has done, and waits for an empty line where the test has to do its part.
//
//   node signin.mjs BASE [SHOTS]
import { createInterface } from 'node:readline';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import Provider from 'oidc-provider';

console.info = console.error; // the provider's own words
const [base, shots] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (what) => console.log(what);
const wait = async (what) => { say(what); const { done } = await lines.next(); if (done) process.exit(1); };
const must = (ok, what) => { if (!ok) { console.log(`fail ${what}`); process.exit(1); } };

// The provider. Who signs in as NAME is NAME@example.org; ana is in the group sec.
const groups = { ana: ['sec', 'everybody'] };
const server = await new Promise((done) => {
  import('node:http').then(({ createServer }) => {
    const s = createServer((req, res) => s.handle(req, res));
    s.listen(0, '127.0.0.1', () => done(s));
  });
});
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = new Provider(issuer, {
  clients: [{ client_id: 'paddock', client_secret: 'a secret of thirty-two letters, long', grant_types: ['authorization_code'], response_types: ['code'],
    redirect_uris: [`${base}/sign-in/back/op`], post_logout_redirect_uris: [`${base}/sign-in`],
    backchannel_logout_uri: `${base}/sign-out/from/op`, backchannel_logout_session_required: true }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'], auth_time: null, acr: null, sid: null },
  scopes: ['openid', 'profile', 'email', 'groups'],
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: true }, backchannelLogout: { enabled: true } },
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, name: `${id} of Example`, email: `${id}@example.org`, email_verified: true, groups: groups[id] ?? [] }) }),
  cookies: { keys: ['one key'] },
  fetch: (url, { dispatcher, ...options }) => fetch(url, options), // its own refuses addresses of this machine
});
provider.on('backchannel.error', (ctx, err) => console.error('backchannel', err, err.cause));
server.handle = provider.callback();
await wait(`issuer ${issuer}`);

const executablePath = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const browser = await chromium.launch({ executablePath, headless: true, args: ['--no-sandbox'] });
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
const own = [new URL(base).host, new URL(issuer).host];
await context.route((url) => !own.includes(url.host), (r) => r.abort()); // the provider's pages want a font from elsewhere
const page = await context.newPage();
page.setDefaultTimeout(20_000);
const at = () => page.url();
const open = (path) => page.goto(base + path, { waitUntil: 'domcontentloaded' });
const text = () => page.locator('main').innerText();

async function picture(name) {
  if (!shots) return;
  for (const [width, height] of [[1280, 900], [390, 844]]) {
    for (const colorScheme of ['light', 'dark']) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${shots}/${name}-${width}-${colorScheme}.png`, fullPage: true });
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

// atProvider fills the provider's forms: who one is, and that Paddock may know it.
async function atProvider(name) {
  await page.waitForURL((u) => u.origin === issuer);
  await page.fill('input[name=login]', name);
  await page.fill('input[name=password]', 'any');
  await page.click('button[type=submit]');
  await page.waitForURL((u) => u.origin === base || u.pathname.startsWith('/interaction/'), { waitUntil: 'domcontentloaded' });
  const consent = page.locator('input[name=prompt][value=consent]');
  while (at().startsWith(issuer)) {
    if (await consent.count()) await page.click('button[type=submit]');
    await page.waitForURL((u) => u.origin === base, { waitUntil: 'domcontentloaded' });
  }
}

// A page for signed-in people leads to the provider and back to the same page.
await open('/approvals');
must(at() === `${base}/sign-in?next=%2Fapprovals`, `sent to ${at()}`);
await picture('sign-in');
await page.click('text=Sign in with Example Login');
await atProvider('ana');
must(at() === `${base}/approvals`, `came back to ${at()}`);
await page.click('.account > summary');
must((await page.locator('.account').innerText()).includes('security'), `the menu says ${await page.locator('.account').innerText()}`);
await wait('signed-in');

await open('/sessions');
must((await text()).includes('Signed in with Example Login') && (await text()).includes('This browser'), await text());
await picture('sessions');

// A fresh sign-in: the provider asks again, and the person comes back to the page.
const before = (await context.cookies(base)).find((c) => c.name === 'paddock_session').value;
await open('/sign-in/again?next=%2Fapprovals%3Fx%3D1');
await atProvider('ana');
must(at() === `${base}/approvals?x=1`, `a fresh sign-in came back to ${at()}`);
const after = (await context.cookies(base)).find((c) => c.name === 'paddock_session').value;
must(before !== after, 'the session is the same after a fresh sign-in');
await wait('fresh');

// Signing out here, then at the provider too.
await page.click('.account > summary');
await page.click('button:has-text("Sign out")');
await page.waitForURL((u) => u.pathname === '/sign-in');
must((await text()).includes('You are signed out.'), await text());
await picture('signed-out');
await page.click('text=Sign out of Example Login too');
await page.waitForURL((u) => u.origin === issuer, { waitUntil: 'domcontentloaded' });
await page.click('button[value=yes]');
await page.waitForURL(`${base}/sign-in*`, { waitUntil: 'domcontentloaded' });
await open('/approvals');
must(at().includes('/sign-in?next='), `after signing out, /approvals is ${at()}`);
await wait('signed-out');

// Somebody whom nobody here knows.
await page.click('text=Sign in with Example Login');
await atProvider('eve');
must((await text()).includes('nobody here knows you yet'), await text());
await picture('unknown');
await page.goto(`${issuer}/session/end`, { waitUntil: 'domcontentloaded' });
await page.click('button[value=yes]');
await page.waitForURL((u) => u.pathname.includes('/session/end/success'), { waitUntil: 'domcontentloaded' });

// Signing out at the provider ends the session here: it tells the server.
await open('/sign-in/with/op?next=/approvals');
await atProvider('ana');
must(at() === `${base}/approvals`, `ana came back to ${at()}`);
await page.goto(`${issuer}/session/end`, { waitUntil: 'domcontentloaded' });
await page.click('button[value=yes]');
await page.waitForURL((u) => u.pathname.includes('/session/end/success'), { waitUntil: 'domcontentloaded' });
await open('/approvals');
must(at().includes('/sign-in?next='), `signed out at the provider, /approvals is ${at()}`);
say('ended-there');

// Who is switched off is out at the next request.
await open('/sign-in/with/op?next=/approvals');
await atProvider('ana');
must(at() === `${base}/approvals`, `ana came back to ${at()}`);
await wait('switch-off');
await open('/approvals');
must(at().includes('/sign-in?next='), `switched off, /approvals is ${at()}`);
await open('/sign-in/with/op');
await page.waitForURL((u) => u.origin === base, { waitUntil: 'domcontentloaded' });
must((await text()).includes('switched off'), await text());
say('done');
await browser.close();
process.exit(0);
