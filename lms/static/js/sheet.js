// A worksheet, <form data-sheet>: adds, moves and takes away rows without a new page, keeps titles in step with what is
// typed, and draws the grid anew. Without it the buttons do the same by way of the server.
// draft.js keeps what is filled in: every change here ends with an `input` on the form.

const MEASURES = { size: 240, left: 42, top: 12, high: 3, together: 3 }; // as in lms/worksheets/drawing.py
const SVG = 'http://www.w3.org/2000/svg';

class Rows {
  constructor(part) {
    this.part = part;
    this.list = part.querySelector('[data-rows]');
    this.template = part.querySelector('template');
    this.adder = part.querySelector('[data-do="add"]');
    this.said = part.querySelector('[data-said]');
    this.undo = part.querySelector('[data-undo]');
    this.most = Number(part.dataset.most);
    part.addEventListener('click', (event) => this.press(event));
    part.addEventListener('input', ({ target }) => this.retitle(target.closest('[data-row]')));
    this.undo.querySelector('button').addEventListener('click', () => this.putBack());
    this.number();
  }

  get rows() { return [...this.list.children]; }

  press(event) {
    const button = event.target.closest('[data-do]');
    // A row that another worksheet took over goes by way of the server, which asks first.
    if (!button || 'used' in button.dataset) return;
    event.preventDefault();
    const row = button.closest('[data-row]');
    if (button.dataset.do === 'add') this.add();
    else if (button.dataset.do === 'remove') this.remove(row);
    else this.move(row, button);
    this.changed();
  }

  add() {
    const id = crypto.getRandomValues(new Uint32Array(1))[0].toString(16).padStart(8, '0');
    const holder = document.createElement('div');
    holder.append(this.template.content.cloneNode(true));
    holder.innerHTML = holder.innerHTML.replaceAll('NIEUW', id);
    const [row] = holder.children;
    this.list.append(row);
    this.say(this.said.dataset.added);
    row.querySelector('input:not([type="hidden"]), select, textarea').focus();
  }

  remove(row) {
    this.gone = { row, before: row.nextElementSibling };
    const next = row.nextElementSibling ?? row.previousElementSibling;
    this.undo.querySelector('[data-undo-name]').textContent = `${this.said.dataset.removed} ${this.title(row)}.`;
    this.undo.hidden = false;
    row.remove();
    this.say(`${this.said.dataset.removed} ${this.title(row)}`);
    (next?.querySelector('[data-do="remove"]') ?? this.adder).focus();
  }

  putBack() {
    const { row, before } = this.gone;
    this.list.insertBefore(row, before?.isConnected ? before : null);
    this.undo.hidden = true;
    row.querySelector('[data-do="remove"]').focus();
    this.changed();
  }

  move(row, button) {
    if (button.dataset.do === 'up') row.previousElementSibling?.before(row);
    else row.nextElementSibling?.after(row);
    this.number();
    // At the end of the list the button is off, and the focus goes to its neighbour.
    (button.disabled ? row.querySelector('[data-do]:enabled') : button).focus();
    this.say(this.said.dataset.moved);
  }

  say(text) { this.said.textContent = text; }

  title(row) { return row.querySelector('[data-name]').textContent; }

  retitle(row) {
    if (!row || row.parentNode !== this.list) return;
    const name = row.querySelector('[data-name]');
    const first = row.querySelector('[data-field]');
    const words = first.options ? first.selectedOptions[0]?.text : first.value.trim();
    const title = words || `${name.dataset.one} ${this.rows.indexOf(row) + 1}`;
    if (name.textContent === title) return;
    name.textContent = title;
    for (const of of row.querySelectorAll('[data-name-of]')) of.textContent = title;
  }

  number() {
    this.rows.forEach((row, index, all) => {
      row.querySelector('[data-no]').textContent = index + 1;
      row.querySelector('[data-do="up"]').disabled = index === 0;
      row.querySelector('[data-do="down"]').disabled = index === all.length - 1;
      this.retitle(row);
    });
    this.adder.hidden = this.rows.length >= this.most;
  }

  changed() {
    this.number();
    this.list.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

class Grid {
  constructor(figure, part) {
    this.figure = figure;
    this.part = part;
    const { x, y, corners } = figure.dataset;
    [this.x, this.y, this.corners] = [x, y, JSON.parse(corners)];
    part.addEventListener('input', () => this.draw());
    part.addEventListener('change', () => this.draw());
    this.draw();
  }

  places() {
    const figureOf = (row, name) => Number(row.querySelector(`input[name$="-${name}"]:checked`)?.value ?? 0);
    return [...this.part.querySelectorAll('[data-rows] > [data-row]')].map((row, index) => {
      const [x, y] = [figureOf(row, this.x), figureOf(row, this.y)];
      return { number: index + 1, name: row.querySelector('[data-name]').textContent, x, y, corner: this.corner(x, y) };
    }).filter(({ x, y }) => x && y);
  }

  corner(x, y) {
    const [highY, both, low, highX] = this.corners;
    if (y >= MEASURES.high) return x >= MEASURES.high ? both : highY;
    return x >= MEASURES.high ? highX : low;
  }

  draw() {
    const places = this.places();
    const dots = new Map();
    for (const { number, x, y } of places) {
      const at = `${MEASURES.left + (x - 0.5) * MEASURES.size / 5} ${MEASURES.top + (5.5 - y) * MEASURES.size / 5}`;
      dots.set(at, [...(dots.get(at) ?? []), number]);
    }
    this.figure.querySelector('[data-dots]').replaceChildren(...[...dots].map(([at, numbers]) => this.dot(at, numbers)));
    this.figure.querySelector('[data-places]').replaceChildren(...places.map((place) => this.row(place)));
    const { empty, nobody } = this.figure.dataset;
    const words = this.corners.map((corner) => {
      const here = places.filter((place) => place.corner === corner).map(({ number, name }) => `${number} ${name}`);
      return `${corner}: ${here.join(', ') || nobody}.`;
    });
    this.figure.querySelector('desc').textContent = places.length ? words.join(' ') : empty;
  }

  dot(at, numbers) {
    const label = numbers.length <= MEASURES.together ? numbers.join(' ') : `${numbers.length}×`;
    const group = document.createElementNS(SVG, 'g');
    const circle = document.createElementNS(SVG, 'circle');
    const text = document.createElementNS(SVG, 'text');
    group.setAttribute('transform', `translate(${at})`);
    circle.setAttribute('class', 'dr-dot');
    circle.setAttribute('r', label.length < 3 ? 12 : 17);
    text.setAttribute('class', 'dr-number');
    text.textContent = label;
    group.append(circle, text);
    return group;
  }

  row({ number, name, x, y, corner }) {
    const row = document.createElement('tr');
    const head = document.createElement('th');
    head.scope = 'row';
    head.textContent = `${number} ${name}`;
    row.append(head, ...[x, y, corner].map((words) => Object.assign(document.createElement('td'), { textContent: words })));
    return row;
  }
}

for (const form of document.querySelectorAll('form[data-sheet]')) {
  const parts = [...form.querySelectorAll('[data-part]')];
  for (const part of parts) if (part.querySelector('[data-rows]')) new Rows(part);
  for (const figure of form.querySelectorAll('[data-grid]')) {
    new Grid(figure, parts.find((part) => part.dataset.part === figure.dataset.grid));
  }
}
