//! What the open room shows of the contact its customer is.

use domain::change::Change;
use domain::customer::SaveContact;
use domain::desk::Next;
use domain::id::ContactId;

use crate::cast::priya;
use crate::desk::{FIRST, happens, stage};

#[test]
fn the_side_panel_follows_the_contact_whatever_becomes_of_it_in_another_browser() {
    let (mut server, mut desk) = stage(&priya());
    desk.open(server.view(FIRST).expect("it is in view"));
    let contact = |number, name: &str| {
        let form = SaveContact { name: name.into(), ..SaveContact::default() };
        Some(form.into_contact(ContactId::from_number(number)))
    };
    for (saved, is_told) in [
        (contact(1, "Carla Lima"), true),
        // That she opted out says nothing of the contact she is.
        (contact(1, "Carla Lima"), false),
        (contact(1, "Carla Souza"), true),
        (contact(2, "Carla S."), true),
        (None, true),
    ] {
        let thread = server.threads.get_mut(&FIRST).expect("the first room");
        thread.room.contact = saved.as_ref().map(|contact| contact.id);
        let told = saved.clone().filter(|_| is_told).map(Box::new);
        let change =
            Change::CustomerChanged { name: "Carla".into(), opted_out: !is_told, contact: told, described: None };
        assert_eq!(happens(&mut server, &mut desk, FIRST, change), Next::Draw);

        let view = desk.open.as_ref().expect("it is open");
        assert_eq!(view.contact, saved);
        assert_eq!((view.customer.contact, view.room.contact), (view.room.contact, saved.map(|contact| contact.id)));
    }
}
