// The token that goes with every POST: from the form itself, or else from any form on the page
// (the form to sign out is on every page of somebody who is signed in).
export function csrfToken(form) {
  const field = form?.elements?.csrf_token ?? document.querySelector('input[name="csrf_token"]');
  return field?.value ?? '';
}

// Somebody signed in again in another window: the old token no longer counts.
// Fetches this page anew and takes the token from it. False when the page asks to sign in.
export async function renewToken() {
  const response = await fetch(location.href, { headers: { Accept: 'text/html' }, redirect: 'manual', cache: 'no-store' });
  if (!response.ok) return false; // a redirect means: not signed in
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const token = page.querySelector('input[name="csrf_token"]')?.value;
  if (!token) return false;
  for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = token;
  return true;
}
