// The page of a review. What it decides is kept by the server before it is shown.

const $ = (id) => document.getElementById(id);
const FILTERS = {
  codemod: codemodsOf,
  package: (finding) => [finding.package],
  owner: (finding) => finding.owners,
  safety: (finding) => [finding.safety],
};
const SIGNS = { accepted: '✓', rejected: '✗', open: '•', changed: '!' };

/** The codemods of a finding and of those that are decided with it; none of a changed file. */
function codemodsOf({ codemod, others = [] }) {
  return codemod ? [...new Set([codemod, ...others.map((other) => other.codemod)])] : [];
}

let findings = [];
let states = [];
let counts = { accepted: 0, rejected: 0, open: 0 };
let problems = [];
let shown = [];
let current = -1;
let ended = false;
let saving = Promise.resolve();

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== null) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

// Asking the server.

async function ask(action, body = {}) {
  const answer = await fetch(action, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error);
  return told;
}

function say(text) {
  $('said').textContent = text;
  $('said').hidden = !text;
}

/** Do what may fail: the server may be gone, or the file may have changed. */
async function trying(work) {
  if (ended) return;
  try {
    await work();
    say('');
  } catch (error) {
    const gone = error instanceof TypeError;
    const text = gone ? 'unleak has ended; what was decided is in the patch' : error.message;
    if (!gone) await ask('review').then(take, () => {});
    draw();
    say(text);
  }
}

function take(told) {
  if (told.findings) {
    findings = told.findings;
    $('title').textContent = told.title;
    document.title = `${told.title} – unleak review`;
  }
  ({ states, counts, problems } = told);
}

// Filters.

function fits(number) {
  const finding = findings[number];
  const wanted = $('state').value;
  return (
    Object.entries(FILTERS).every(([id, values]) => {
      const value = $(id).value;
      return !value || values(finding).includes(value);
    }) &&
    (!wanted || states[number].state === wanted) &&
    finding.path.includes($('path').value.trim())
  );
}

function fillFilters() {
  for (const [id, values] of Object.entries(FILTERS)) {
    const found = new Map();
    for (const finding of findings) {
      for (const value of values(finding)) {
        if (value) found.set(value, (found.get(value) ?? 0) + 1);
      }
    }
    fill($(id), [...found].sort(([one], [other]) => (one < other ? -1 : 1)));
  }
  fill($('state'), Object.keys(SIGNS).map((state) => [state, null]));
}

function fill(select, options) {
  const before = select.value;
  const every = element('option', { value: '' }, 'all');
  select.replaceChildren(
    every,
    ...options.map(([value, count]) =>
      element('option', { value }, count === null ? value : `${value} (${count})`),
    ),
  );
  select.value = before;
  if (select.selectedIndex < 0) select.value = '';
}

// Drawing.

function draw() {
  shown = findings.map((_, number) => number).filter(fits);
  const total = findings.length;
  const decided = counts.accepted + counts.rejected;
  const parts = [`${decided} of ${total} decided`, `${counts.accepted} accepted`];
  parts.push(`${counts.rejected} rejected`, `${shown.length} shown`);
  $('progress').textContent = parts.join(' · ');
  $('bar').max = Math.max(total, 1);
  $('bar').value = decided;
  $('accept-shown').disabled = $('reject-shown').disabled = shown.length === 0;
  drawList();
}

function drawList() {
  const rows = [];
  let path = null;
  for (const number of shown) {
    const finding = findings[number];
    if (finding.path !== path) {
      path = finding.path;
      rows.push(element('h2', { class: 'path' }, path));
    }
    const { state } = states[number];
    rows.push(
      element(
        'button',
        {
          type: 'button',
          'data-finding': number,
          'aria-current': String(number === current),
          onclick: () => show(number, { focus: true }),
        },
        element('span', { class: state, title: state, role: 'img', 'aria-label': state }, SIGNS[state]),
        element('span', {}, finding.codemod ?? 'the file has changed'),
        element('small', {}, finding.line ? `:${finding.line}` : ''),
      ),
    );
  }
  if (rows.length === 0) rows.push(element('p', {}, 'No finding fits these filters.'));
  const list = $('list');
  const at = list.scrollTop;
  list.replaceChildren(...rows);
  list.scrollTop = at;
  list.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' });
}

async function show(number, { focus = false } = {}) {
  current = number;
  drawList();
  if (number < 0) return;
  const finding = findings[number];
  const { state, comment } = states[number];
  const parts = [
    element('h2', {}, finding.message ?? 'This file has changed'),
    element(
      'p',
      { class: 'facts' },
      element('span', { class: 'path' }, `${finding.path}${finding.line ? `:${finding.line}` : ''}`),
      finding.codemod ? element('span', {}, finding.codemod) : null,
      finding.safety ? element('span', { class: `safety ${finding.safety}` }, finding.safety) : null,
      element('span', {}, finding.package),
      element('span', {}, finding.owners.join(' ')),
    ),
  ];
  if (state === 'changed') {
    const why = problems.find((problem) => problem.path === finding.path)?.why;
    parts.push(element('p', { class: 'changed' }, `${why ?? 'it has changed'}; it cannot be decided on`));
    $('finding').replaceChildren(...parts);
    return;
  }
  const diff = element('div', { class: 'diff', 'aria-label': 'The change' });
  parts.push(choices(number, state), diff, ...told(finding), ...commenting(number, comment));
  $('finding').replaceChildren(...parts);
  if (focus) $('finding').focus({ preventScroll: true });
  $('finding').scrollTop = 0;
  await trying(async () => {
    const { blocks } = await ask('change', { finding: number });
    if (number === current) diff.replaceChildren(...blocks.flatMap(drawBlock));
  });
}

function choices(number, state) {
  const choice = (label, key, decision, word) =>
    element(
      'button',
      {
        type: 'button',
        class: word,
        'data-decision': decision,
        'aria-pressed': String(state === word),
        onclick: () => decide([number], decision),
      },
      label,
      element('kbd', {}, key),
    );
  const skip = element('button', { type: 'button', onclick: () => step() }, 'Skip');
  skip.append(element('kbd', {}, 's'));
  return element(
    'div',
    { class: 'choices' },
    choice('Accept', 'y', 'accept', 'accepted'),
    choice('Reject', 'n', 'reject', 'rejected'),
    skip,
  );
}

function told(finding) {
  const parts = [];
  if (finding.others.length) {
    const lines = finding.others.map(({ line, codemod, message }) =>
      element('li', {}, `line ${line}, ${codemod}: ${message}`),
    );
    parts.push(element('h3', {}, 'Decided with it'), element('ul', { class: 'notes' }, ...lines));
  }
  if (finding.notes.length) {
    const lines = finding.notes.map((note) => element('li', {}, note));
    parts.push(element('h3', {}, 'What to look at'), element('ul', { class: 'notes' }, ...lines));
  }
  if (finding.evidence.length) {
    const lines = finding.evidence.map(({ text, level, reasons }) =>
      element('li', {}, element('code', {}, text), ` ${level}: ${reasons.join('; ')}`),
    );
    parts.push(element('h3', {}, 'Why it is taken for a stream'), element('ul', { class: 'notes' }, ...lines));
  }
  return parts;
}

function commenting(number, comment) {
  const area = element('textarea', { id: 'comment' });
  area.value = comment;
  area.addEventListener('change', () => {
    saving = trying(async () => {
      take(await ask('comment', { finding: number, text: area.value }));
      draw();
    });
  });
  return [element('label', { class: 'comment', for: 'comment' }, 'Your comment, kept in the patch'), area];
}

function drawBlock({ heading, rows }) {
  return [
    element('div', { class: 'gap' }, heading || '⋯'),
    ...rows.map(({ old, new: fresh, changed }) =>
      element(
        'div',
        { class: changed ? 'row' : 'row same' },
        ...drawLine(old, 'old', changed, '−'),
        ...drawLine(fresh, 'new', changed, '+'),
      ),
    ),
  ];
}

function drawLine(line, side, changed, sign) {
  if (!line) return [element('span', { class: `${side} none` }), element('span', { class: 'none' })];
  const on = changed ? ' on' : '';
  const parts = line.parts.map(([look, text]) => {
    const name = { comment: 'comment-look', number: 'number-look' }[look] ?? look;
    return look ? element('span', { class: name }, text) : text;
  });
  return [
    element('span', { class: `number ${side}${on}` }, String(line.number)),
    element('span', { class: `code ${side}${on}` }, element('span', { class: 'sign' }, changed ? `${sign} ` : '  '), ...parts),
  ];
}

// Deciding, and going on.

const isBusy = () => $('finding').ariaBusy === 'true';

function setBusy(busy) {
  const finding = $('finding'); // gone when "Done" was faster
  if (finding) finding.ariaBusy = String(busy);
}

/** Until the next finding is on the page no other decision is heard: it would be about this one. */
async function decide(numbers, decision) {
  const wanted = numbers.filter((number) => states[number].state !== 'changed');
  if (isBusy() || wanted.length === 0) return;
  setBusy(true);
  try {
    const before = current;
    let kept = false;
    saving = trying(async () => {
      take(await ask('decide', { findings: wanted, decision }));
      draw();
      kept = true;
    });
    await saving;
    if (kept) await (wanted.includes(before) ? step() : show(before));
  } finally {
    setBusy(false);
  }
}

/** Go to the next open finding that is shown, or stay when there is none. */
function step() {
  const open = findings.map((_, number) => number).filter((number) => {
    const isOpen = states[number].state === 'open';
    return isOpen && (fits(number) || number === current);
  });
  const next = open.find((number) => number > current) ?? open.find((number) => number !== current);
  return show(next ?? current);
}

function move(way) {
  const at = shown.indexOf(current);
  const next = at < 0 ? 0 : Math.min(Math.max(at + way, 0), shown.length - 1);
  if (shown.length) show(shown[next]);
}

const isOpen = (number) => number === current || states[number].state === 'open';

function later() {
  const { path } = findings[current];
  return shown.filter((number) => number >= current && findings[number].path === path && isOpen(number));
}

/** Those of the same codemod: to be rejected with any of it, to be accepted with no other. */
function same(decision) {
  const { codemod } = findings[current];
  const fitting = (number) => {
    const names = codemodsOf(findings[number]);
    return names.includes(codemod) && (decision === 'reject' || names.length === 1);
  };
  return shown.filter((number) => number === current || (fitting(number) && isOpen(number)));
}

const KEYS = {
  y: () => decide([current], 'accept'),
  n: () => decide([current], 'reject'),
  a: () => decide(later(), 'accept'),
  d: () => decide(later(), 'reject'),
  A: () => decide(same('accept'), 'accept'),
  D: () => decide(same('reject'), 'reject'),
  s: () => step(),
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  c: () => $('comment')?.focus(),
  '/': () => $('path').focus(),
  '?': () => $('help').showModal(),
};

/** What a key that is held down may do again and again. */
const MOVES = new Set(['j', 'k', 'ArrowDown', 'ArrowUp']);

document.addEventListener('keydown', (event) => {
  const typing = event.target.matches('input, textarea, select');
  if (event.key === 'Escape' && typing) {
    event.preventDefault(); // it would empty the field, and tell nobody
    event.target.blur();
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey || $('help').open || ended) return;
  if (current < 0 && !['/', '?', 'j', 'k'].includes(event.key)) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  if (!event.repeat || MOVES.has(event.key)) act();
});

function filter() {
  draw();
  if (!shown.includes(current) && shown.length) show(shown[0]);
}

for (const id of [...Object.keys(FILTERS), 'state']) $(id).addEventListener('change', filter);
$('path').addEventListener('input', filter);
$('filters').addEventListener('submit', (event) => event.preventDefault());
const allShown = () => shown.filter((number) => states[number].state !== 'changed');
$('accept-shown').addEventListener('click', () => decide(allShown(), 'accept'));
$('reject-shown').addEventListener('click', () => decide(allShown(), 'reject'));

$('keys').addEventListener('click', () => $('help').showModal());
$('done').addEventListener('click', () =>
  trying(async () => {
    document.activeElement?.blur();
    await saving; // a comment that was being written
    const told = await ask('done');
    ended = true;
    const { accepted, rejected, open } = told.counts;
    const text = `${accepted} accepted, ${rejected} rejected, ${open} open. The decisions are in the patch.`;
    document.body.replaceChildren(
      element('div', { class: 'end' }, element('h1', {}, 'Done'), element('p', {}, text), element('p', {}, 'You can close this window.')),
    );
    window.close();
  }),
);

await trying(async () => {
  take(await ask('review'));
  fillFilters();
  draw();
  const first = states.findIndex(({ state }) => state === 'open');
  await show(first < 0 ? Math.min(0, findings.length - 1) : first);
});
