// Small comforts on top of a page that is complete without them: copy buttons, a read-out under the pointer, sortable tables.
(() => {
  const words = document.getElementById('words').dataset;

  for (const pre of document.querySelectorAll('pre[data-copy]')) {
    if (!navigator.clipboard) break;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = words.copy;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(pre.textContent);
      button.textContent = words.copied;
      setTimeout(() => { button.textContent = words.copy; }, 1600);
    });
    pre.parentElement.classList.add('copies');
    pre.parentElement.append(button);
  }

  for (const region of document.querySelectorAll('.scroll')) {
    if (region.scrollWidth <= region.clientWidth) region.removeAttribute('tabindex');
  }

  for (const table of document.querySelectorAll('.scroll table')) {
    const body = table.tBodies[0];
    // A table with sums reads from top to bottom; sorting it would take the sums from their terms.
    if (!body || body.querySelector('.total') || body.rows.length < 3) continue;
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'sort';
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => {
        const down = head.getAttribute('aria-sort') === 'descending';
        for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', down ? 'ascending' : 'descending');
        const key = (row) => {
          const cell = row.cells[column];
          const raw = cell.dataset.sort ?? cell.textContent.trim();
          return raw !== '' && Number.isFinite(Number(raw)) ? Number(raw) : raw;
        };
        const compare = (a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b)));
        const rows = [...body.rows].sort((a, b) => compare(key(a), key(b)));
        body.append(...(down ? rows : rows.reverse()));
      });
    });
  }

  const charts = [...document.querySelectorAll('figure')].flatMap((figure) => {
    const svgs = [...figure.querySelectorAll('svg[data-time]')];
    const data = figure.querySelector('script.hover-data');
    if (svgs.length === 0) return [];
    const read = document.createElement('div');
    read.className = 'hover';
    read.hidden = true;
    if (data) figure.append(read);
    const { at, text } = data ? JSON.parse(data.textContent) : { at: [], text: [] };
    const instants = [];
    at.reduce((sum, step) => { instants.push(sum + step); return sum + step; }, 0);
    return [{ figure, svgs, read, instants, text, span: svgs[0].dataset.time }];
  });
  const nearest = (instants, t) => {
    let low = 0;
    let high = instants.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (instants[middle] <= t) low = middle;
      else high = middle;
    }
    return t - instants[low] < instants[high] - t ? low : high;
  };
  const show = (chart, t) => {
    for (const svg of chart.svgs) {
      const [from, to] = svg.dataset.time.split(' ').map(Number);
      const [left, right, top, bottom] = svg.dataset.plot.split(' ').map(Number);
      let cross = svg.querySelector('.cross');
      if (t === undefined) {
        cross?.remove();
        continue;
      }
      if (!cross) {
        cross = document.createElementNS('http://www.w3.org/2000/svg', 'path');
        cross.setAttribute('class', 'cross');
        svg.append(cross);
      }
      const x = left + ((t - from) / (to - from)) * (right - left);
      cross.setAttribute('d', `M${x.toFixed(1)},${top}V${bottom}`);
    }
    chart.read.hidden = t === undefined || chart.instants.length === 0;
    if (!chart.read.hidden) chart.read.textContent = chart.text[nearest(chart.instants, t)];
  };
  for (const chart of charts) {
    for (const svg of chart.svgs) {
      svg.addEventListener('pointermove', (event) => {
        const box = svg.getBoundingClientRect();
        const [from, to] = svg.dataset.time.split(' ').map(Number);
        const [left, right] = svg.dataset.plot.split(' ').map(Number);
        const at = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
        const share = (at - left) / (right - left);
        const t = share < 0 || share > 1 ? undefined : from + share * (to - from);
        // Charts over the same span are read together.
        for (const other of charts) if (other.span === chart.span) show(other, t);
      });
      svg.addEventListener('pointerleave', () => {
        for (const other of charts) show(other, undefined);
      });
    }
  }
})();
