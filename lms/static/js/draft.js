// Keeps a draft of <form data-draft-url="…" data-login-url="…"> while somebody writes.
// The form has hidden fields csrf_token and revision; [data-draft-state] says what is kept.
// The words and notes are in templates/macros/scripts.html (draft_script).
import { renewToken } from './csrf.js';

const PAUSE = 1500; // after the last key
const FIRST_RETRY = 3000;
const LAST_RETRY = 60000;
const KEEPALIVE_LIMIT = 60000; // browsers refuse more than 64 kB once the page has gone

const parts = document.getElementById('lp-draft-parts');
const part = (name) => parts.content.querySelector(`[data-${name}]`).cloneNode(true);

class Draft {
  constructor(form) {
    this.form = form;
    this.state = form.querySelector('[data-draft-state]') ?? document.querySelector('[data-draft-state]');
    this.words = part('words').dataset;
    this.kept = this.written();
    this.busy = null;       // the save that is under way: there is never a second one
    this.stopped = '';      // why saving waits: 'conflict' or 'ended'
    this.overwrite = false; // the writer chose; the next save may replace the other text
    this.retry = FIRST_RETRY;
    this.notes = {};
    this.leaving = false;

    form.addEventListener('input', () => this.later(PAUSE));
    form.addEventListener('change', () => this.later(PAUSE));
    form.addEventListener('submit', (event) => this.submit(event));
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') this.save(); else this.comeBack();
    });
    window.addEventListener('focus', () => this.comeBack());
    window.addEventListener('pagehide', () => this.save());
    window.addEventListener('pageshow', () => { this.leaving = false; });
    window.addEventListener('online', () => this.save());
    window.addEventListener('beforeunload', (event) => {
      if (!this.leaving && (this.busy || this.changed())) event.preventDefault();
    });
  }

  fields() {
    const data = new FormData(this.form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    return data;
  }

  // What was written, as one string to compare.
  written() {
    const data = this.fields();
    data.delete('csrf_token');
    data.delete('revision');
    return new URLSearchParams(data).toString();
  }

  changed() { return this.written() !== this.kept; }

  say(text, state) {
    if (!this.state) return;
    this.state.dataset.draftState = state;
    (this.state.querySelector('[data-draft-text]') ?? this.state).textContent = text;
  }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  save() {
    clearTimeout(this.timer);
    if (this.busy || this.stopped || this.leaving || !(this.changed() || this.overwrite)) return this.busy;
    this.busy = this.send().finally(() => { this.busy = null; });
    return this.busy;
  }

  async send() {
    const data = this.fields();
    const sent = this.written();
    if (this.overwrite) data.set('overwrite', '1');
    let response;
    try {
      response = await fetch(this.form.dataset.draftUrl, {
        method: 'POST', body: data, headers: { Accept: 'application/json' }, keepalive: sent.length < KEEPALIVE_LIMIT,
      });
    } catch {
      return this.tryAgain();
    }
    if (response.redirected) return this.ended(); // sent on to the page to sign in
    const answer = await response.json().catch(() => ({}));
    if (response.ok && 'revision' in answer) return this.saved(sent, answer);
    if (response.status === 409 && ('revision' in answer || 'sheet' in this.form.dataset)) return this.conflict(answer);
    if (response.status === 401) return this.ended();
    if (response.status === 400 && !this.renewed) { // the token ran out, perhaps: once, with a new one
      this.renewed = true;
      if (await renewToken().catch(() => false)) return this.send();
    }
    if (response.status >= 500 || response.status === 429 || response.ok) return this.tryAgain();
    // Refused (403, 409 without another text, 413, 422): saying it again helps nobody; the next change tries again.
    if (this.written() !== sent) this.later(PAUSE);
    return this.say(answer.message || this.words.refused, 'failed');
  }

  saved(sent, answer) {
    this.form.elements.revision.value = answer.revision;
    const asSent = this.written() === sent;
    // A form of rows learns here which rows they became: that is nothing that somebody wrote.
    this.form.dispatchEvent(new CustomEvent('draft:kept', { detail: answer }));
    this.kept = asSent ? this.written() : sent;
    this.overwrite = false;
    this.renewed = false;
    this.retry = FIRST_RETRY;
    this.say(answer.message, 'saved');
    if (this.changed()) this.later(PAUSE); // somebody wrote on while we saved
  }

  tryAgain() {
    this.say(this.words.offline, 'failed');
    this.later(this.retry);
    this.retry = Math.min(this.retry * 2, LAST_RETRY);
  }

  // ---- the same work was changed in another window: the writer chooses, and keeps both texts ----

  get text() { return this.form.querySelector('[data-draft-main]') ?? this.form.querySelector('textarea:not([readonly])'); }

  conflict({ message, theirs = '', revision, reload = false }) {
    this.stopped = 'conflict';
    this.say(this.words.unsaved, 'failed');
    if ('sheet' in this.form.dataset) return this.chooseSheet(message);
    if (revision !== undefined) this.form.elements.revision.value = revision;
    const note = this.note('conflict');
    note.querySelector('[data-message]').textContent = message;
    note.querySelector('[data-theirs]').value = theirs;
    const choose = (kept) => {
      this.removeNote('conflict');
      if (!reload) this.spare(kept);
      this.stopped = '';
      this.overwrite = true;
      this.save();
      this.text?.focus();
    };
    note.querySelector('[data-keep]').addEventListener('click', () => choose({ theirs }));
    note.querySelector('[data-take]').addEventListener('click', () => {
      if (reload) { // a form of many fields: its page fills in what is stored
        this.leaving = true;
        location.assign(location.href.split('#')[0]);
        return;
      }
      const mine = this.text.value;
      this.text.value = theirs;
      choose({ mine });
    });
  }

  // Two worksheets are too much for a note: the server shows both, with what differs. The revision stays the old one.
  chooseSheet(message) {
    const note = this.note('choose');
    const button = note.querySelector('button');
    note.querySelector('[data-message]').textContent = message;
    button.formAction = this.form.dataset.draftUrl;
    button.addEventListener('click', () => { this.stopped = ''; });
  }

  // The text that was not chosen stays on the page, folded.
  spare(kept) {
    const [[whose, text]] = Object.entries(kept);
    const fold = part('spare');
    const label = part('spare-words').dataset[whose];
    fold.querySelector('summary').textContent = label;
    fold.querySelector('textarea').value = text;
    fold.querySelector('textarea').setAttribute('aria-label', label);
    this.text.closest('.lp-field, .lp-set')?.after(fold) ?? this.text.after(fold);
  }

  // ---- signed out: the text stays, and saving goes on after signing in elsewhere ----

  ended() {
    this.stopped = 'ended';
    this.say(this.words.unsaved, 'failed');
    if (!this.notes.ended) this.note('ended').querySelector('[data-login]').href = this.form.dataset.loginUrl;
  }

  async comeBack() {
    if (this.stopped !== 'ended' || this.looking) return;
    this.looking = true;
    const signedIn = await renewToken().catch(() => false);
    this.looking = false;
    if (!signedIn) return;
    this.stopped = '';
    this.removeNote('ended');
    this.save();
  }

  note(name) {
    this.removeNote(name);
    this.notes[name] = part(name);
    const bar = this.form.querySelector('.lp-bar');
    if (bar) bar.prepend(this.notes[name]); // always in sight
    else { this.form.prepend(this.notes[name]); this.notes[name].scrollIntoView({ block: 'nearest' }); }
    return this.notes[name];
  }

  removeNote(name) {
    this.notes[name]?.remove();
    delete this.notes[name];
  }

  // A real submit waits for a save that is under way: it would find a newer revision than it knows.
  // And it waits for the writer, when there is something to choose or somebody has to sign in.
  submit(event) {
    if (event.defaultPrevented) return;
    if (this.stopped) {
      event.preventDefault();
      (this.notes[this.stopped] ?? this.notes.choose).querySelector('button, a').focus();
      return;
    }
    clearTimeout(this.timer);
    if (this.busy) {
      event.preventDefault();
      const { submitter } = event;
      this.busy.finally(() => this.form.requestSubmit(submitter));
      return;
    }
    this.leaving = true;
  }
}

if (parts) for (const form of document.querySelectorAll('form[data-draft-url]')) new Draft(form);
