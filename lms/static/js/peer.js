// Pointing at words: select them in the work, then go to «Over deze woorden»: they are filled in.
// And what comes back when a draft is kept: the numbers of new remarks, and what the guide says now.
const form = document.querySelector('form[data-peer]');
const work = document.querySelector('[data-work]');
const LONGEST = 600;
let selected = '';

// The selection is gone once a field gets the focus, so it is kept at each change within the work.
document.addEventListener('selectionchange', () => {
  const selection = document.getSelection();
  if (work && selection.rangeCount && work.contains(selection.anchorNode)) {
    selected = selection.toString().trim().slice(0, LONGEST) || selected;
  }
});

form?.addEventListener('focusin', ({ target }) => {
  if (!target.matches('[data-passage]') || target.value || !selected) return;
  target.value = selected;
  selected = '';
  target.dispatchEvent(new Event('input', { bubbles: true })); // so that the draft is kept
});

form?.addEventListener('draft:kept', ({ detail }) => {
  (detail.remarks ?? []).forEach((id, place) => {
    const field = form.elements[`remarks-${place}-id`];
    if (field) field.value = id;
  });
  const advices = form.querySelectorAll('[data-guide] > li');
  const icons = form.querySelector('[data-guide-icons]');
  (detail.advice ?? []).forEach(({ good, sentence }, place) => {
    const row = advices[place];
    if (!row) return;
    row.querySelector('div').textContent = sentence;
    row.querySelector('svg').replaceWith(
      icons.content.querySelector(`[data-good="${good}"]`).firstElementChild.cloneNode(true),
    );
  });
});
