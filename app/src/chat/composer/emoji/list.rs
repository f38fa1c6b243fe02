//! Which emoji there are, and finding one by words.

use gloo_net::http::Request;

/// Where the emoji stand, each on a line of its own: the sign, its name, and behind a `;` the words it is found by besides.
/// A line that begins with `#` names the group of those after it. `end2end/emoji.mjs` writes it.
const LIST: &str = "/emoji.txt";

/// So many of those that were found are shown.
const FOUND: usize = 96;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emoji {
    pub sign: String,
    pub name: String,
    /// What it is found by besides.
    pub words: String,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Group {
    pub name: String,
    pub emoji: Vec<Emoji>,
}

/// The list as the server has it.
pub async fn fetch() -> Option<Vec<Group>> {
    let answer = Request::get(LIST).send().await.ok().filter(|answer| answer.ok())?;
    answer.text().await.ok().map(|list| parse(&list))
}

fn parse(list: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for line in list.lines() {
        if let Some(name) = line.strip_prefix("# ") {
            groups.push(Group { name: name.into(), emoji: Vec::new() });
        } else if let (Some(group), Some((sign, rest))) = (groups.last_mut(), line.split_once(' ')) {
            let (name, words) = rest.split_once(';').unwrap_or((rest, ""));
            group.emoji.push(Emoji { sign: sign.into(), name: name.into(), words: words.into() });
        }
    }
    groups
}

/// Those of which each word of `words` begins one of theirs: first those that are named so.
pub fn find(groups: &[Group], words: &str) -> Vec<Emoji> {
    let wanted: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    let begins = |text: &str| {
        wanted.iter().all(|wanted| text.split([' ', '-']).any(|word| word.to_lowercase().starts_with(wanted.as_str())))
    };
    let all = || groups.iter().flat_map(|group| &group.emoji);
    let named = all().filter(|emoji| begins(&emoji.name));
    let others = all().filter(|emoji| !begins(&emoji.name) && begins(&format!("{} {}", emoji.name, emoji.words)));
    named.chain(others).take(FOUND).cloned().collect()
}

/// Those with these signs, in their order.
pub fn named(groups: &[Group], signs: &[String]) -> Vec<Emoji> {
    let find = |sign: &String| groups.iter().flat_map(|group| &group.emoji).find(|emoji| emoji.sign == *sign);
    signs.iter().filter_map(find).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOME: &str =
        "# Smileys\n😀 grinning face;smile happy\n😭 loudly crying face;sad\n# People\n🙏 folded hands;please thanks\n";

    fn signs(words: &str) -> Vec<String> {
        find(&parse(SOME), words).into_iter().map(|emoji| emoji.sign).collect()
    }

    #[test]
    fn an_emoji_is_found_by_the_beginning_of_its_words() {
        for (words, found) in
            [("thank", vec!["🙏"]), ("FACE", vec!["😀", "😭"]), ("face sad", vec!["😭"]), ("ace", vec![])]
        {
            assert_eq!(signs(words), found, "{words}");
        }
    }

    #[test]
    fn what_is_named_so_comes_first() {
        let groups = parse("# All\n🥲 smiling face with tear;happy\n😀 happy face;grin");
        let found: Vec<_> = find(&groups, "happy").into_iter().map(|emoji| emoji.sign).collect();
        assert_eq!(found, ["😀", "🥲"]);
    }

    #[test]
    fn the_list_that_ships_can_be_read() {
        let groups = parse(include_str!("../../../../../public/emoji.txt"));
        assert_eq!(groups.len(), 9);
        assert!(groups.iter().all(|group| group.emoji.len() > 50));
        assert_eq!(find(&groups, "thank you").first().map(|emoji| emoji.sign.as_str()), Some("🙏"));
    }
}
