// Remembers at which heading of <article data-place-url="…"> the reader is, for «U was gebleven bij …».
// Sends the id of the heading; it never jumps by itself.
import { csrfToken } from './csrf.js';

const PAUSE = 15000;

function follow(article) {
  const headings = [...article.querySelectorAll(':is(h2, h3)[id]')];
  let sent = null;
  let timer = null;

  // The last heading that passed the upper third of the window.
  function place() {
    const line = window.innerHeight / 3;
    return headings.findLast((heading) => heading.getBoundingClientRect().top < line)?.id ?? null;
  }

  function send() {
    clearTimeout(timer);
    timer = null;
    const here = place();
    const token = csrfToken();
    if (!here || !token || here === sent) return;
    sent = here;
    const data = new FormData();
    data.set('place', here);
    data.set('csrf_token', token);
    fetch(article.dataset.placeUrl, { method: 'POST', body: data, keepalive: true }).catch(() => { sent = null; });
  }

  window.addEventListener('scroll', () => { timer ??= setTimeout(send, PAUSE); }, { passive: true });
  // Only what was read: a page that opened and closed again says nothing.
  const leave = () => { if (timer) send(); };
  window.addEventListener('pagehide', leave);
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') leave(); });
}

document.querySelectorAll('article[data-place-url]').forEach(follow);
