// Writes public/emoji.txt, the emoji of the composer, from what Unicode (unicode-emoji-json) and emojilib know of them.
// `node emoji.mjs`, after one of the two was updated.
import { readFileSync, writeFileSync } from 'node:fs';

const read = (path) => JSON.parse(readFileSync(new URL(`node_modules/${path}`, import.meta.url), 'utf8'));
const groups = read('unicode-emoji-json/data-by-group.json');
const keywords = read('emojilib/dist/emoji-en-US.json');

// Newer ones are empty boxes on many phones.
const NEWEST = 15;

const lines = groups.flatMap((group) => [
  `# ${group.name}`,
  ...group.emojis.filter((one) => Number(one.emoji_version) <= NEWEST).map((one) => {
    const named = new Set(one.name.toLowerCase().split(/[\s:,-]+/));
    // The first is the name once more.
    const words = (keywords[one.emoji] ?? []).slice(1).flatMap((word) => word.toLowerCase().split(/[\s_]+/));
    const more = [...new Set(words)].filter((word) => /^[\p{L}\p{N}+:()<>^'.-]+$/u.test(word) && !named.has(word));
    return `${one.emoji} ${one.name}${more.length > 0 ? `;${more.join(' ')}` : ''}`;
  }),
]);
writeFileSync(new URL('../public/emoji.txt', import.meta.url), `${lines.join('\n')}\n`);
