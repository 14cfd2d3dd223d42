// What pages gain from script. Nothing here is needed to use them.
'use strict';

// Copy buttons: shown only where copying works.
for (const button of document.querySelectorAll('button[data-copy]')) {
  const source = document.getElementById(button.dataset.copy);
  if (!source || !navigator.clipboard) continue;
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      button.textContent = 'Copied';
    } catch {
      button.textContent = 'Not copied';
    }
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}

// The caller's menu closes on Escape and on a press elsewhere.
const account = document.querySelector('.account');
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || !account?.open) return;
  account.open = false;
  account.querySelector('summary').focus();
});
document.addEventListener('click', (event) => {
  if (account?.open && !account.contains(event.target)) account.open = false;
});

// A form is sent once, however often the button is pressed.
for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = 'yes';
  });
}
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
});

// The Preview button is not needed once the preview refreshes by itself.
if (window.htmx) {
  for (const button of document.querySelectorAll('[data-without-script]')) button.hidden = true;
}
