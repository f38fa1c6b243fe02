// The box one writes in: it grows, keeps its draft, sends with Enter and breaks the line with Shift+Enter.

const TEXT_MOST = 10_000;
const TELL_FROM = 9_000;
const TYPING_EVERY = 3_000;
const TYPING_ENDS = 4_000;

/**
 * Brings `form` to life. `draft` and `answers` are `{ get, set }` of what is kept between pages: the words, and the
 * quotation of the message that they answer. `send(text, quotation)` answers whether it was taken, `sendFiles(files, quotation)`
 * takes files that were chosen or pasted; `typing(isOn)` is told seldom enough to be cheap.
 */
export function composer(form, { draft, answers, send, sendFiles, typing }) {
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

  /** What is changed stands in the transcript; what is kept is what was not sent. */
  function keep() {
    if (!editing) draft.set(box.value || null);
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

  /** The box has the words of a message, to be changed; what stood there before comes back. */
  function edit(message) {
    endEdit();
    editing = { ...message, before: box.value };
    put(message.text);
    tellAim(`Edit: ${message.text}`, 'Do not change this message');
    box.focus();
  }

  function endEdit() {
    if (!editing) return;
    const { before } = editing;
    editing = undefined;
    put(before);
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
      if (text !== editing.text.trim() && !editing.change(text)) return;
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
  answer(quotation(answers.get()));
  return {
    fit,
    focus: () => box.focus(),
    answer,
    /** Puts words in front of what stands there already. */
    give(text) {
      endEdit();
      put([text, box.value].filter(Boolean).join('\n'));
    },
    /** `{ text, mayBeEmpty, change(text) }`: a message whose words are changed. */
    edit,
    ask: (words) => { box.placeholder = words; },
    close() {
      box.disabled = true;
      button.disabled = true;
      attach.disabled = true;
    },
  };
}

function quotation(json) {
  try {
    const kept = JSON.parse(json);
    return typeof kept?.id === 'string' && typeof kept.text === 'string' ? kept : undefined;
  } catch {
    return undefined;
  }
}
