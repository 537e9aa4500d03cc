// Buttons above <textarea data-editor data-preview-url="…"> that write the marks for the reader (Markdown),
// and an example of the result. Without script the field is an ordinary field.
// The buttons and words are in templates/macros/scripts.html (editor_script).
import { csrfToken } from './csrf.js';

const parts = document.getElementById('lp-editor-parts');

// What each button puts around the selection, or before each of its lines.
const AROUND = { bold: '**', italic: '*' };
const BEFORE = { heading: () => '## ', list: () => '- ', numbers: (index) => `${index + 1}. ` };
const ANY_MARK = /^(#{1,6} |[-*] |\d+\. )/;

function replace(field, start, end, text) {
  field.focus();
  field.setSelectionRange(start, end);
  // execCommand is old, but the only way that keeps «undo» whole.
  if (!document.execCommand('insertText', false, text)) {
    field.setRangeText(text, start, end, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

function putAround(field, mark, word) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  const chosen = value.slice(start, end);
  const marked = value.slice(start - mark.length, start) === mark && value.slice(end, end + mark.length) === mark
    && !(mark === '*' && value[start - 2] === '*'); // inside bold is not yet italic
  if (marked) {
    replace(field, start - mark.length, end + mark.length, chosen);
    field.setSelectionRange(start - mark.length, end - mark.length);
    return;
  }
  const text = chosen || word;
  replace(field, start, end, mark + text + mark);
  field.setSelectionRange(start + mark.length, start + mark.length + text.length);
}

function putBefore(field, markOf) {
  const { value, selectionStart, selectionEnd } = field;
  const start = value.lastIndexOf('\n', selectionStart - 1) + 1;
  const next = value.indexOf('\n', selectionEnd);
  const end = next < 0 ? value.length : next;
  const lines = value.slice(start, end).split('\n');
  const off = lines.every((line, index) => line.startsWith(markOf(index)));
  const text = lines.map((line, index) => (off ? '' : markOf(index)) + line.replace(ANY_MARK, '')).join('\n');
  replace(field, start, end, text);
  // One line: go on writing behind it. More: keep them chosen, so that the button can be undone.
  field.setSelectionRange(lines.length > 1 ? start : start + text.length, start + text.length);
}

function putLink(field, words) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  const chosen = value.slice(start, end);
  const isAddress = /^https?:\/\/\S+$/.test(chosen);
  const text = isAddress ? words.text : chosen || words.text;
  const address = isAddress ? chosen : words.url;
  replace(field, start, end, `[${text}](${address})`);
  // Choose the part that is still to be written.
  const from = isAddress || !chosen ? start + 1 : start + text.length + 3;
  field.setSelectionRange(from, from + (isAddress || !chosen ? text : address).length);
}

function enhance(field) {
  const copy = parts.content.cloneNode(true);
  const [bar, view, said, failed, empty, { dataset: words }] = [
    '.lp-editor__bar', '.lp-editor__view', '[data-said]', '[data-failed]', '[data-empty]', '[data-words]',
  ].map((selector) => copy.querySelector(selector));
  const toggle = bar.querySelector('[data-preview]');
  const tools = [...bar.querySelectorAll('[data-tool]')];
  let asked = 0; // an answer to an older question is thrown away

  function use(name) {
    if (name === 'link') putLink(field, words);
    else if (name in AROUND) putAround(field, AROUND[name], words.text);
    else putBefore(field, BEFORE[name]);
  }

  async function show() {
    const question = ++asked;
    const data = new FormData();
    data.set('text', field.value);
    data.set('csrf_token', csrfToken(field.form));
    let answer = failed;
    try {
      const response = await fetch(field.dataset.previewUrl, { method: 'POST', body: data });
      // The server cleans the text it sends; a whole page (to sign in, an error) is not an example.
      if (response.ok && !response.redirected) {
        answer = document.createRange().createContextualFragment(await response.text());
        if (!answer.textContent.trim() && !answer.querySelector('img')) answer = empty;
      }
    } catch { /* no connection: the sentence stands in `failed` */ }
    if (question !== asked) return;
    view.replaceChildren(answer);
    view.hidden = false;
    field.hidden = true;
    said.textContent = said.dataset.shown;
  }

  function hide() {
    asked += 1;
    view.hidden = true;
    field.hidden = false;
    said.textContent = said.dataset.hidden;
  }

  bar.addEventListener('click', ({ target }) => {
    const button = target.closest('button');
    if (!button) return;
    if (button !== toggle) { use(button.dataset.tool); return; }
    const on = !toggle.classList.contains('is-on');
    toggle.classList.toggle('is-on', on);
    // The words say what the button does; a pressed button besides would say it twice.
    toggle.querySelector('span').textContent = on ? toggle.dataset.shown : toggle.dataset.hidden;
    for (const tool of tools) tool.disabled = on;
    if (on) show(); else hide();
  });
  field.addEventListener('keydown', (event) => {
    const name = { b: 'bold', i: 'italic' }[event.key.toLowerCase()];
    if (!name || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    use(name);
  });

  if (!field.dataset.previewUrl) toggle.remove();
  field.before(bar);
  field.after(view, said);
}

if (parts) document.querySelectorAll('textarea[data-editor]').forEach(enhance);
