// The theme that the reader chose; without a choice, what the system prefers.
(() => {
  const KEY = 'slackwater-theme';
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');

  const chosen = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // Storage is off: the choice lasts as long as the page.
    }
  };
  const theme = () => root.dataset.theme || (system.matches ? 'dark' : 'light');
  const tell = () => root.dispatchEvent(new Event('themechange'));

  const before = chosen();
  if (before === 'dark' || before === 'light') root.dataset.theme = before;
  system.addEventListener('change', tell);

  document.addEventListener('DOMContentLoaded', () => {
    const button = document.getElementById('theme');
    const label = () => {
      button.textContent = theme() === 'dark' ? 'Light theme' : 'Dark theme';
    };
    label();
    root.addEventListener('themechange', label);
    button.addEventListener('click', () => {
      root.dataset.theme = theme() === 'dark' ? 'light' : 'dark';
      try {
        localStorage.setItem(KEY, root.dataset.theme);
      } catch {
        // See above.
      }
      tell();
    });
  });
})();
