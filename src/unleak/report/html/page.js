'use strict';

const findings = [...document.querySelectorAll('.finding')];
const field = document.getElementById('find');
const count = document.getElementById('count');
const fold = document.getElementById('fold');

function show() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let number = 0;
  for (const finding of findings) {
    const fits = words.every((word) => finding.dataset.words.includes(word));
    finding.hidden = !fits;
    number += fits;
  }
  count.value = `${number} of ${findings.length}`;
}

function label() {
  fold.textContent = findings.some((finding) => finding.open) ? 'Fold all' : 'Unfold all';
}

if (field) {
  field.form.hidden = false;
  field.form.addEventListener('submit', (event) => event.preventDefault());
  field.addEventListener('input', show);
  fold.addEventListener('click', () => {
    const open = !findings.some((finding) => finding.open);
    for (const finding of findings) finding.open = open;
    label();
  });
  for (const button of document.querySelectorAll('[data-find]')) {
    button.addEventListener('click', () => {
      field.value = button.dataset.find;
      show();
      field.form.scrollIntoView();
      field.focus();
    });
  }
  // What is folded would be missing on paper.
  let folded = [];
  addEventListener('beforeprint', () => {
    folded = [...document.querySelectorAll('details:not([open])')];
    for (const one of folded) one.open = true;
  });
  addEventListener('afterprint', () => {
    for (const one of folded) one.open = false;
  });
  show();
  label();
}
