// Comforts on top of a page that is complete without them: copy buttons, sorting and filtering, and charts that are read and zoomed together.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const given = (id) => JSON.parse(document.getElementById(id).textContent);
  const { words, clock } = given('words');
  const make = (tag, className, text = '') => {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    return element;
  };
  const button = (className, text, act) => {
    const made = make('button', className, text);
    made.type = 'button';
    made.addEventListener('click', act);
    return made;
  };
  const live = make('p', 'live');
  live.setAttribute('role', 'status');
  document.body.append(live);
  const say = (text) => { live.textContent = text; };

  for (const pre of all('pre[data-copy]')) {
    if (!navigator.clipboard) break;
    const copy = button('copy', words.copy, () => {
      const done = () => {
        copy.textContent = words.copied;
        say(words.copied);
        setTimeout(() => { copy.textContent = words.copy; }, 1600);
      };
      // Where the browser refuses, the lines are selected, ready to be copied by hand.
      navigator.clipboard.writeText(pre.textContent).then(done, () => getSelection().selectAllChildren(pre));
    });
    copy.setAttribute('aria-label', `${words.copy}: ${pre.textContent.split('\n')[0].slice(0, 80)}`);
    pre.parentElement.classList.add('copies');
    pre.parentElement.append(copy);
  }

  for (const region of all('.scroll')) if (region.scrollWidth <= region.clientWidth) region.removeAttribute('tabindex');

  for (const table of all('.scroll table')) {
    const body = table.tBodies[0];
    // Rows that belong to the one above them stay where they are.
    if (!body || body.querySelector('.below')) continue;
    const rows = [...body.rows];
    // A table with sums reads from top to bottom; sorting it would take the sums from their terms.
    const sums = rows.filter((row) => row.classList.contains('total'));
    if (sums.length === 0 && rows.length > 2) sortable(table, body);
    if (rows.length - sums.length >= 20) filterable(table, rows, sums);
  }

  function sortable(table, body) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const key = (row) => {
        const cell = row.cells[column];
        const raw = cell.dataset.sort ?? cell.textContent.trim();
        return raw !== '' && Number.isFinite(Number(raw)) ? Number(raw) : raw;
      };
      const compare = (a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), document.documentElement.lang));
      const sort = button('sort', '', () => {
        const down = head.getAttribute('aria-sort') === 'descending';
        for (const other of heads) other.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', down ? 'ascending' : 'descending');
        const rows = [...body.rows].sort((a, b) => compare(key(a), key(b)));
        body.append(...(down ? rows : rows.reverse()));
      });
      sort.append(...head.childNodes);
      head.append(sort);
    });
  }

  function filterable(table, rows, sums) {
    const label = make('label', 'filter', words.filter);
    const input = make('input', '');
    input.type = 'search';
    label.append(input);
    input.addEventListener('input', () => {
      const wanted = input.value.trim().toLowerCase();
      // The sums are of all rows, so they go while some are hidden.
      for (const row of rows) row.hidden = wanted !== '' && (sums.includes(row) || !row.textContent.toLowerCase().includes(wanted));
      say(`${rows.filter((row) => !row.hidden && !sums.includes(row)).length} ${words.rowsShown}`);
    });
    table.parentElement.before(label);
  }

  const folds = all('main details');
  if (folds.length > 1) {
    const openAll = button('plain', words.openAll, () => {
      const open = folds.some((fold) => !fold.open);
      for (const fold of folds) fold.open = open;
      openAll.textContent = open ? words.closeAll : words.openAll;
    });
    document.querySelector('nav.contents')?.append(openAll);
  }
  // A link into something folded opens it, where the browser does not by itself.
  const unfold = () => {
    const target = document.getElementById(location.hash.slice(1));
    for (let fold = target?.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
    if (target?.closest('details')) target.scrollIntoView();
  };
  addEventListener('hashchange', unfold);
  unfold();

  // ── Charts over time ──
  const MINUTE = 60000;
  const DAY = 1440 * MINUTE;
  const STEPS = [1, 2, 5, 10, 30, 60, 120, 180, 360, 720, 1440, 2880, 5760, 10080, 20160, 40320].map((minutes) => minutes * MINUTE);
  const { times, texts, charts: readings } = given('readings');
  const timesAt = times.map((packed) => {
    let at = 0;
    let step = 0;
    return packed.split(';').map((each) => (at += step = each === '' ? step : Number(each)));
  });
  const textsAt = texts.map((packed) => {
    let unit = '';
    return packed.split(';').map((each) => {
      const [number, ...rest] = each.split(' ');
      if (rest.length > 0) unit = ` ${rest.join(' ')}`.trimEnd();
      return each && number + unit;
    });
  });

  const fields = { hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' };
  let zone;
  try {
    zone = new Intl.DateTimeFormat('en', { ...fields, timeZone: clock.timeZone });
  } catch {
    zone = new Intl.DateTimeFormat('en', { ...fields, timeZone: 'UTC' });
  }
  const localParts = (t) => Object.fromEntries(zone.formatToParts(t).map(({ type, value }) => [type, value]));
  const write = (t, pattern) => {
    const { year, month, day, hour, minute, second } = localParts(t);
    const two = (number) => String(Number(number)).padStart(2, '0');
    const values = { d: day, dd: two(day), MM: two(month), MMM: clock.months[month - 1], yyyy: year, HH: hour, mm: minute, ss: two(second) };
    const usual = Number(year) === clock.year ? clock.pattern : clock.patternWithYear;
    return (pattern ?? usual).replace(/'([^']*)'|MMM|MM|yyyy|HH|mm|ss|dd|d/g, (token, quoted) => quoted ?? values[token]);
  };

  const draw = (tag, attributes, parent) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    parent.append(element);
    return element;
  };
  const spanOf = (svg) => svg.dataset.time.split(' ').map(Number);
  const plotOf = (svg) => svg.dataset.plot.split(' ').map(Number);

  let view;
  const charts = all('figure').flatMap((figure) => {
    const svgs = all('svg[data-time]', figure);
    const reading = readings[figure.dataset.chart];
    if (svgs.length === 0 || !reading?.lines.length) return [];
    const [from, to] = spanOf(svgs[0]);
    const lines = reading.lines.map(([role, label, t, v]) => ({ role, label, at: timesAt[t], told: textsAt[v] }));
    const chart = { figure, svgs, from, to, lines, limits: reading.limits, scale: reading.scale, hidden: new Set() };
    return [chart];
  });
  const seen = (chart) => {
    const from = Math.max(view?.[0] ?? chart.from, chart.from);
    const to = Math.min(view?.[1] ?? chart.to, chart.to);
    return to > from ? [from, to] : [chart.from, chart.to];
  };
  const isWhole = (chart) => seen(chart)[0] === chart.from && seen(chart)[1] === chart.to;

  const nearest = (at, t) => {
    let low = 0;
    let high = at.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (at[middle] <= t) low = middle;
      else high = middle;
    }
    return t - at[low] < at[high] - t ? low : high;
  };
  const stepOf = ({ at }) => (at.length > 1 ? (at[at.length - 1] - at[0]) / (at.length - 1) : MINUTE);
  const readAt = (chart, t) => {
    const said = [];
    let when = t;
    for (const line of chart.lines) {
      const { at, told, role } = line;
      const near = nearest(at, t);
      // A forecast says nothing of the time before it, and a line nothing of its gaps.
      if (chart.hidden.has(role) || !told[near] || Math.abs(at[near] - t) > 1.5 * stepOf(line)) continue;
      if (role.startsWith('fan') && t < at[0]) continue;
      if (said.length === 0) when = at[near];
      said.push(`${line.label} ${told[near]}`);
    }
    return [write(when), ...(said.length > 0 ? said : [words.noSamples])].join(' · ');
  };

  const point = (chart, t) => {
    const [from, to] = seen(chart);
    const isIn = t !== undefined && t >= from && t <= to;
    for (const svg of chart.svgs) {
      const [left, right, top, bottom] = plotOf(svg);
      svg.querySelector('.cross')?.remove();
      const x = left + ((t - from) / (to - from)) * (right - left);
      if (isIn) draw('path', { class: 'cross', d: `M${x.toFixed(1)},${top}V${bottom}` }, svg);
    }
    chart.t = isIn ? t : undefined;
    chart.read.textContent = isIn ? readAt(chart, t) : '';
  };
  const pointAll = (t) => {
    for (const chart of charts) {
      const { top, bottom } = chart.figure.getBoundingClientRect();
      if (chart.t !== undefined || (bottom > 0 && top < innerHeight)) point(chart, t);
    }
  };

  const drawTicks = (svg, axis, [from, to], x) => {
    const [, right, , , base] = plotOf(svg);
    const step = STEPS.find((size) => (to - from) / size <= (svg.viewBox.baseVal.width > 500 ? 8 : 4)) ?? 40 * DAY;
    const { hour, minute } = localParts(from);
    const midnight = Math.floor(from / MINUTE) * MINUTE - (hour * 60 + Number(minute)) * MINUTE;
    for (let t = midnight + Math.ceil((from - midnight) / step) * step; t <= to; t += step) {
      const local = localParts(t);
      const isDay = step >= DAY || (local.hour === '00' && local.minute === '00');
      draw('path', { class: 'base', d: `M${x(t).toFixed(1)},${base}v4` }, axis);
      // The zone stands to the right of the last tick.
      if (x(t) < right - 12) draw('text', { class: 'tick', x: x(t).toFixed(1), y: base + 17, 'text-anchor': 'middle' }, axis).textContent = write(t, isDay ? clock.dayMonth : 'HH:mm');
    }
  };

  // Heights are read from the drawing, whose points keep every peak: runs of [x, y], in the order of time, without the ground of an area.
  const pointsOf = (path) =>
    (path.points ??= path.getAttribute('d').split('M').slice(1).map((run) => [...run.split(/L[\d.,]+H/)[0].matchAll(/([\d.]+),([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)])));
  // A line's heights between two places, and where it crosses them.
  const heightsIn = (path, from, to) =>
    pointsOf(path).flatMap((run) =>
      run.flatMap(([x, y], i) => {
        const [beforeX, beforeY] = run[i - 1] ?? [x, y];
        const crossed = [from, to].filter((edge) => beforeX < edge && edge < x).map((edge) => beforeY + ((edge - beforeX) / (x - beforeX)) * (y - beforeY));
        return x >= from && x <= to ? [...crossed, y] : crossed;
      }),
    );
  const limitY = (limit) => pointsOf(limit)[0][0][1];
  // What of the height is shown: the lines in view. Zero and limits stay in sight while that leaves the lines half of it, and the ground of an area always.
  const heightSeen = (svg, from, to) => {
    const [, , top, bottom] = plotOf(svg);
    const heights = all('.plot :is(.line, .layer):not(.away)', svg).flatMap((line) => heightsIn(line, from, to));
    if (heights.length === 0) return [top, bottom];
    if (svg.querySelector('.layer')) heights.push(bottom);
    let [high, low] = [Math.min(...heights), Math.max(...heights)];
    // Twelvefold at most: then a drawing to a tenth of a pixel is still smooth, and noise is no mountain.
    const least = (bottom - top) / 12;
    const most = Math.max(2 * (low - high), least);
    for (const y of [bottom, ...all('.limit:not(.away)', svg).map(limitY)]) if (Math.max(low, y) - Math.min(high, y) <= most) [high, low] = [Math.min(high, y), Math.max(low, y)];
    const room = Math.max((low - high) * 0.08, (least - (low - high)) / 2);
    return [Math.max(high - room, top), low === bottom ? bottom : Math.min(low + room, bottom)];
  };
  const drawHeights = (svg, axis, [high, low], y, [least, most, pattern]) => {
    const [left, right, top, bottom] = plotOf(svg);
    const each = (most - least) / (bottom - top);
    const [from, to] = [low, high].map((place) => least + (bottom - place) * each);
    const count = bottom - top > 150 ? 5 : 3;
    const power = 10 ** Math.floor(Math.log10((to - from) / count));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => (to - from) / size <= count);
    const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: digits });
    for (let n = Math.ceil(from / step - 1e-9) || 0; n * step <= to + step * 1e-6; n += 1) {
      const at = y(bottom - (n * step - least) / each).toFixed(1);
      draw('path', { class: n === 0 ? 'base' : 'grid', d: `M${left},${at}H${right}` }, axis);
      draw('text', { class: 'tick', x: left - 6, y: Number(at) + 4, 'text-anchor': 'end' }, axis).textContent = n === 0 ? '0' : pattern.replace('0', number.format(n * step));
    }
    // A torn ground: the axis goes on below it.
    const teeth = Math.round((right - left) / 8);
    const half = (right - left) / teeth / 2;
    if (low < bottom) draw('path', { class: 'torn', d: `M${left},${bottom}${`l${half},-4l${half},4`.repeat(teeth)}` }, axis);
  };
  // Each name beside its line's end or its limit, moved apart where they would touch; a name in the plot above the start of its line.
  const placeNames = (svg, from, to, y) => {
    const [left, right, top, bottom] = plotOf(svg);
    const ends = [];
    for (const name of all('[data-name]', svg)) {
      const texts = all('text', name);
      const home = Number(texts[0].getAttribute('y'));
      const role = name.dataset.name;
      const limit = svg.querySelector(`.limit.${role}`);
      const drawn = svg.querySelector(`.plot :is(.line, .layer).${role}`);
      const heights = drawn ? heightsIn(drawn, from, to) : [limitY(limit)];
      const below = drawn?.nextElementSibling;
      // A layer is named in its middle.
      const ground = drawn?.matches('.layer') ? (below ? heightsIn(below, from, to).at(-1) : bottom) : heights.at(-1);
      const place = (heights.at(-1) + ground) / 2;
      const isAway = !(y(place) >= top - 1 && y(place) <= bottom + 1);
      name.classList.toggle('off', isAway);
      if (isAway) continue;
      if (Number(texts[0].getAttribute('x')) < right) name.setAttribute('transform', `translate(0 ${Math.max(y(Math.min(...heightsIn(drawn, from, from + 0.15 * (to - from)))) - 8, top + 12) - home})`);
      else ends.push({ name, home: home - 4 + (texts.length - 1) * 7, at: y(place), half: texts.length * 7 + 1 });
    }
    ends.sort((a, b) => a.at - b.at);
    let edge = top - 8;
    for (const end of ends) {
      end.at = Math.max(end.at, edge + end.half);
      edge = end.at + end.half;
    }
    edge = bottom + 8;
    for (const end of ends.reverse()) {
      end.at = Math.min(end.at, edge - end.half);
      edge = end.at - end.half;
      end.name.setAttribute('transform', `translate(0 ${end.at - end.home})`);
    }
  };
  const layOut = (chart) => {
    const [from, to] = seen(chart);
    const whole = isWhole(chart);
    const scale = (chart.to - chart.from) / (to - from);
    for (const svg of chart.svgs) {
      const [left, right, top, bottom] = plotOf(svg);
      const x = (t) => left + ((t - from) / (to - from)) * (right - left);
      const shift = x(chart.from) - left * scale;
      const edges = [left, right].map((edge) => (edge - shift) / scale);
      const heights = whole ? [top, bottom] : heightSeen(svg, ...edges);
      const stretch = (bottom - top) / (heights[1] - heights[0]);
      const y = (home) => top + (home - heights[0]) * stretch;
      const clip = `${chart.figure.id}-${svg.classList.contains('wide') ? 'wide' : 'narrow'}-clip`;
      if (!whole && !svg.querySelector('clipPath')) {
        draw('rect', { x: left, y: top - 2, width: right - left, height: bottom - top + 3 }, draw('clipPath', { id: clip }, svg));
        for (const plot of all('.plot', svg)) {
          const frame = draw('g', { 'clip-path': `url(#${clip})` }, svg);
          plot.replaceWith(frame);
          frame.append(plot);
        }
      }
      svg.classList.toggle('zoomed', !whole);
      svg.classList.toggle('cut', heights[1] < bottom);
      for (const plot of all('.plot', svg)) plot.setAttribute('transform', `translate(${shift} 0) scale(${scale} 1)`);
      for (const shape of all('.plot > :not(.hatch)', svg)) shape.setAttribute('transform', `translate(0 ${y(0)}) scale(1 ${stretch})`);
      for (const limit of all('.limit', svg)) {
        const moved = y(limitY(limit));
        limit.setAttribute('transform', `translate(0 ${moved - limitY(limit)})`);
        limit.classList.toggle('off', moved < top - 1 || moved > bottom + 1);
      }
      for (const mark of all('[data-x]', svg)) {
        const home = Number(mark.dataset.x);
        const moved = shift + home * scale;
        const dot = mark.querySelector('circle')?.cy.baseVal.value;
        mark.setAttribute('transform', `translate(${moved - home} ${dot === undefined ? 0 : y(dot) - dot})`);
        mark.classList.toggle('away', moved < left - 1 || moved > right + 1);
      }
      for (const axis of all('.zoomed-axis', svg)) axis.remove();
      for (const name of all('[data-name]', svg)) {
        name.removeAttribute('transform');
        name.classList.remove('off');
      }
      if (whole) continue;
      placeNames(svg, ...edges, y);
      const axis = draw('g', { class: 'zoomed-axis' }, svg);
      svg.querySelector('.y-axis').after(axis);
      drawHeights(svg, axis, heights, y, chart.scale);
      drawTicks(svg, axis, [from, to], x);
    }
    chart.whole.hidden = whole;
    chart.cut.hidden = !chart.svgs.some((svg) => svg.classList.contains('cut'));
    point(chart, chart.t);
  };
  const zoomTo = (next) => {
    view = next;
    charts.forEach(layOut);
    say(view ? `${words.shown}: ${write(view[0])} – ${write(view[1])}` : words.wholePeriod);
  };
  const zoomBy = (chart, factor) => {
    const [from, to] = seen(chart);
    const span = Math.max((to - from) * factor, 10 * stepOf(chart.lines[0]));
    const centre = chart.t ?? (from + to) / 2;
    move(chart, centre - span / 2, span);
  };
  const move = (chart, from, span) => {
    if (span >= chart.to - chart.from) return zoomTo(undefined);
    const start = Math.min(Math.max(from, chart.from), chart.to - span);
    zoomTo([start, start + span]);
  };
  const pan = (chart, share) => {
    const [from, to] = seen(chart);
    move(chart, from + share * (to - from), to - from);
  };

  const keys = (chart, event) => {
    const stops = (chart.stops ??= [...new Set(chart.lines.flatMap((line) => line.at))].sort((a, b) => a - b));
    const now = nearest(stops, chart.t ?? chart.to);
    const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: stops.length / 10, PageDown: -stops.length / 10, Home: -stops.length, End: stops.length };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') zoomTo(undefined);
    else if (event.key === '+' || event.key === '=') zoomBy(chart, 0.5);
    else if (event.key === '-') zoomBy(chart, 2);
    else if (event.key in steps) {
      const t = stops[Math.min(Math.max(now + Math.round(steps[event.key]), 0), stops.length - 1)];
      const [from, to] = seen(chart);
      if (t < from || t > to) move(chart, t - (to - from) / 2, to - from);
      readOut(chart, t);
    } else return;
    event.preventDefault();
  };
  const readOut = (chart, t) => {
    pointAll(t);
    point(chart, t);
    chart.read.setAttribute('aria-valuenow', t);
    chart.read.setAttribute('aria-valuetext', chart.read.textContent);
  };

  const drag = (chart, svg) => {
    let start;
    let box;
    const timeAt = (event) => {
      const { left: x, width } = svg.getBoundingClientRect();
      const [left, right] = plotOf(svg);
      const share = (((event.clientX - x) / width) * svg.viewBox.baseVal.width - left) / (right - left);
      const [from, to] = seen(chart);
      return { t: from + share * (to - from), isIn: share >= 0 && share <= 1, x: left + Math.min(Math.max(share, 0), 1) * (right - left) };
    };
    const end = () => {
      box?.remove();
      start = box = undefined;
    };
    svg.addEventListener('pointerdown', (event) => {
      const spot = timeAt(event);
      if (spot.isIn) pointAll(spot.t);
      if (!event.isPrimary || event.button !== 0 || !spot.isIn) return end();
      event.preventDefault();
      chart.read.focus({ preventScroll: true, focusVisible: false });
      svg.setPointerCapture(event.pointerId);
      start = spot;
    });
    svg.addEventListener('pointermove', (event) => {
      const spot = timeAt(event);
      pointAll(spot.isIn ? spot.t : undefined);
      if (!start || Math.abs(spot.x - start.x) < 5) return;
      const [, , top, bottom] = plotOf(svg);
      box ??= draw('rect', { class: 'brush', y: top, height: bottom - top }, svg);
      box.setAttribute('x', Math.min(start.x, spot.x));
      box.setAttribute('width', Math.abs(spot.x - start.x));
    });
    svg.addEventListener('pointerup', (event) => {
      if (box) {
        const [from, to] = seen(chart);
        const [a, b] = [start.t, timeAt(event).t].map((t) => Math.min(Math.max(t, from), to)).sort((x, y) => x - y);
        move(chart, a, Math.max(b - a, 10 * stepOf(chart.lines[0])));
      }
      end();
    });
    svg.addEventListener('pointercancel', end);
    svg.addEventListener('dblclick', () => zoomTo(undefined));
    svg.addEventListener('pointerleave', (event) => { if (event.pointerType !== 'touch') pointAll(undefined); });
    addEventListener('keydown', (event) => { if (event.key === 'Escape') end(); });
  };

  for (const chart of charts) {
    const title = chart.figure.querySelector('figcaption .title');
    chart.read = make('div', 'hover');
    for (const [name, value] of Object.entries({ role: 'slider', tabindex: 0, 'aria-label': `${words.reading}: ${title.textContent}`, 'aria-valuemin': chart.from, 'aria-valuemax': chart.to, 'aria-valuenow': chart.to, 'aria-valuetext': write(chart.to) }))
      chart.read.setAttribute(name, value);
    chart.read.addEventListener('keydown', (event) => keys(chart, event));
    chart.read.addEventListener('focus', () => { if (chart.t === undefined && chart.read.matches(':focus-visible')) readOut(chart, seen(chart)[1]); });
    chart.read.addEventListener('blur', () => pointAll(undefined));
    chart.figure.querySelector('figcaption').after(chart.read);

    const tools = make('details', 'tools');
    tools.append(make('summary', '', words.linesAndZoom));
    const parts = [...chart.lines.map(({ role, label }) => [role, label, 'line']), ...chart.limits.map(([role, label]) => [role, label, 'limit'])];
    if (parts.length > 2 && !chart.figure.querySelector('.layer')) {
      const row = make('div', 'keys');
      row.setAttribute('role', 'group');
      row.setAttribute('aria-label', words.show);
      for (const [role, label, kind] of parts) {
        const toggle = button('toggle', '', () => {
          const show = chart.hidden.delete(role);
          if (!show) chart.hidden.add(role);
          toggle.setAttribute('aria-pressed', show);
          for (const svg of chart.svgs) for (const part of all(`.${role}`, svg)) part.classList.toggle('away', !show);
          layOut(chart);
        });
        toggle.setAttribute('aria-pressed', true);
        const key = draw('svg', { class: 'chart key', viewBox: '0 0 20 8', 'aria-hidden': true }, toggle);
        draw('path', { class: `${kind} ${role}`, d: 'M1,4H19' }, key);
        toggle.append(label);
        row.append(toggle);
      }
      tools.append(row);
    }
    const zoom = make('div', 'keys');
    for (const [text, act] of [
      [words.zoomIn, () => zoomBy(chart, 0.5)],
      [words.zoomOut, () => zoomBy(chart, 2)],
      [words.earlier, () => pan(chart, -0.5)],
      [words.later, () => pan(chart, 0.5)],
    ]) zoom.append(button('plain', text, act));
    tools.append(zoom, make('p', 'hint', words.zoomHint));
    chart.whole = button('plain', words.wholePeriod, () => {
      zoomTo(undefined);
      chart.read.focus({ preventScroll: true, focusVisible: false });
    });
    chart.whole.hidden = true;
    chart.cut = make('span', 'hint', words.cutAxis);
    chart.cut.hidden = true;
    const foot = make('div', 'foot');
    foot.append(tools, chart.whole, chart.cut);
    chart.figure.append(foot);
    const caption = chart.figure.querySelector('.chart-caption');
    if (caption) chart.figure.append(caption);
    for (const svg of chart.svgs) drag(chart, svg);
  }
})();
