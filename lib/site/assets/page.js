// What the book's pages do beside the theme's script.
(() => {
  // boxes that scroll can be scrolled by keyboard
  const FORMULAS = 'mjx-container[display="true"]';
  const boxes = () => {
    for (const box of document.querySelectorAll(`${FORMULAS}, .pst-scrollable-table-container`)) {
      const wide = box.scrollWidth > box.clientWidth + 1;
      box.toggleAttribute('data-wide', wide);
      if (!wide) for (const name of ['tabindex', 'role', 'aria-label']) box.removeAttribute(name);
      else {
        box.tabIndex = 0;
        box.setAttribute('role', 'group');
        box.setAttribute('aria-label', box.matches(FORMULAS) ? 'Formula' : 'Table');
      }
    }
  };
  addEventListener('resize', boxes);
  document.fonts.ready.then(boxes);

  // a link into a closed box opens it
  const reveal = () => {
    let name = '';
    try { name = decodeURIComponent(location.hash.slice(1)); } catch {}
    const target = name && document.getElementById(name);
    if (!target) return;
    for (let box = target.closest('details'); box; box = box.parentElement.closest('details')) box.open = true;
    target.scrollIntoView();
  };
  addEventListener('hashchange', reveal);
  if (location.hash) document.fonts.ready.then(reveal);

  // on paper: the light theme, every box open, formulas as wide as the sheet
  let before;
  addEventListener('beforeprint', () => {
    const { theme } = document.documentElement.dataset;
    const closed = [...document.querySelectorAll('article details:not([open])')];
    before = { theme, closed };
    document.documentElement.dataset.theme = 'light';
    for (const box of closed) box.open = true;
    for (const formula of document.querySelectorAll(FORMULAS))
      formula.style.zoom = Math.min(1, 620 / formula.firstElementChild.scrollWidth);
  });
  addEventListener('afterprint', () => {
    document.documentElement.dataset.theme = before.theme;
    for (const box of before.closed) box.open = false;
    for (const formula of document.querySelectorAll(FORMULAS)) formula.style.zoom = '';
  });

  // Ctrl+K or Cmd+K searches
  addEventListener('keydown', event => {
    const link = document.querySelector('a.search-button-field');
    if (!link || event.altKey || event.shiftKey || event.key.toLowerCase() !== 'k') return;
    if (event.ctrlKey !== event.metaKey && !document.querySelector('form.bd-search')) {
      event.preventDefault();
      location.assign(link.href);
    }
  });
  document.querySelector('form.bd-search input')?.focus();

  // a page in a folder may not fetch others to quote from them
  if (location.protocol === 'file:') DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

  // the reader's own JupyterHub, remembered here and told to nobody
  for (const form of document.querySelectorAll('form[data-pull]')) {
    const field = form.querySelector('input');
    try { field.value = localStorage.getItem('hub') ?? ''; } catch {}
    form.addEventListener('submit', event => {
      event.preventDefault();
      const hub = field.value.replace(/\/+(hub\/?)?$/, '');
      try { localStorage.setItem('hub', hub); } catch {}
      location.assign(hub + form.dataset.pull);
    });
  }
})();
