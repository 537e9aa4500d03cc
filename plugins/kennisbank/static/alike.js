// While somebody types a title: what looks like it, from the address in data-alike-url.
const PAUSE = 400;

for (const field of document.querySelectorAll('[data-alike-url]')) {
  const place = document.getElementById('lijkt-op');
  let timer;
  let last = field.value;
  let asked = 0;

  const look = async () => {
    const title = field.value.trim();
    if (title === last) return;
    last = title;
    const mine = ++asked;
    let text = '';
    if (title.length > 3) {
      const response = await fetch(`${field.dataset.alikeUrl}?${new URLSearchParams({ title })}`).catch(() => null);
      if (!response?.ok || response.redirected) return;
      text = await response.text();
    }
    if (mine !== asked) return; // a later answer is on its way
    const part = new DOMParser().parseFromString(text, 'text/html');
    place.replaceChildren(...part.body.childNodes);
  };

  field.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(look, PAUSE); });
}
