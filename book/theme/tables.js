// A table that is wider than the window becomes a list: each row a block, each cell under its column's name.
(() => {
  const tables = [...document.querySelectorAll('main .table-wrapper > table')]
    .filter(table => !table.closest('.claims, .stacked, .timeline'));
  for (const table of tables) {
    const names = [...table.querySelectorAll('thead th')].map(head => head.textContent.trim());
    for (const row of table.querySelectorAll('tbody tr')) {
      [...row.cells].forEach((cell, column) => { if (names[column]) cell.dataset.label = names[column]; });
    }
  }
  const fit = () => {
    for (const table of tables) table.classList.remove('listed');
    const wide = tables.filter(table => table.scrollWidth > table.parentElement.clientWidth + 1);
    for (const table of wide) table.classList.add('listed');
  };
  addEventListener('resize', fit);
  addEventListener('load', fit); // fonts are there
  // What is folded has no width.
  addEventListener('toggle', fit, true);
  fit();
})();
