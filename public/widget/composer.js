// The box one writes in: it grows, keeps its draft, sends with Enter and breaks the line with Shift+Enter.

const TEXT_MOST = 10_000;
const TELL_FROM = 9_000;
const TYPING_EVERY = 3_000;
const TYPING_ENDS = 4_000;

/**
 * Brings `form` to life. `draft`, `answers` and `edits` are `{ get, set }` of what is kept between pages: the words, the
 * quotation of the message that they answer, and a change of a message that is not made yet. `send(text, quotation)` and
 * `change(id, text)` answer whether it was taken, `sendFiles(files, quotation)` takes files that were chosen or pasted;
 * `typing(isOn)` is told seldom enough to be cheap.
 */
export function composer(form, { draft, answers, edits, send, change, sendFiles, typing }) {
  const box = form.querySelector('textarea');
  const button = form.querySelector('button[type=submit]');
  const attach = form.querySelector('.composer__attach');
  const picker = form.querySelector('input[type=file]');
  const count = form.querySelector('output');
  const answering = form.querySelector('.composer__answering');
  const callOff = answering.querySelector('button');
  let toldAt = 0;
  let ending;
  let quote;
  let editing;

  function fit() {
    if (CSS.supports('field-sizing', 'content')) return;
    box.style.height = 'auto';
    box.style.height = `${box.scrollHeight}px`;
  }

  function check() {
    const length = [...box.value.trim()].length;
    button.disabled = (length === 0 && !editing?.mayBeEmpty) || length > TEXT_MOST;
    count.textContent = length > TELL_FROM ? `${length.toLocaleString()} of ${TEXT_MOST.toLocaleString()} characters` : '';
    form.classList.toggle('composer--over', length > TEXT_MOST);
  }

  function keep() {
    if (editing) edits.set(JSON.stringify({ ...editing, words: box.value }));
    else draft.set(box.value || null);
  }

  function put(text) {
    box.value = text;
    keep();
    check();
    fit();
  }

  /** The next words answer `quoted`, or nothing. */
  function answer(quoted) {
    endEdit();
    quote = quoted;
    answers.set(quote ? JSON.stringify(quote) : null);
    tellAim(quote && `Reply to: ${quote.text}`, 'Do not reply to this message');
  }

  /** What becomes of the words, and the way out of it. */
  function tellAim(words, wayOut) {
    answering.hidden = !words;
    answering.firstElementChild.textContent = words ?? '';
    if (!words) return;
    callOff.title = wayOut;
    callOff.setAttribute('aria-label', wayOut);
  }

  /** The box has the words of a message, changed so far to `words`; what stood there before comes back. */
  function edit({ id, text, mayBeEmpty, words = text }) {
    editing = { id, text, mayBeEmpty };
    put(words);
    tellAim(`Edit: ${text}`, 'Do not change this message');
  }

  function endEdit() {
    if (!editing) return;
    editing = undefined;
    edits.set(null);
    put(draft.get() ?? '');
    answer(quote);
  }

  /** They are neither changed nor an answer, whichever they were. */
  function callItOff() {
    if (editing) endEdit();
    else answer();
  }

  /** What the words answer; it is answered once. */
  function taken() {
    const quoted = quote;
    answer();
    return quoted;
  }

  function endTyping() {
    clearTimeout(ending);
    if (toldAt) typing(false);
    toldAt = 0;
  }

  function tellTyping() {
    clearTimeout(ending);
    ending = setTimeout(endTyping, TYPING_ENDS);
    if (Date.now() - toldAt < TYPING_EVERY) return;
    toldAt = Date.now();
    typing(true);
  }

  box.addEventListener('input', () => {
    keep();
    check();
    fit();
    if (box.value.trim()) tellTyping();
    else endTyping();
  });
  callOff.addEventListener('click', () => {
    callItOff();
    box.focus();
  });
  attach.addEventListener('click', () => picker.click());
  picker.addEventListener('change', () => {
    sendFiles([...picker.files], taken());
    // The same file may be chosen again.
    picker.value = '';
    box.focus();
  });
  box.addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    sendFiles(files, taken());
  });
  box.addEventListener('blur', endTyping);
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && (quote || editing) && !event.isComposing) {
      // The chat stays open.
      event.stopPropagation();
      callItOff();
      return;
    }
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (button.disabled) return;
    if (editing) {
      if (text !== editing.text.trim() && !change(editing.id, text)) return;
      endTyping();
      endEdit();
    } else if (send(text, quote)) {
      endTyping();
      put('');
      answer();
    }
    box.focus();
  });

  box.disabled = false;
  put(draft.get() ?? '');
  answer(kept(answers.get()));
  const begun = kept(edits.get());
  if (typeof begun?.words === 'string') edit(begun);
  return {
    fit,
    focus: () => box.focus(),
    answer,
    /** Puts words in front of what stands there already. */
    give(text) {
      endEdit();
      put([text, box.value].filter(Boolean).join('\n'));
    },
    /** `{ id, text, mayBeEmpty }`: a message whose words are to be changed. */
    edit(message) {
      edit(message);
      box.focus();
    },
    ask: (words) => { box.placeholder = words; },
    close() {
      box.disabled = true;
      button.disabled = true;
      attach.disabled = true;
    },
  };
}

/** What was kept about a message: its id and its words, and what goes with them. */
function kept(json) {
  try {
    const message = JSON.parse(json);
    return typeof message?.id === 'string' && typeof message.text === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
