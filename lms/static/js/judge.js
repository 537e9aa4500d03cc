// The screen to judge, <form data-judge>: shows at once what the criteria add up to, and asks before words are lost.
// Without it the suggestion is there after saving, and «Opslaan» keeps the words.
const LADDER = ['nog_niet', 'voldoende', 'goed'];

for (const form of document.querySelectorAll('form[data-judge]')) {
  const line = form.querySelector('[data-suggestion]');
  const written = () => new URLSearchParams(new FormData(form)).toString();
  const opened = 'unsaved' in form.dataset ? '' : written();
  let leaving = false;

  // The same rule as lms/grading/rubric.py: the level in the middle, the lower of two.
  const suggest = () => {
    const sets = [...form.querySelectorAll('[data-criterion]')];
    const chosen = sets.map((set) => LADDER.indexOf(set.querySelector('input:checked')?.value));
    if (chosen.includes(-1)) return 'none';
    return LADDER[chosen.sort()[Math.floor((chosen.length - 1) / 2)]].replace('_n', 'N');
  };

  if (line) {
    form.addEventListener('change', () => {
      const text = line.dataset[suggest()];
      if (line.textContent !== text) line.textContent = text;
    });
  }
  form.addEventListener('submit', () => { leaving = true; });
  window.addEventListener('pageshow', () => { leaving = false; });
  window.addEventListener('beforeunload', (event) => {
    if (!leaving && written() !== opened) event.preventDefault();
  });
}
