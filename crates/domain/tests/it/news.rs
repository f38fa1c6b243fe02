//! Whom a change concerns so much that they are told: never whoever did it.

use domain::change::{Actor, Change, ReturnReason};
use domain::desk::{Desk, News, Taken};
use domain::id::MessageId;
use domain::live::{Frame, Typist};
use domain::message::{Author, Message, Note};
use domain::person::Person;

use crate::cast::{ana, bea, ben, priya, said, sol, tom};
use crate::desk::{FIRST, happens, stage};

/// What `me` is told of the last of `changes`, made one after the other in a room that they may see from the start.
fn told(me: &Person, changes: Vec<Change>) -> Option<News> {
    let (mut server, mut desk) = stage(me);
    let mut last = None;
    for change in changes {
        server.change(FIRST, vec![change]);
        let frame = server.log.last().expect("it was told").clone();
        last = desk.news(&frame);
        desk.apply(frame);
    }
    last.map(|(room, news)| {
        assert_eq!(room, FIRST);
        news
    })
}

fn assigned(to: &Person, by: Actor) -> Change {
    Change::Assigned { to: to.id, by, note: Some("knows the case".into()), stays: false, team: None }
}

fn returned(by: Actor, reason: ReturnReason) -> Change {
    Change::ReturnedToQueue { by, team: None, reason }
}

#[test]
fn whoever_is_given_a_room_hears_from_whom() {
    let by = Actor::Person(priya().id);
    let given = News::Given { by, note: Some("knows the case".into()) };
    assert_eq!(told(&ana(), vec![assigned(&ana(), by)]), Some(given));
    assert_eq!(told(&ana(), vec![assigned(&ben(), by)]), None);
    assert_eq!(told(&tom(), vec![assigned(&tom(), Actor::Person(tom().id))]), None);
    let by = Actor::Switchboard;
    assert!(matches!(told(&ana(), vec![assigned(&ana(), by)]), Some(News::Given { by: Actor::Switchboard, .. })));
}

#[test]
fn whoever_loses_a_room_hears_who_has_it() {
    let (priya_took, tom_gave) = (Actor::Person(priya().id), Actor::Person(tom().id));
    for (me, by, to) in [(ana(), priya_took, priya()), (ana(), tom_gave, ben()), (tom(), priya_took, bea())] {
        let entered = Change::Entered { by: me.id };
        let taken = News::Taken(Taken::Given { to: to.id, by });
        assert_eq!(told(&me, vec![entered.clone(), assigned(&to, by)]), Some(taken), "{} loses it", me.name);
        let own = assigned(&to, Actor::Person(me.id));
        assert_eq!(told(&me, vec![entered, own]), None, "{} gave it away", me.name);
    }
}

#[test]
fn a_room_that_goes_back_to_the_queue_is_news_to_its_holder_alone() {
    let unanswered = returned(Actor::Switchboard, ReturnReason::Unanswered(ana().id));
    let entered = Change::Entered { by: ana().id };
    assert!(matches!(told(&ana(), vec![entered.clone(), unanswered.clone()]), Some(News::Taken(Taken::Queued { .. }))));
    assert_eq!(told(&tom(), vec![entered.clone(), unanswered]), None);
    let offline = returned(Actor::Switchboard, ReturnReason::WentOffline(ana().id));
    assert_eq!(told(&ana(), vec![entered.clone(), offline]), None);
    let given_back = returned(Actor::Person(ana().id), ReturnReason::Given);
    assert_eq!(told(&ana(), vec![entered, given_back]), None);
}

#[test]
fn a_critical_room_is_news_to_those_who_manage_it() {
    let critical = |by: &Person| Change::MarkedCritical { by: by.id, comment: None, feedback: false };
    let entered = Change::Entered { by: ana().id };
    for (me, is_told) in [(priya(), true), (tom(), true), (ana(), false), (sol(), false)] {
        assert_eq!(told(&me, vec![entered.clone(), critical(&ana())]).is_some(), is_told, "{}", me.name);
    }
    assert_eq!(told(&tom(), vec![entered, critical(&tom())]), None);
}

#[test]
fn what_is_told_twice_is_news_once() {
    let (mut server, mut desk) = stage(&tom());
    server.change(FIRST, vec![assigned(&tom(), Actor::Switchboard)]);
    let frame = server.log.last().expect("it was told").clone();
    assert!(desk.news(&frame).is_some());
    desk.apply(frame.clone());
    assert_eq!(news(&desk, &frame), None);
}

fn news(desk: &Desk, frame: &Frame) -> Option<News> {
    desk.news(frame).map(|(_, news)| news)
}

#[test]
fn whoever_holds_a_room_hears_who_asks_for_it_and_they_what_is_answered() {
    let joined = [Change::Entered { by: ana().id }, Change::BroughtIn { person: ben().id, by: ana().id }];
    let asked = Change::TakeOverRequested { by: ben().id };
    let kept = Change::TakeOverDeclined { by: ana().id, to: ben().id };
    let after = |change: &Change| joined.iter().chain([change]).cloned().collect::<Vec<_>>();
    assert_eq!(told(&ana(), after(&asked)), Some(News::Asked { by: ben().id }));
    assert_eq!(told(&ben(), after(&kept)), Some(News::Kept { by: ana().id }));
    for (me, change) in [(ben(), &asked), (priya(), &asked), (ana(), &kept), (tom(), &kept)] {
        assert_eq!(told(&me, after(change)), None, "{}", me.name);
    }
}

#[test]
fn whoever_a_note_or_a_comment_names_hears_of_it_and_of_nothing_they_wrote() {
    let joined = [Change::Entered { by: ana().id }, Change::BroughtIn { person: ben().id, by: ana().id }];
    let noted = |by: &Person, text: &str| {
        Change::NoteAdded(Note { id: MessageId::from_number(77), by: by.id, text: text.into() })
    };
    let critical = Change::MarkedCritical { by: ana().id, comment: Some("@Ben, please".into()), feedback: false };
    let after = |change: Change| joined.iter().cloned().chain([change]).collect::<Vec<_>>();
    let mentioned = Some(News::Mentioned { by: ana().id });
    assert_eq!(told(&ben(), after(noted(&ana(), "@Ben knows her"))), mentioned);
    assert_eq!(told(&ben(), after(critical)), mentioned);
    assert_eq!(told(&ben(), after(noted(&ana(), "Ben knows her"))), None);
    assert_eq!(told(&ben(), after(noted(&ben(), "@Ben is me"))), None);
    assert_eq!(told(&priya(), after(noted(&ana(), "@Ben knows her"))), None);
}

#[test]
fn who_has_written_writes_no_longer() {
    let by = |author| Message { author, ..said(1, "It is order 48-2210") };
    let writes_no_longer = |change| {
        let (mut server, _) = stage(&tom());
        server.change(FIRST, vec![change]);
        server.log.last().expect("it was told").written()
    };
    for (author, who) in [
        (Author::Customer, Typist::Customer),
        (Author::Bot("Assistant".into()), Typist::Bot),
        (Author::Person(ana().id), Typist::Person(ana().id)),
    ] {
        assert_eq!(writes_no_longer(Change::MessageAdded(by(author))), Some((FIRST, who)));
    }
    assert_eq!(writes_no_longer(Change::MessageAdded(by(Author::Switchboard))), None);
    assert_eq!(writes_no_longer(Change::Entered { by: tom().id }), None);
}

#[test]
fn a_mention_stays_until_whoever_is_named_looks_at_the_room() {
    let (mut server, mut desk) = stage(&ben());
    let noted = |number: u128, by: &Person, text: &str| {
        Change::NoteAdded(Note { id: MessageId::from_number(number), by: by.id, text: text.into() })
    };
    let seen = |marks: u32| Change::Seen { person: ben().id, messages: 1, marks };
    let by = |desk: &Desk| desk.mention(FIRST).map(|mention| mention.by);
    happens(&mut server, &mut desk, FIRST, Change::Entered { by: ana().id });
    happens(&mut server, &mut desk, FIRST, Change::BroughtIn { person: ben().id, by: ana().id });
    happens(&mut server, &mut desk, FIRST, noted(77, &ben(), "@Ben is me"));
    assert_eq!(by(&desk), None, "what one writes oneself");

    happens(&mut server, &mut desk, FIRST, noted(78, &ana(), "@Ben knows her"));
    assert_eq!(by(&desk), Some(ana().id));
    happens(&mut server, &mut desk, FIRST, noted(79, &tom(), "nothing to add"));
    happens(&mut server, &mut desk, FIRST, seen(1));
    assert_eq!(by(&desk), Some(ana().id), "whoever marks a room unread has not looked at it");
    assert_eq!(desk.mentions().iter().map(|mention| mention.room).collect::<Vec<_>>(), [FIRST]);

    happens(&mut server, &mut desk, FIRST, Change::Left { person: ben().id });
    assert_eq!((by(&desk), desk.mentions().len()), (None, 0), "he does not see the room any more");
    happens(&mut server, &mut desk, FIRST, Change::BroughtIn { person: ben().id, by: ana().id });
    assert_eq!(by(&desk), Some(ana().id));
    happens(&mut server, &mut desk, FIRST, seen(2));
    assert_eq!((by(&desk), desk.mentions().len()), (None, 0));
}
