//! A bot's flow, as a file that somebody imports, and a customer who says odd things to it.

use domain::flow::{Doing, Flow, Heard, Run, Turn, answer, begin};
use domain::message::Content;
use domain::timestamp::Timestamp;

use crate::holds;

const NOW: Timestamp = Timestamp(1_795_348_800_000);

/// How often the customer answers.
const TURNS: usize = 12;

/// Reads the file, and when it is a flow, talks to its bot.
pub fn import(file: &[u8]) {
    let Ok(json) = std::str::from_utf8(file) else { return };
    match Flow::parse(json) {
        Ok(flow) => {
            let written = flow.to_json();
            let value = serde_json::from_str(&written).expect("a flow is written as JSON");
            assert!(holds::all_storable(&value), "it holds what no database keeps: {written}");
            assert_eq!(Flow::parse(&written).as_ref(), Ok(&flow), "a flow is its file");
            talk(&flow);
        }
        Err(problem) => assert!(!problem.reason.trim().is_empty(), "whoever wrote it is told what is wrong"),
    }
}

fn talk(flow: &Flow) {
    let answers = [
        Heard::Other,
        Heard::Text("1"),
        Heard::Text("ana@example.com"),
        Heard::Text("+55 11 90000-0001"),
        Heard::Text("a\0\u{202e}b"),
        Heard::Picked { id: "", title: "" },
        Heard::Text(""),
    ];
    let mut turn = begin(flow, Heard::Text("hi"), NOW);
    for heard in answers.into_iter().cycle().take(TURNS) {
        check(&turn);
        let offered = turn.does.iter().rev().find_map(|doing| match doing {
            Doing::Say(Content::Choices { choices, .. }) => choices.last().cloned(),
            _ => None,
        });
        let picked = offered.as_ref().map(|choice| Heard::Picked { id: &choice.id, title: &choice.title });
        turn = answer(flow, turn.run, picked.unwrap_or(heard), NOW);
    }
}

fn check(turn: &Turn) {
    for doing in &turn.does {
        if let Doing::Say(content) = doing {
            assert!(!content.text().trim().is_empty(), "the bot says nothing: {turn:?}");
        }
    }
    let kept = serde_json::to_string(&turn.run).expect("a run has JSON");
    assert_eq!(serde_json::from_str::<Run>(&kept).ok().as_ref(), Some(&turn.run), "a run goes on where it was kept");
}
